import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { overlayPriceOption, parseUsdPerMtok } from "../../src/llm/price-option.ts";
import {
  assertFresh,
  assertZeroPriceTrusted,
  findPrice,
  overlayPrices,
  type PriceTable,
  parsePriceTable,
  readBundledPrices,
  readPriceFile,
  toPricesSha256,
} from "../../src/llm/price-table.ts";
import { isPaid, type ModelPrice, toCost, toCostMax } from "../../src/llm/prices.ts";
import { toPriceTableText } from "../support/make-prices.ts";
import { PROJECT } from "../support/planstream.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

const folder = createTemporaryFolder();
const table = readBundledPrices();

const TIERED: ModelPrice = {
  ...{ in: 3_000, out: 15_000, cache_read: 300, cache_write_5m: 3_750, cache_write_1h: 6_000 },
  tiers: [{ above_in_tokens: 200_000, in: 6_000, out: 22_500, cache_read: 600, cache_write_5m: 7_500 }],
  batch_multiplier: 0.5,
  tokenizer: "claude-3",
};

it("is the table that its source makes", () => {
  expect(readFileSync(join(PROJECT, "src", "llm", "price-table.json"), "utf8")).toBe(toPriceTableText());
});

it("knows the models of both vendors in nano-dollars a token", () => {
  const rates = (model: string) => {
    const { in: input, out, batch_multiplier: batch } = findPrice(table, model);
    return [input, out, batch];
  };
  expect(rates("anthropic/claude-haiku-4-5")).toEqual([1_000, 5_000, 0.5]);
  expect(rates("anthropic/claude-sonnet-4-5")).toEqual([3_000, 15_000, 0.5]);
  expect(rates("openai/gpt-4o-mini")).toEqual([150, 600, 0.5]);
  expect(rates("openai/gpt-5-nano")).toEqual([50, 400, 0.5]);
  // A price that changed by date is the one in force when the table was made.
  expect(rates("openai/o3")).toEqual([2_000, 8_000, 0.5]);
  // One that changes by the hour is the dearest.
  expect(rates("deepseek/deepseek-v4-flash").slice(0, 2)).toEqual([440, 1_320]);
  expect(findPrice(table, "anthropic/claude-sonnet-4-5").tiers[0]).toMatchObject({
    above_in_tokens: 200_000,
    in: 6_000,
  });
});

it("charges each kind of token at its rate, and all of a long call at its tier's", () => {
  expect(toCost(TIERED, { in: 695, out: 280 }, "direct")).toBe(695 * 3_000 + 280 * 15_000);
  expect(toCost(TIERED, { in: 695, out: 280 }, "batch")).toBe((695 * 3_000 + 280 * 15_000) / 2);
  const cached = { in: 1, out: 1, cache_read: 10, cache_write_5m: 100, cache_write_1h: 1_000 };
  expect(toCost(TIERED, cached, "direct")).toBe(3_000 + 15_000 + 3_000 + 375_000 + 6_000_000);
  expect(toCost(TIERED, { in: 200_000, out: 1 }, "direct")).toBe(200_000 * 3_000 + 15_000);
  // The tier counts all input, and a rate it lacks is its plain one.
  const long = { in: 1, out: 1, cache_read: 200_000, cache_write_1h: 2 };
  expect(toCost(TIERED, long, "direct")).toBe(6_000 + 22_500 + 200_000 * 600 + 2 * 6_000);
});

it("never costs more than its worst case, whatever is used up to the bounds", () => {
  const below = (max: number) => fc.nat({ max });
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(table.models), TIERED),
      fc.record({
        in: below(300_000),
        out: below(5_000),
        read: below(300_000),
        w5: below(300_000),
        w1: below(300_000),
      }),
      fc.constantFrom("direct", "batch"),
      below(1_000),
      (price, used, mode, slack) => {
        const usage = {
          in: used.in,
          out: used.out,
          cache_read: used.read,
          cache_write_5m: used.w5,
          cache_write_1h: used.w1,
        };
        const bounds = { tokensIn: used.in + used.read + used.w5 + used.w1 + slack, tokensOut: used.out + slack };
        expect(toCost(price, usage, mode)).toBeLessThanOrEqual(toCostMax(price, bounds, mode));
      },
    ),
    { seed: 62, numRuns: 2_000 },
  );
});

it("refuses a model it does not know, and names those near it", () => {
  expect(() => findPrice(table, "anthropic/claude-haiku-4.5-20251001")).toThrow(
    /Near it: anthropic\/claude-haiku-4-5,/,
  );
  expect(() => findPrice(table, "openai/gpt5-mini")).toThrow(/Near it: openai\/gpt-5-mini/);
  expect(() => findPrice(table, "my/own-thing-entirely")).toThrow(
    /table of 2026-09-23\), so nothing is asked of it\. Give --price/,
  );
  expect(() => findPrice(table, "__proto__")).toThrow(/No price is known/);
  expect(() => findPrice(table, "constructor")).toThrow(/No price is known/);
});

