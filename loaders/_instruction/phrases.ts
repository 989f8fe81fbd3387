import { TEXT_CHARS_MAX } from "./text.ts";

/** A longer phrase is no topic, task or term any more but a text. */
const PHRASE_CHARS_MAX = 120;
/** A longer passage stays where it is, in the request; naming it as an argument too would only double it. */
export const PASSAGE_CHARS_MAX = 1_000;

const PHRASE_END =
  /[.;:!?\n"“”(){}[\]]|,(?! and\b)| - | – | — |\b(?:in|with|using|of|under|within|at least|no more than) (?:(?:about|around|at least|at most|no more than|less than|under|only|just|exactly|the|a|an|one|two|three|four|five|\d+)[ -]){1,2}(?:words?|sentences?|paragraphs?|lines?|style|tone|pages?|form|format|voice)?|\bwith (?:the )?columns\b|\b(?:so that|such that|in order to|that (?:is|are|will|can|should|includes?|explains?|describes?)|which (?:is|are|will|can|should)|(?:suitable )?for (?:a|an|my|our|the|kids?|children|beginners?)\b|to (?:a|an|my|our) |as (?:a|an|if|json|csv|xml|html|markdown|bullet)\b|in (?:simple|plain|layman|python|javascript|java|json|english|french|spanish|german|\d)|using\b|please\b|and (?:explain|provide|give|include|describe|discuss|then|make)\b)/i;
const FRONT =
  /^(?:\s*(?:me|us|to me|to us|through|the process of|in detail|briefly|about|on|of|the following|the concept of|the idea of|the term|the word|the phrase|what|how|is|are|does|do|for|that|:|,)(?=[\s:,"“])\s*){0,4}/i;
const EDGES = /^[\s,:;'"“”‘’*_-]+|[\s,:;'"“”‘’*_.!?-]+$/g;
const QUOTED = /"([^"\n]{1,500})"|“([^”\n]{1,500})”|«([^»\n]{1,500})»|(?<=[\s(:])'([^'\n]{2,500})'(?=[\s,.?!)]|$)/g;
/** What QUOTED needs to begin anywhere: most texts have none, and looking for that alone takes half the time. */
const OPENING_QUOTE = /["“«]|[\s(:]'/;

/** The phrase at the head of a text, up to where a clause or a condition begins; undefined if there is none, or no end. */
export function toPhrase(text: string): string | undefined {
  const front = FRONT.exec(text)?.[0].length ?? 0;
  const rest = text.slice(front, front + PHRASE_CHARS_MAX + 80);
  const end = PHRASE_END.exec(rest)?.index ?? rest.length;
  const phrase = trimEdges(rest.slice(0, end));
  return phrase.length < 2 || phrase.length > PHRASE_CHARS_MAX ? undefined : phrase;
}

/** Quoted texts, without their quotes. */
export function listQuoted(text: string): string[] {
  if (!OPENING_QUOTE.test(text)) return [];
  return Array.from(text.slice(0, TEXT_CHARS_MAX).matchAll(QUOTED), toInside);
}

/** The first of them. */
export function findQuoted(text: string): string | undefined {
  if (!OPENING_QUOTE.test(text)) return undefined;
  const [first] = text.slice(0, TEXT_CHARS_MAX).matchAll(QUOTED);
  return first && toInside(first);
}

function toInside(match: RegExpMatchArray): string {
  return (match[1] ?? match[2] ?? match[3] ?? match[4])!;
}

export function trimEdges(text: string): string {
  return text.replace(EDGES, "");
}

const NUMBER_WORDS =
  "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split(
    " ",
  );
const NUMBERS = new Map(NUMBER_WORDS.map((word, i) => [word, i + 1]));
NUMBERS.set("dozen", 12).set("fifty", 50).set("hundred", 100).set("thirty", 30);

/** A count in digits ("1,200") or in words up to twenty; undefined for anything else, or from a million on. */
export function toCount(word: string): number | undefined {
  const named = NUMBERS.get(word.toLowerCase());
  if (named !== undefined) return named;
  return /^\d{1,3}(?:,?\d{3})?$/.test(word) ? Number(word.replace(",", "")) : undefined;
}

/** As a pattern, for what `toCount` reads. */
export const COUNT = `\\d{1,3}(?:,?\\d{3})?|${[...NUMBERS.keys()].join("|")}`;
