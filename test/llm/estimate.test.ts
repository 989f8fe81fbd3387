import fc from "fast-check";
import { expect, it } from "vitest";
import { type EstimateInput, estimate, type ProbeRow, toReaskTokensMax } from "../../src/llm/estimate.ts";
import { approve, fitRows } from "../../src/llm/estimate-approval.ts";
import { type Census, createCensus } from "../../src/llm/estimate-census.ts";
import { toSumInterval } from "../../src/llm/estimate-interval.ts";
import { chooseProbe, toRowRank, toStrataBounds, toStratum } from "../../src/llm/estimate-strata.ts";
import { type ModelPrice, toCostMax } from "../../src/llm/prices.ts";

const PRICE: ModelPrice = { in: 3_000, out: 15_000, tiers: [], batch_multiplier: 0.5, tokenizer: "o200k" };
const TIERED: ModelPrice = {
  ...PRICE,
  cache_write_5m: 3_751,
  tiers: [{ above_in_tokens: 1_000, in: 6_001, out: 22_501 }],
};

function toCensus(rows: readonly { tokensIn: number; tokensInMax: number }[], cached = 0): Census {
  const census = createCensus();
  for (const row of rows) census.add(row);
  for (let i = 0; i < cached; i++) census.addCached();
  return census.toCensus();
}

const same = (rows: number, tokensIn = 695) =>
  toCensus(Array.from({ length: rows }, () => ({ tokensIn, tokensInMax: 2_800 })));
const answered = (rows: number, out = 280): ProbeRow[] =>
  Array.from({ length: rows }, () => ({ tokensIn: 695, usage: { in: 695, out } }));
const ALL = same(860_000);
const toInput = (input: Partial<EstimateInput>): EstimateInput => ({
  ...{ census: ALL, probe: [], price: PRICE, mode: "direct", maxTokens: 2_000, countError: 0 },
  ...input,
});

it("comes to the ancestor's projection for the ancestor's case", () => {
  const { nusd, ...rest } = estimate(toInput({ probe: answered(1_000) }));
  // 860,000 × (695 × $3 + 280 × $15) / 1,000,000, and no answer of a thousand had to be asked for again.
  expect(nusd.expected / 1e9).toBeGreaterThan(5_405);
  expect(nusd.expected / 1e9).toBeLessThan(5_405 * 1.001);
  expect(nusd.low / 1e9).toBeLessThanOrEqual(5_405.1);
  expect(nusd.high / 1e9).toBeGreaterThan(5_405.1);
  expect(nusd.high / 1e9).toBeLessThan(5_500);
  expect(rest).toMatchObject({ source: "probe", n: 1_000, rows: 860_000, cached: 0 });
  expect([rest.tokens_in, rest.tokens_out]).toEqual([860_000 * 695, 860_000 * 280]);
});

it("halves everything by batch", () => {
  const direct = estimate(toInput({ probe: answered(100) })).nusd;
  const batch = estimate(toInput({ probe: answered(100), mode: "batch" })).nusd;
  for (const name of ["low", "expected", "high"] as const) {
    expect(Math.abs(batch[name] - direct[name] / 2)).toBeLessThanOrEqual(1);
  }
  // Each of two calls a row may be rounded up.
  expect(batch.worst).toBe(direct.worst / 2 + 2 * 860_000);
});

it("costs nothing when every reply is in the cache", () => {
  const { nusd, rows, cached } = estimate(toInput({ census: toCensus([], 7), probe: answered(20) }));
  expect({ ...nusd, rows, cached }).toEqual({ low: 0, expected: 0, high: 0, worst: 0, rows: 0, cached: 7 });
});

it("says so when it rests on assumptions, and is wide then", () => {
  const assumed = estimate(toInput({ countError: 0.2 }));
  expect(assumed.source).toBe("assumed");
  // At most, every answer is as long as it may be.
  expect(assumed.nusd.high).toBeGreaterThan(860_000 * 2_000 * 15_000);
  expect(assumed.nusd.low).toBeLessThan(assumed.nusd.expected / 2);
});

it("is wider for another model than the one that was probed, by its counting and its answers", () => {
  const own = estimate(toInput({ probe: answered(100), countError: 0.2 })).nusd;
  const borrowed = estimate(toInput({ probe: answered(100), countError: 0.2, origin: "borrowed" }));
  expect(borrowed.source).toBe("borrowed");
  expect(own.high - own.expected).toBeLessThan(0.1 * own.expected);
  expect(borrowed.nusd.high - borrowed.nusd.expected).toBeGreaterThan(0.2 * own.expected);
  expect(borrowed.nusd.low).toBeLessThan(own.low);
});

