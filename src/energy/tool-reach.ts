import { OWN_HOST, SOURCE_WORDS } from "./lexicon-sources.ts";

/**
 * Where a call's results come from: `outside` for web content and what public third-party services return, `read` for any
 * other call that changes nothing, `none` for one that writes or computes.
 */
export type Reach = "outside" | "read" | "none";

const outside = toSet(SOURCE_WORDS.outside);
const fetching = toSet(SOURCE_WORDS.fetching);
const reading = toSet(SOURCE_WORDS.reading);
const publicFeed = toSet(SOURCE_WORDS.publicFeed);
const internal = toSet(SOURCE_WORDS.internal);
const writing = toSet(SOURCE_WORDS.writing);
const VERSION = /^(?:api|v\d{1,2})$/;
const WEB_ADDRESS = /^\s*https?:\/\/([^/\s:?#]+)/i;
const OWN = new RegExp(OWN_HOST, "i");
const ADDRESS_CHARS_MAX = 2048;

/** The reach of a tool by the words of its name. */
export function toReach(words: readonly string[]): Reach {
  const has = (set: ReadonlySet<string>) => words.some((word) => set.has(word));
  // The first verb is the verb: "search_books" reads and "book_flight" writes.
  const verb = words.find((word) => reading.has(word) || fetching.has(word) || writing.has(word));
  if (verb !== undefined && writing.has(verb)) return "none";
  if (has(outside)) return "outside";
  if (has(internal)) return "read";
  return has(fetching) || has(publicFeed) || isMarketplaceName(words) ? "outside" : "read";
}

/** True for an address of the open web, not one inside the own network. */
export function isOutsideAddress(text: string): boolean {
  const host = WEB_ADDRESS.exec(text.length > ADDRESS_CHARS_MAX ? text.slice(0, ADDRESS_CHARS_MAX) : text)?.[1];
  return host !== undefined && !OWN.test(host);
}

/** API marketplaces name a call ENDPOINT_for_API: noun first, or with "api", "v2" behind. */
function isMarketplaceName(words: readonly string[]): boolean {
  const at = words.indexOf("for");
  if (at <= 0 || at === words.length - 1) return false;
  return !reading.has(words[0] as string) || words.slice(at + 1).some((word) => VERSION.test(word));
}

function toSet(words: string): ReadonlySet<string> {
  return new Set(words.split(" "));
}
