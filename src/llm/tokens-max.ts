import { countMatches } from "./count-matches.ts";
import type { TokenizerName } from "./prices.ts";

/** Marks that a tokenizer may add of its own, in tokens at worst. */
type Marks = { readonly perUnit: number; readonly perCapital: number };

/**
 * o200k works on the bytes alone, so each of its tokens covers at least one. Claude's tokenizers first rewrite the text
 * with marks for the beginning and the end of a word and for capitals (found by the ctok project; the vendor has not
 * published them), and a mark that merges with nothing is a token without a byte: two for each word or other character,
 * and a capital may begin a word, three. Of an unknown tokenizer we assume the same.
 */
const MARKS: Readonly<Record<TokenizerName, Marks>> = {
  o200k: { perUnit: 0, perCapital: 0 },
  "claude-3": { perUnit: 2, perCapital: 3 },
  "claude-4.7": { perUnit: 2, perCapital: 3 },
  other: { perUnit: 2, perCapital: 3 },
};

/**
 * More tokens than the texts can have, found without counting them: their bytes, in whichever of the normal forms a
 * tokenizer may use is the longest, and the marks it may add. What a vendor wraps around a message is not in it.
 */
export function toTokensMax(texts: readonly string[], tokenizer: TokenizerName): number {
  const marks = MARKS[tokenizer];
  let tokens = 0;
  for (const text of texts) tokens += toBytesMax(text) + toMarksMax(text, marks);
  return tokens;
}

/** UTF-8 bytes of the longest of a text's normal forms: SentencePiece counts tokens of the NFKC, where "㎉" is "kcal". */
export function toBytesMax(text: string): number {
  const bytes = Buffer.byteLength(text);
  // A text of ASCII alone is its own normal form.
  if (bytes === text.length) return bytes;
  return Math.max(bytes, ...["NFC", "NFD", "NFKC", "NFKD"].map((form) => Buffer.byteLength(text.normalize(form))));
}

/** A word in ASCII, one letter outside it (there a mark may close its word: so it is measured in Indic scripts), or a sign. */
const UNITS = /[A-Za-z]+|[^\sA-Za-z]/gu;
const CAPITALS = /[\p{Lu}\p{Lt}]/gu;

function toMarksMax(text: string, { perUnit, perCapital }: Marks): number {
  if (perUnit === 0 && perCapital === 0) return 0;
  const form = Buffer.byteLength(text) === text.length ? text : text.normalize("NFKD");
  return perUnit * countMatches(form, UNITS) + perCapital * countMatches(form, CAPITALS);
}