it("is a little wider by replies of earlier runs that chance has not chosen", () => {
  const own = estimate(toInput({ probe: answered(100) })).nusd;
  expect(estimate(toInput({ probe: answered(100), origin: "ledger", chosen: true })).nusd).toEqual(own);
  const ledger = estimate(toInput({ probe: answered(100), origin: "ledger", chosen: false }));
  expect(ledger).toMatchObject({ source: "ledger", n: 100 });
  expect(ledger.nusd.expected).toBe(own.expected);
  // A tenth of what the answers cost, which is two thirds of the whole here.
  expect(ledger.nusd.high).toBeGreaterThan(own.high + 0.01 * own.expected);
  expect(ledger.nusd.high).toBeLessThan(own.high + 0.1 * own.expected);
});

it("learns from a probe that the vendor counts more than we do", () => {
  const probe = answered(100).map((row) => ({ ...row, usage: { in: 973, out: 280 } }));
  const { nusd, tokens_in } = estimate(toInput({ probe }));
  expect(tokens_in).toBe(860_000 * 973);
  const mean = 973 * 3_000 + 280 * 15_000;
  expect(nusd.expected / (860_000 * mean)).toBeGreaterThan(1);
  expect(nusd.expected / (860_000 * mean)).toBeLessThan(1.01);
});

it("counts second questions at what they cost", () => {
  const probe = answered(100).map((row, i) => (i < 20 ? { ...row, reask: { in: 1_035, out: 280 } } : row));
  const { reasks, nusd } = estimate(toInput({ probe }));
  expect(reasks.expected).toBeCloseTo(20.5 / 101, 10);
  expect(reasks.high).toBeGreaterThan(0.27);
  expect(reasks.high).toBeLessThan(0.31);
  const first = 860_000 * (695 * 3_000 + 280 * 15_000);
  const second = 860_000 * (1_035 * 3_000 + 280 * 15_000);
  expect(nusd.expected).toBeGreaterThan(first + 0.2 * second);
  expect(nusd.expected).toBeLessThan(first + 0.21 * second);
});

it("has for its worst the sum of all holds, tiers and roundings included", () => {
  const row = fc
    .nat({ max: 3_000 })
    .chain((max) => fc.nat({ max }).map((tokensIn) => ({ tokensIn, tokensInMax: max })));
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 60 }),
      fc.constantFrom(PRICE, TIERED),
      fc.constantFrom("direct", "batch"),
      fc.integer({ min: 1, max: 3_000 }),
      (rows, price, mode, maxTokens) => {
        const { worst } = estimate(toInput({ census: toCensus(rows), price, mode, maxTokens })).nusd;
        const holds = rows.reduce((sum, { tokensInMax }) => {
          const [first, again] = [tokensInMax, tokensInMax + toReaskTokensMax(maxTokens)].map((tokensIn) =>
            toCostMax(price, { tokensIn, tokensOut: maxTokens }, mode),
          );
          return sum + (first ?? 0) + (again ?? 0);
        }, 0);
        expect(worst).toBeGreaterThanOrEqual(holds);
        expect(worst - holds).toBeLessThanOrEqual(mode === "batch" ? 2 * rows.length + 1 : 0);
      },
    ),
    { seed: 64, numRuns: 300 },
  );
});

it("gives the same numbers for the same input", () => {
  const probe = answered(60).map((row, i) => ({ ...row, usage: { in: 700, out: 100 + ((i * 37) % 400) } }));
  expect(estimate(toInput({ probe }))).toEqual(estimate(toInput({ probe })));
});

it("knows the sum exactly when all values are the same, and bounds its own ignorance upwards alone", () => {
  const interval = toSumInterval([{ rows: 1_000, seen: new Array(50).fill(7) }], 7);
  expect(interval).toEqual({ low: 7_000, expected: 7_000, high: 7_000 });
  const rare = toSumInterval([{ rows: 1_000, seen: new Array(50).fill(7) }], 21);
  expect(rare).toEqual({ low: 7_000, expected: 7_000, high: 7_000 + (1_000 / 50) * 14 });
});

