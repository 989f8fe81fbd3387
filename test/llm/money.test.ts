import fc from "fast-check";
import { expect, it } from "vitest";
import { addNusd, assertNusd, formatUsd, multiplyUp, parseUsd, toCostUp, toUsdText } from "../../src/llm/money.ts";

const amounts = fc.maxSafeNat();
const SEED = { seed: 61, numRuns: 500 };

it("reads dollars exactly", () => {
  expect(parseUsd("12.50")).toBe(12_500_000_000);
  expect(parseUsd("$0.000000001")).toBe(1);
  expect(parseUsd(" 5 ")).toBe(5_000_000_000);
  // 0.1 + 0.2 in doubles would not be this.
  expect(addNusd(parseUsd("0.1"), parseUsd("0.2"))).toBe(parseUsd("0.3"));
  expect(parseUsd("9007199.254740991")).toBe(Number.MAX_SAFE_INTEGER);
});

it.each(["", "-5", "1e3", "12,50", "0.0000000001", "NaN", "9007199.254740992", "1.", ".5", "0x10", "1 000"])(
  "refuses %j as an amount, by the name of its option",
  (text) => {
    expect(() => parseUsd(text, "--max-cost")).toThrow(/^--max-cost: .* is no amount of US dollars/);
  },
);

it("writes every amount so that it reads back the same", () => {
  fc.assert(
    fc.property(amounts, (amount) => {
      expect(parseUsd(toUsdText(amount))).toBe(amount);
    }),
    SEED,
  );
  expect(toUsdText(0)).toBe("0.00");
  expect(toUsdText(63_000)).toBe("0.000063");
  expect(toUsdText(5_404_700_000_000)).toBe("5404.70");
});

it.each([
  [0, "$0.00"],
  [1, "<$0.000001"],
  [63_000, "$0.000063"],
  [6_290_000, "$0.00629"],
  [999_999_999, "$1.00"],
  [5_404_700_000_000, "$5,404.70"],
  [1_234_567_005_000_000, "$1,234,567.01"],
])("shows %d nano-dollars as %s", (amount, text) => {
  expect(formatUsd(amount)).toBe(text);
});

it("never rounds a product down, and by less than one", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 50 }), fc.integer({ min: 0, max: 10_000 }), (amount, scaled) => {
      const exact = BigInt(amount) * BigInt(scaled);
      const rounded = BigInt(multiplyUp(amount, scaled / 10_000)) * 10_000n;
      expect(rounded >= exact && rounded - exact < 10_000n).toBe(true);
    }),
    SEED,
  );
});

it("multiplies tokens exactly or not at all", () => {
  expect(toCostUp(695, 3_000)).toBe(2_085_000);
  expect(() => toCostUp(2 ** 40, 2 ** 20)).toThrow(RangeError);
  expect(() => toCostUp(1.5, 3)).toThrow(RangeError);
  expect(() => toCostUp(-1, 3)).toThrow(RangeError);
  expect(() => assertNusd(0.5)).toThrow(RangeError);
  expect(() => addNusd(Number.MAX_SAFE_INTEGER, 1)).toThrow(RangeError);
  expect(() => multiplyUp(10, 0.00001)).toThrow(RangeError);
});
