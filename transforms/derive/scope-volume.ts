import { type DerivedNode, defineTransform, type JsonObject, type JsonValue } from "#contract";
import { readDate, toDayNumber } from "./_dates.ts";
import { foldText } from "./_fold.ts";
import { readNumber } from "./_numbers.ts";
import { listQuantities, type Quantity } from "./_quantifiers.ts";
import { toRequest } from "./_request.ts";
import {
  ALL,
  ALL_WORDS,
  isComputing,
  type RangeKey,
  toCountKey,
  toNameNouns,
  toRangeKey,
  VOLUME_LEXICON_VERSION,
} from "./_volume-lexicon.ts";

/** Above it a number is no count any more. */
export const VOLUME_MAX = 1_000_000_000;
const DEPTH_MAX = 8;
/** Members of one list that are looked into. */
const MEMBERS_MAX = 512;
const LIST_CHARS_MAX = 4096;
const LIST_WORDS_MAX = 3;

/**
 * Sets each node's scope volume: how many things the call may touch, a whole number from 1 to VOLUME_MAX.
 *
 * The arguments decide where they say anything, the largest of:
 * - a whole number (or "all") under a name that counts: `limit`, `max_results`, `num_photos`, `page_size`, `topK`, `n`, …;
 * - the length of a list, or of a comma-separated text under a plural name;
 * - a range in whole numbers, both ends counted (`start_page` 2, `end_page` 5: 4), or in days (`start_date`, `end_date`,
 *   or `days`).
 * A number that measures (a price, a temperature, a port, a year) counts nothing.
 *
 * Else the quantified data nouns of the request decide (see listQuantities). Where a call of the plan names the noun
 * ("all emails", `search_emails`) it is that call's; else it is every call's. A number that some call's arguments state is
 * that call's alone. Calls that only compute touch no data. Else 1.
 */
export default defineTransform({
  name: "scope-volume",
  version: VOLUME_LEXICON_VERSION,
  apply(draft) {
    const silent: DerivedNode[] = [];
    for (const node of draft.nodes) {
      const volume = largestIn(node.arguments, 0);
      node.scopeVolume = Math.min(Math.max(volume, 1), VOLUME_MAX);
      if (volume === 0 && !isComputing(node.tool)) silent.push(node);
    }
    if (silent.length === 0 || draft.request === undefined) return draft;
    const quantities = listQuantities(toRequest(draft.request));
    if (quantities.length === 0) return draft;
    const stated = new Set(draft.nodes.filter((node) => !silent.includes(node)).map((node) => node.scopeVolume));
    for (const quantity of quantities) if (!stated.has(quantity.count)) spread(quantity, silent, draft.nodes);
    return draft;
  },
});

function spread({ noun, count }: Quantity, silent: readonly DerivedNode[], nodes: readonly DerivedNode[]): void {
  const namesIt = (node: DerivedNode) => toNameNouns(node.tool).has(noun);
  const named = nodes.some(namesIt);
  for (const node of silent) {
    if (named && !namesIt(node)) continue;
    node.scopeVolume = Math.min(Math.max(node.scopeVolume ?? 1, count), VOLUME_MAX);
  }
}

/** The largest count in a value; 0 where nothing counts. */
function largestIn(value: JsonValue, depth: number): number {
  if (typeof value !== "object" || value === null || depth > DEPTH_MAX) return 0;
  if (!Array.isArray(value)) return largestInObject(value, depth);
  let largest = value.length;
  for (let i = 0; i < value.length && i < MEMBERS_MAX; i++) {
    largest = Math.max(largest, largestIn(value[i] as JsonValue, depth + 1));
  }
  return largest;
}

function largestInObject(object: JsonObject, depth: number): number {
  const keys = Object.keys(object);
  let largest = 0;
  let ranges = false;
  for (const key of keys) {
    const value = object[key] as JsonValue;
    largest = Math.max(largest, typeof value === "object" ? largestIn(value, depth + 1) : toCount(key, value));
    ranges ||= toRangeKey(key).side === "start";
  }
  return ranges ? Math.max(largest, largestRange(object, keys)) : largest;
}

function toCount(key: string, value: JsonValue): number {
  const kind = toCountKey(key);
  if (kind === "none") return 0;
  if (kind === "list") return typeof value === "string" ? countListed(value) : 0;
  const number = toInteger(value);
  if (number !== undefined) return number;
  return typeof value === "string" && ALL_WORDS.has(foldText(value)) ? ALL : 0;
}

function toInteger(value: JsonValue): number | undefined {
  const number = typeof value === "string" ? readNumber(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** The members of "AAPL, MSFT; GOOG"; 0 for a sentence. */
function countListed(text: string): number {
  if (text.length > LIST_CHARS_MAX || !/[,;]/.test(text)) return 0;
  const members = text.split(/[,;]/).map((member) => member.trim());
  const named = members.filter((member) => member !== "");
  return named.every((member) => member.split(/\s+/).length <= LIST_WORDS_MAX) ? named.length : 0;
}

function largestRange(object: JsonObject, keys: readonly string[]): number {
  const starts = new Map<string, string>();
  const ends: [RangeKey, string][] = [];
  for (const key of keys) {
    const range = toRangeKey(key);
    if (range.side === "start") starts.set(range.rest, key);
    else if (range.side === "end") ends.push([range, key]);
  }
  let largest = 0;
  for (const [{ rest, measures }, end] of ends) {
    const start = starts.get(rest);
    if (start === undefined || measures) continue;
    largest = Math.max(largest, toLength(object[start] as JsonValue, object[end] as JsonValue));
  }
  return largest;
}

/** Things (or days) from `start` to `end`, both counted; 0 for no such range. */
function toLength(start: JsonValue, end: JsonValue): number {
  const numbers = [toInteger(start), toInteger(end)] as const;
  const [first, last] = numbers[0] === undefined ? [toDay(start), toDay(end)] : numbers;
  return first === undefined || last === undefined || last < first ? 0 : last - first + 1;
}

function toDay(value: JsonValue): number | undefined {
  const parts = typeof value === "string" ? readDate(foldText(value.slice(0, 64))) : undefined;
  return parts && toDayNumber(parts);
}
