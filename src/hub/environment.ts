import { DefinitionError } from "../contract/errors.ts";
import type { TimeoutsMs } from "./dispatcher.ts";
import { parseQuotas, type Quotas } from "./quota.ts";

/** What the environment says of how a hub is asked. */
export type HubEnvironment = {
  readonly retryDelayMs: number | undefined;
  readonly timeoutsMs: TimeoutsMs | undefined;
  toQuotas(quotas: Quotas): Quotas;
};

/** A whole request may take so many times the limit on silence, as with the usual limits. */
const WHOLE_PER_SILENCE = 4;

/**
 * Reads the only variables by which this room can be set from outside. `PLANSTREAM_HUB_QUOTAS` is for users
 * (`api=500/300,resolvers=3000/300`: requests per seconds, where the hub doesn't tell); the two others are for tests, which
 * can't wait as long as a run should: `PLANSTREAM_HUB_RETRY_MS`, the first pause between tries, by which all other pauses
 * are measured, and `PLANSTREAM_HUB_TIMEOUT_MS`, the limit on silence. Throws DefinitionError.
 */
export function readHubEnvironment(environment: NodeJS.ProcessEnv): HubEnvironment {
  const timeoutMs = toMs(environment, "PLANSTREAM_HUB_TIMEOUT_MS");
  const quotasText = environment.PLANSTREAM_HUB_QUOTAS ?? "";
  return {
    retryDelayMs: toMs(environment, "PLANSTREAM_HUB_RETRY_MS"),
    timeoutsMs: timeoutMs === undefined ? undefined : toTimeouts(timeoutMs),
    toQuotas: (quotas) => (quotasText === "" ? quotas : parseQuotas(quotasText, quotas, "PLANSTREAM_HUB_QUOTAS")),
  };
}

function toTimeouts(timeoutMs: number): TimeoutsMs {
  return { connect: timeoutMs, headers: timeoutMs, body: timeoutMs, whole: timeoutMs * WHOLE_PER_SILENCE };
}

function toMs(environment: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = environment[name] ?? "";
  if (text === "") return undefined;
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new DefinitionError(`${name}: expected a number of milliseconds from 1, received ${JSON.stringify(text)}.`);
}
