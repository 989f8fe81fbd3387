import { LIMITING_WORDS, NUMBER_WORDS, TIME_NOUNS } from "./lexicon-request.ts";

/** Characters of a request that are looked at. */
export const REQUEST_CHARS_MAX = 16_384;

const numbers = Object.keys(NUMBER_WORDS).join("|");
const LIMIT = new RegExp(
  `\\b(?:${LIMITING_WORDS})\\s+(?:the\\s+)?(\\d{1,6}|${numbers})\\b(?!\\s*(?:${TIME_NOUNS})s?\\b|[.,:/%°-]\\d|\\s*%)`,
  "gi",
);

/** How many the request says it wants, where it says so in words that limit ("the latest 5"): the largest; else undefined. */
export function toRequestLimit(request: string): number | undefined {
  let largest: number | undefined;
  for (const [, number] of request.slice(0, REQUEST_CHARS_MAX).matchAll(LIMIT)) {
    const count = toNumber((number as string).toLowerCase());
    if (count > 0 && (largest === undefined || count > largest)) largest = count;
  }
  return largest;
}

function toNumber(text: string): number {
  return Object.hasOwn(NUMBER_WORDS, text) ? NUMBER_WORDS[text as keyof typeof NUMBER_WORDS] : Number(text);
}
