import type { JsonObject } from "#contract";
import { COUNT, toCount } from "./phrases.ts";

const UNITS = "words?|sentences?|paragraphs?|pages?|lines?|stanzas?|characters?|verses?";
const LENGTH = new RegExp(
  `(?:\\b(at least|at most|no more than|not more than|no less than|not exceed(?:ing)?|less than|fewer than|more than|under|below|up to|within|over|maximum(?: of)?|max|minimum(?: of)?)\\s+)?\\b(${COUNT})(?:\\s?(?:-|–|to)\\s?(${COUNT}))?[\\s-]+(?:\\w+[\\s-])?(${UNITS})\\b(?:\\s+(or less|or fewer|or more|max(?:imum)?|min(?:imum)?|at most))?`,
  "i",
);
/** Most scopes name none: then this takes half the time (0.3 µs for 0.67). */
const ANY_UNIT = new RegExp(`(?:${UNITS})\\b`, "i");
const LEAST = /^(?:at least|no less than|more than|over|min|or more)/i;
const MOST = /^(?:at most|no more|not more|not exceed|less|fewer|under|below|up to|within|max|or less|or fewer)/i;
const DURATION = new RegExp(
  `\\b(${COUNT})[\\s-]+(?:full[\\s-])?(hours?|days?|nights?|weeks?|weekends?|months?|years?)\\b`,
  "i",
);

/** How long the answer may be: `{words: 200}`, `{sentences_max: 3}`, `{words_min: 100, words_max: 150}`. */
export function toLength(scope: string): JsonObject | undefined {
  const match = ANY_UNIT.test(scope) ? LENGTH.exec(scope) : undefined;
  if (!match) return undefined;
  const [, before = "", first = "", second, unit = "", behind = ""] = match;
  const name = unit.toLowerCase().replace(/s?$/, "s");
  const number = toCount(first) as number;
  if (second !== undefined) return { [`${name}_min`]: number, [`${name}_max`]: toCount(second) as number };
  if (LEAST.test(before) || LEAST.test(behind)) return { [`${name}_min`]: number };
  return { [MOST.test(before) || MOST.test(behind) ? `${name}_max` : name]: number };
}

/** How long what is planned lasts: `{days: 3}`. */
export function toDuration(scope: string): JsonObject | undefined {
  const match = DURATION.exec(scope);
  return match ? { [match[2]!.toLowerCase().replace(/s?$/, "s")]: toCount(match[1]!) as number } : undefined;
}