it("weighs each stratum by its rows", () => {
  const strata = [
    { rows: 900, seen: [1, 1, 1, 1] },
    { rows: 100, seen: [50, 50, 50, 50] },
  ];
  expect(toSumInterval(strata, 0).expected).toBe(900 + 5_000);
  // A stratum nobody asked in joins its neighbour instead of counting as nothing.
  expect(toSumInterval([...strata, { rows: 10, seen: [] }], 0).expected).toBe(900 + 110 * 50);
});

it("probes each stratum alike, by rank, without a row twice", () => {
  const tokensIn = Uint32Array.from({ length: 3_000 }, (_, i) => 1 + ((i * 7919) % 5_000));
  const ranks = Float64Array.from(tokensIn.keys(), (row) => toRowRank(5, `r${row}`));
  const chosen = chooseProbe({ tokensIn, ranks }, 100);
  expect(new Set(chosen).size).toBe(100);
  const bounds = toStrataBounds(tokensIn, 5);
  expect(bounds).toHaveLength(4);
  const counts = [0, 0, 0, 0, 0];
  for (const row of chosen) counts[toStratum(tokensIn[row] ?? 0, bounds)]!++;
  expect(counts).toEqual([20, 20, 20, 20, 20]);
  // The same rows with fewer asked are among them: a larger probe only adds.
  const fewer = chooseProbe({ tokensIn, ranks }, 50);
  expect(fewer.filter((row) => !chosen.includes(row))).toEqual([]);
  expect(chooseProbe({ tokensIn: tokensIn.slice(0, 8), ranks: ranks.slice(0, 8) }, 100)).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7,
  ]);
});

const ESTIMATE = { rows: 10, nusd: { low: 5, expected: 8, high: 10, worst: 100 } };
const ask = { paid: true, estimate: ESTIMATE, capNusd: 20, spentNusd: 0, partial: false };

it("sends nothing that costs without a cap, nor above it", () => {
  expect(approve(ask)).toEqual({ verdict: "all" });
  expect(approve({ ...ask, spentNusd: 10 })).toEqual({ verdict: "all" });
  expect(approve({ ...ask, capNusd: undefined })).toMatchObject({ verdict: "refused", exitCode: 3 });
  expect(approve({ ...ask, capNusd: undefined, partial: true })).toMatchObject({ verdict: "refused", exitCode: 3 });
  expect(approve({ ...ask, spentNusd: 11 })).toMatchObject({ verdict: "refused", exitCode: 4 });
  expect(approve({ ...ask, spentNusd: 11, partial: true })).toEqual({ verdict: "partial", availableNusd: 9 });
  expect(approve({ ...ask, spentNusd: 25, partial: true })).toEqual({ verdict: "partial", availableNusd: 0 });
});

it("asks for no cap where nothing can cost", () => {
  expect(approve({ ...ask, paid: false, capNusd: undefined })).toEqual({ verdict: "all" });
  expect(approve({ ...ask, estimate: { ...ESTIMATE, rows: 0 }, capNusd: undefined })).toEqual({ verdict: "all" });
});

it("takes more rows for more money, and never others", () => {
  const rows = 500;
  const tokensIn = Uint32Array.from({ length: rows }, (_, i) => 100 + ((i * 31) % 900));
  const ranks = Float64Array.from({ length: rows }, (_, i) => toRowRank(1, `row ${i}`));
  const census = toCensus(Array.from(tokensIn, (tokens) => ({ tokensIn: tokens, tokensInMax: 4 * tokens })));
  const estimated = estimate(toInput({ census, probe: answered(100) }));
  const take = (availableNusd: number) => {
    const { rows: taken, rankMax } = fitRows(
      { ranks, tokensIn },
      { estimate: estimated, availableNusd, nusdPerTokenIn: 3_000 },
    );
    const chosen = [...ranks.keys()].filter((row) => (ranks[row] ?? 0) <= rankMax);
    expect(chosen).toHaveLength(taken);
    return chosen;
  };
  const { high } = estimated.nusd;
  expect(take(0)).toEqual([]);
  expect(take(high)).toHaveLength(rows);
  const half = take(high / 2);
  expect(half.length).toBeGreaterThan(0.45 * rows);
  expect(half.length).toBeLessThan(0.55 * rows);
  fc.assert(
    fc.property(fc.nat({ max: high }), fc.nat({ max: high }), (a, b) => {
      const [less, more] = [take(Math.min(a, b)), new Set(take(Math.max(a, b)))];
      expect(less.filter((row) => !more.has(row))).toEqual([]);
    }),
    { seed: 65, numRuns: 100 },
  );
});