it("refuses a price after 90 days, unless it is accepted or newer than the table", () => {
  const model = "openai/gpt-5-mini";
  expect(() => assertFresh(table, model, "2026-12-22", false)).not.toThrow();
  expect(() => assertFresh(table, model, "2026-12-23", false)).toThrow(/is of 2026-09-23, 91 days old on 2026-12-23/);
  expect(() => assertFresh(table, model, "2027-12-23", true)).not.toThrow();
  const given = overlayPriceOption(table, `${model}=0.3,2.5`);
  expect(() => assertFresh(given, model, "2027-12-23", false)).not.toThrow();
  expect(() => assertFresh(given, "openai/gpt-5", "2027-12-23", false)).toThrow(/days old/);
  const file: PriceTable = {
    ...table,
    as_of: "2027-12-01",
    source: "mine",
    models: { [model]: findPrice(table, model) },
  };
  expect(() => assertFresh(overlayPrices(table, file), model, "2027-12-23", false)).not.toThrow();
});

it("takes a price from the command line in place of the table's", () => {
  const over = overlayPriceOption(table, "openai/gpt-5.4=0.0125,2");
  expect(findPrice(over, "openai/gpt-5.4")).toEqual({
    ...{ in: 13, out: 2_000, tiers: [], tokenizer: "o200k", as_of: "given", batch_multiplier: 0.5, max_out: 128_000 },
  });
  expect(findPrice(table, "openai/gpt-5.4").in).toBe(2_500);
  expect(findPrice(overlayPriceOption(table, "local/qwen=0,0"), "local/qwen").tokenizer).toBe("other");
  for (const option of [
    "gpt-5=1,2",
    "openai/gpt-5=1",
    "openai/gpt-5=1,x",
    "openai/gpt-5=-1,2",
    "openai/gpt-5=1,2,3",
    "",
  ]) {
    expect(() => overlayPriceOption(table, option)).toThrow(/expected vendor\/model=IN,OUT/);
  }
});

it("rounds a price between two nano-dollars a token up", () => {
  expect(parseUsdPerMtok("0.25", "")).toBe(250);
  expect(parseUsdPerMtok("0.0125", "")).toBe(13);
  expect(parseUsdPerMtok("0.0120000", "")).toBe(12);
  expect(parseUsdPerMtok("$75", "")).toBe(75_000);
  expect(parseUsdPerMtok("0.000001", "")).toBe(1);
});

it("trusts a zero price only on this machine", () => {
  const free: ModelPrice = { in: 0, out: 0, tiers: [], tokenizer: "other", local: true };
  expect(isPaid(free)).toBe(false);
  for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]", "LOCALHOST"]) {
    expect(() => assertZeroPriceTrusted(free, "local/m", host, false)).not.toThrow();
  }
  for (const host of ["api.openai.com", "10.0.0.7", "localhost.example.com", "127.0.0.1.example.com", "0.0.0.0"]) {
    expect(() => assertZeroPriceTrusted(free, "local/m", host, false)).toThrow(/is not this machine/);
  }
  expect(() => assertZeroPriceTrusted(free, "local/m", "10.0.0.7", true)).not.toThrow();
  expect(() => assertZeroPriceTrusted(TIERED, "x/y", "api.example.com", false)).not.toThrow();
  // A price of zero for the first tier alone is not free.
  expect(isPaid({ ...free, tiers: [{ above_in_tokens: 10, in: 1, out: 0 }] })).toBe(true);
});

it("says where in a file a price is wrong", () => {
  const path = join(folder, "prices.json");
  const write = (value: unknown) => writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
  const model = { in: 1, out: 2 };
  const good = { schema: "planstream/prices/1", as_of: "2026-11-01", source: "mine", models: { "a/b": model } };
  write(good);
  expect(findPrice(readPriceFile(path), "a/b")).toEqual({ in: 1, out: 2, tiers: [], tokenizer: "other" });
  const bad: [unknown, RegExp][] = [
    ["{", /prices\.json: it can't be read as JSON/],
    [{ ...good, as_of: "yesterday" }, /prices\.json: at as_of: /],
    [{ ...good, models: { "a/b": { ...model, in: 0.5 } } }, /at models\.a\/b\.in: /],
    [{ ...good, models: { "a/b": { ...model, in: -1 } } }, /at models\.a\/b\.in: /],
    [{ ...good, models: { "a/b": { ...model, price: 1 } } }, /at models\.a\/b: .*price/],
    [{ ...good, models: { b: model } }, /at models\.b: /],
    [{ ...good, models: { "a/b": { ...model, batch_multiplier: 1.5 } } }, /at models\.a\/b\.batch_multiplier: /],
  ];
  for (const [value, message] of bad) {
    write(value);
    expect(() => readPriceFile(path)).toThrow(message);
  }
  expect(() => readPriceFile(join(folder, "none.json"))).toThrow(/none\.json: it can't be read/);
});

it("has a digest that any price changes, and the order of models does not", () => {
  const reversed = { ...table, models: Object.fromEntries(Object.entries(table.models).reverse()) };
  expect(toPricesSha256(reversed)).toBe(toPricesSha256(table));
  expect(toPricesSha256(overlayPriceOption(table, "openai/gpt-5=1.25,11"))).not.toBe(toPricesSha256(table));
  const parsed = parsePriceTable({ schema: "planstream/prices/1", as_of: "2026-01-01", source: "s", models: {} }, "x");
  expect(toPricesSha256(parsed)).toBe("a4c1c865170c2abf8eb0a2cba40f3a53c074fe7cc284a0059f795d7e636399ec");
});
