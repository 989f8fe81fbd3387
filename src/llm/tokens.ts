import { countMatches } from "./count-matches.ts";
import type { TokenizerName } from "./prices.ts";
import { listPieces } from "./text-pieces.ts";

/** Tokens of a text, and whether that is the vendor's own count or one by a factor. */
export type TokenCounter = {
  readonly exact: boolean;
  /**
   * Half the width of the 90 % interval of the vendor's count over ours, as a part of it: 0.2 means 20 % either way. It is
   * what an estimate adds when no reply has shown the true ratio yet.
   */
  readonly error: number;
  count(text: string): number;
};

/** Tokens per o200k token, by what the text is written in. */
type Factors = { readonly latin: number; readonly cjk: number; readonly other: number; readonly error: number };

/**
 * Claude 3 to 4.6: +3 % on English, +6 % on JSON, +11 % on Markdown, +57 % on Chinese against o200k (ai-tokenizer's table).
 * Claude 4.7 and later: 1.2 (code) to 1.44 (English) times that in Latin script, the same elsewhere (the ctok project's
 * measurements with count_tokens; the vendor says "approximately 30 percent more"). "Other" scripts are our guess, and a
 * tokenizer nobody told us of may be anything: hence the errors. A probe replaces all of this by its own ratio.
 */
const FACTORS: Readonly<Record<Exclude<TokenizerName, "o200k">, Factors>> = {
  "claude-3": { latin: 1.08, cjk: 1.57, other: 1.6, error: 0.15 },
  "claude-4.7": { latin: 1.45, cjk: 1.57, other: 1.6, error: 0.2 },
  other: { latin: 1.15, cjk: 1.3, other: 1.4, error: 0.3 },
};

/** Merged words that the tokenizer remembers: enough for the common ones, and some twenty megabytes at worst. */
const MERGE_CACHE_WORDS = 20_000;

/** A counter for one tokenizer. */
export async function createTokenCounter(tokenizer: TokenizerName): Promise<TokenCounter> {
  const count = await createTokenCounts();
  const error = tokenizer === "o200k" ? 0 : FACTORS[tokenizer].error;
  return { exact: tokenizer === "o200k", error, count: (text) => count(text)[tokenizer] };
}

/**
 * Counts a text for all tokenizers at once, for it is the o200k tokens that take the time. o200k's tables (about 60 MB) are
 * read on the first call of this, not before.
 */
export async function createTokenCounts(): Promise<(text: string) => Readonly<Record<TokenizerName, number>>> {
  const { countTokens, setMergeCacheSize } = await import("gpt-tokenizer/encoding/o200k_base");
  setMergeCacheSize(MERGE_CACHE_WORDS);
  return (text) => {
    let o200k = 0;
    for (const piece of listPieces(text)) o200k += countTokens(piece, AS_TEXT);
    const scripts = toScripts(text);
    const by = (tokenizer: keyof typeof FACTORS) => Math.ceil(o200k * toFactor(scripts, FACTORS[tokenizer]));
    return { o200k, "claude-3": by("claude-3"), "claude-4.7": by("claude-4.7"), other: by("other") };
  };
}

/** "<|endoftext|>" in a conversation is text like any other. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

const LATIN = /\p{Script=Latin}/gu;
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

const OTHER = /[\p{L}--[\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]]/gv;

/** Characters that a text's scripts are judged by; the rest of a long one is as its beginning. */
const JUDGED_CHARS = 4096;

/** Letters of a text by script. */
type Scripts = { readonly latin: number; readonly cjk: number; readonly other: number };

function toScripts(text: string): Scripts {
  const judged = text.slice(0, JUDGED_CHARS);
  const [latin, cjk] = [countMatches(judged, LATIN), countMatches(judged, CJK)];
  return { latin, cjk, other: countMatches(judged, OTHER) };
}

/** The factor of a text: the mean over its letters. A text without letters counts as Latin. */
function toFactor({ latin, cjk, other }: Scripts, factors: Factors): number {
  const letters = latin + cjk + other;
  if (letters === 0) return factors.latin;
  return (latin * factors.latin + cjk * factors.cjk + other * factors.other) / letters;
}
