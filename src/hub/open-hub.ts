import { statSync } from "node:fs";
import { DefinitionError } from "../contract/errors.ts";
import { openDirectoryHub } from "./directory-hub.ts";
import { isLoopback, TIMEOUTS_MS, type TimeoutsMs } from "./dispatcher.ts";
import { readHubEnvironment } from "./environment.ts";
import { type Governor, processGovernor } from "./governor.ts";
import { openHttpHub } from "./http-hub.ts";
import type { Hub } from "./hub.ts";
import { ACCOUNT_QUOTAS, ANONYMOUS_QUOTAS, type Quotas } from "./quota.ts";
import { RETRY_POLICY } from "./retry.ts";
import type { RequestReport } from "./transport.ts";

export type HubOptions = {
  /** HF_TOKEN. Goes to the hub's own origin only, and into no message. */
  readonly token?: string | undefined;
  /** Hears of every request; signatures and the token are left out. */
  readonly onRequest?: ((report: RequestReport) => void) | undefined;
  /** Tries after the first, 15 unless said; fewer are made of a host that never answers. */
  readonly retriesMax?: number | undefined;
  /** Least delay before the second try, in milliseconds; 500 unless said. The pauses of hosts and quotas follow it. */
  readonly retryDelayMs?: number | undefined;
  /** All tries of one page or range together, in milliseconds; half an hour unless said. */
  readonly wholeMs?: number | undefined;
  readonly timeoutsMs?: Partial<TimeoutsMs> | undefined;
  /** Requests that the hub lets through, where it doesn't tell itself; what it documents for the token's kind unless said. */
  readonly quotas?: Partial<Quotas> | undefined;
  /** Limits of its own instead of those shared by the process. */
  readonly governor?: Governor | undefined;
};

/**
 * Opens a hub: an http(s) URL, or else a directory in the Hugging Face cache layout, given as a resolved path. Asks
 * nothing yet. Throws DefinitionError for an address or a token that can't be one.
 */
export function openHub(address: string, options: HubOptions = {}): Hub {
  if (!/^https?:/i.test(address)) return openDirectoryHub(toDirectory(address));
  const token = toToken(options.token);
  const environment = readHubEnvironment(process.env);
  const quotas = environment.toQuotas(token === undefined ? ANONYMOUS_QUOTAS : ACCOUNT_QUOTAS);
  return openHttpHub(toHubUrl(address), {
    token,
    governor: options.governor ?? processGovernor,
    quotas: { ...quotas, ...options.quotas },
    policy: {
      retriesMax: options.retriesMax ?? RETRY_POLICY.retriesMax,
      delayMs: options.retryDelayMs ?? environment.retryDelayMs ?? RETRY_POLICY.delayMs,
      wholeMs: options.wholeMs ?? RETRY_POLICY.wholeMs,
    },
    timeoutsMs: { ...TIMEOUTS_MS, ...environment.timeoutsMs, ...options.timeoutsMs },
    onRequest: options.onRequest,
  });
}

function toDirectory(address: string): string {
  if (statSync(address, { throwIfNoEntry: false })?.isDirectory()) return address;
  throw new DefinitionError(
    `The hub ${address} is no directory: give a URL, or a directory in the Hugging Face cache layout.`,
  );
}

function toHubUrl(address: string): string {
  const url = URL.parse(address);
  // Not quoted in the message: what is wrong may be a password in it.
  if (url === null) throw new DefinitionError("The hub's address is no URL: expected https://HOST.");
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new DefinitionError(`The hub's address at ${url.host} must be https://HOST only, without user, "?" or "#".`);
  }
  if (url.protocol === "http:" && !isLoopback(url)) {
    throw new DefinitionError(
      `The hub at ${url.host} would be asked over http, where anybody on the way can read the token and change the data: expected https://${url.host}. Plain http is for this machine only.`,
    );
  }
  return url.href.replace(/\/+$/, "");
}

function toToken(token: string | undefined): string | undefined {
  if (token === undefined || token === "") return undefined;
  if (/^hf_[\w-]+$/.test(token)) return token;
  throw new DefinitionError('HF_TOKEN is no token of the Hub: expected "hf_" and then letters and digits, no spaces.');
}
