import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSeededRandom } from "../../src/schema/seeded-random.ts";

test("the numbers are the 32-bit words of SHA-256 over a counter and the seed", () => {
  const block = (at: number) => createHash("sha256").update(`planstream/random/1\n${at}\nseed`).digest();
  const random = createSeededRandom("seed");
  const words = Array.from({ length: 12 }, (_, i) => block(Math.floor(i / 8)).readUInt32BE(4 * (i % 8)) / 2 ** 32);
  expect(Array.from({ length: 12 }, () => random.fraction())).toEqual(words);
});

test("integers stay below, and all of them come", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 6 }), (seed, below) => {
      const random = createSeededRandom(seed);
      const seen = new Set(Array.from({ length: 200 }, () => random.integer(below)));
      expect([...seen].sort()).toEqual(Array.from({ length: below }, (_, i) => i));
    }),
    { seed: 7, numRuns: 50 },
  );
});

test("the same seed gives the same, another gives others", () => {
  const draw = (seed: string) => Array.from({ length: 20 }, createSeededRandom(seed).fraction);
  expect(draw("a")).toEqual(draw("a"));
  expect(draw("a")).not.toEqual(draw("b"));
});

test("nothing is picked from an empty list", () => {
  expect(() => createSeededRandom("a").pick([])).toThrow("an empty list");
});
