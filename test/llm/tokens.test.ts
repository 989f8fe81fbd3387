import fc from "fast-check";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { expect, it } from "vitest";
import { TOKENIZERS } from "../../src/llm/prices.ts";
import { listPieces, PIECE_CHARS_MAX } from "../../src/llm/text-pieces.ts";
import { createTokenCounter } from "../../src/llm/tokens.ts";
import { toBytesMax, toTokensMax } from "../../src/llm/tokens-max.ts";

const o200k = await createTokenCounter("o200k");
const counters = await Promise.all(TOKENIZERS.map(async (name) => ({ name, counter: await createTokenCounter(name) })));

/** Texts as conversations hold them, and as they should not: scripts, code, runs, lone surrogates, marks on marks. */
const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 3_000 }),
  fc.string({ unit: "grapheme", maxLength: 1_000 }),
  fc
    .array(
      fc.constantFrom(
        "the harbour ",
        "Ελλάδα ",
        "漢字",
        "한국 ",
        "ﷺ",
        "㎉",
        "é́",
        "İ",
        "\n\t",
        "🦄",
        "x=1;",
        "<|endoftext|>",
        "\ud800",
      ),
    )
    .map((a) => a.join("")),
  fc
    .tuple(fc.string({ minLength: 1, maxLength: 3 }), fc.nat({ max: 1_500 }))
    .map(([unit, times]) => unit.repeat(times)),
);
const SEED = { seed: 63, numRuns: 400 };

it("cuts a text into short pieces that are the text", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const pieces = [...listPieces(text)];
      expect(pieces.join("")).toBe(text);
      for (const piece of pieces) {
        expect(piece.length).toBeLessThanOrEqual(PIECE_CHARS_MAX);
        expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(4096);
      }
      // No surrogate pair is cut in two: the pieces have the text's code points.
      expect(pieces.flatMap((piece) => [...piece])).toEqual([...text]);
    }),
    SEED,
  );
});

it("counts o200k tokens exactly where a text has words", () => {
  expect(o200k.exact).toBe(true);
  expect(o200k.count("hello world")).toBe(2);
  expect(o200k.count("")).toBe(0);
  const long = 'Please move the 14 crates, the ledger ("blue") and Tomás\'s café receipts to harbour no. 7!\n'.repeat(
    300,
  );
  expect(long.length).toBeGreaterThan(20 * PIECE_CHARS_MAX);
  expect(o200k.count(long)).toBe(countTokens(long));
});

it("takes the names of special tokens for text", () => {
  expect(o200k.count("<|endoftext|>")).toBe(7);
});

it("counts a megabyte without a break within a token a piece", () => {
  const text = "a".repeat(1_000_000);
  // Eight of the letter are one token.
  expect(o200k.count(text)).toBe(125_000);
});

it("counts other tokenizers by the script of the text", () => {
  const by = Object.fromEntries(counters.map(({ name, counter }) => [name, counter.count("word ".repeat(1_000))]));
  expect(by.o200k).toBe(1_001);
  expect(by["claude-3"]).toBe(Math.ceil(1_001 * 1.08));
  expect(by["claude-4.7"]).toBe(Math.ceil(1_001 * 1.45));
  const chinese = "港口记录".repeat(100);
  const claude = counters.find(({ name }) => name === "claude-4.7")?.counter;
  expect(claude?.count(chinese)).toBe(Math.ceil(o200k.count(chinese) * 1.57));
  expect(claude?.exact).toBe(false);
  expect(claude?.error).toBeGreaterThan(0);
});

it("has no text with more tokens than its bound, for any tokenizer", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const bytes = Buffer.byteLength(text);
      expect(countTokens(text, { disallowedSpecial: new Set() })).toBeLessThanOrEqual(bytes);
      expect(o200k.count(text)).toBeLessThanOrEqual(bytes);
      for (const { name } of counters) expect(toTokensMax([text], name)).toBeGreaterThanOrEqual(bytes);
      expect(o200k.count(text.normalize("NFKC"))).toBeLessThanOrEqual(toTokensMax([text], "o200k"));
    }),
    SEED,
  );
});

it("bounds the longest normal form of a text", () => {
  expect(toBytesMax("plain")).toBe(5);
  expect(toBytesMax("ﷺ")).toBe(Buffer.byteLength("ﷺ".normalize("NFKC")));
  expect(toBytesMax("ﷺ")).toBeGreaterThan(10 * "ﷺ".length);
  expect(toBytesMax("é")).toBe(3);
});

it("leaves room for the marks that Claude's tokenizers add", () => {
  // "hello, world" is measured as four tokens; "A" may be a capital, a beginning, its byte and an end.
  expect(toTokensMax(["A"], "claude-4.7")).toBe(1 + 2 + 3);
  expect(toTokensMax(["hello, world"], "claude-4.7")).toBe(12 + 2 * 3);
  expect(toTokensMax(["hello, world"], "o200k")).toBe(12);
  expect(toTokensMax(["hello", "world"], "o200k")).toBe(10);
});
