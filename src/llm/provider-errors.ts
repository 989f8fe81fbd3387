import { DefinitionError, SourceError } from "#contract";
import type { Outcome, Provider } from "./provider.ts";

/** The error that ends the run, for a refusal that every further request would get as well; undefined for others. */
export function toStopError(outcome: Extract<Outcome, { kind: "free" }>, provider: Provider): Error | undefined {
  const { reason, detail } = outcome;
  switch (reason) {
    case "unauthorized":
      return new SourceError(
        "unauthorized",
        `${provider.host} refuses the API key (${detail}). Check ${toKeyName(provider)} and what the key may do. Nothing was billed for it.`,
      );
    case "no_credit":
      return new SourceError(
        "unauthorized",
        `${provider.host} says that the account has no credit left (${detail}). Add credit, then run the same command again: replies that were paid for are kept.`,
      );
    case "not_found":
      return new DefinitionError(
        `${provider.host} does not know the model or the address (${detail}). Check the model's name and the base URL.`,
      );
    default:
      return undefined;
  }
}

/** The vendor could not be asked, after `tries`. */
export function unreachable({ host }: Pick<Provider, "host">, detail: string, tries: number): SourceError {
  return new SourceError(
    "unreachable",
    `${host} could not be asked: ${detail} (${tries} tries). Check the network and the vendor's status, then run the same command again: replies that were paid for are kept.`,
  );
}

/** Every request so far was refused as such, so they are all wrong in the same way. */
export function refusedAll(
  { host }: Provider,
  { detail, says }: { readonly detail: string; readonly says?: string | undefined },
  body: string,
  times: number,
): DefinitionError {
  const words = toShown(says, body);
  return new DefinitionError(
    `${host} has refused the first ${times} requests (${detail}${words}) and answered none. The model may not know a setting that is sent (its schema mode, the temperature), or the prompt is too long for it. Nothing was billed for them.`,
  );
}

const WORDS_CHARS_MAX = 200;
/** Characters in a row that a vendor's words may share with a request before they count as a quotation of it. */
const QUOTED_CHARS = 24;

/** A vendor's words, unless they quote what was sent: no prompt goes into an error or a log. */
function toShown(says: string | undefined, body: string): string {
  const words = says?.replace(/[^\x20-\x7e]/g, " ").slice(0, WORDS_CHARS_MAX) ?? "";
  if (words === "") return "";
  for (let at = 0; at + QUOTED_CHARS <= words.length; at++) {
    if (body.includes(words.slice(at, at + QUOTED_CHARS))) return "";
  }
  return `: ${words}`;
}

function toKeyName({ name }: Provider): string {
  return name === "anthropic" ? "ANTHROPIC_API_KEY" : "OPENAI_API_KEY";
}
