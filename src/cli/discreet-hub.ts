import { SourceError } from "#contract";
import type { Hub } from "../hub/hub.ts";

/** What stands where a token was. */
const STRUCK_OUT = "hf_…";

/**
 * The text without the token. The hub's own code never puts it into a message; but an answer can hold it, if a server gives
 * back what it was sent, and a host name comes back in small letters.
 */
export function redact(text: string, token: string | undefined): string {
  if (token === undefined || token === "") return text;
  return text.replace(new RegExp(RegExp.escape(token), "gi"), STRUCK_OUT);
}

/** The hub, with the token struck out of every failure: those get into logs, journals, manifests and onto terminals. */
export function toDiscreetHub(hub: Hub, token: string | undefined): Hub {
  const discreet = async <T>(ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      throw toDiscreetError(error, token);
    }
  };
  return {
    ...hub,
    resolve: (dataset, revision) => discreet(() => hub.resolve(dataset, revision)),
    list: (dataset, revision, keep) => discreet(() => hub.list(dataset, revision, keep)),
    open(dataset, revision, file) {
      const source = hub.open(dataset, revision, file);
      return { ...source, read: (start, end) => discreet(() => source.read(start, end)) };
    },
  };
}

function toDiscreetError(error: unknown, token: string | undefined): unknown {
  if (!(error instanceof SourceError)) return error;
  const message = redact(error.message, token);
  return message === error.message ? error : new SourceError(error.failure, message);
}
