import fc from "fast-check";
import { expect, it } from "vitest";
import { createProbeChoice, FirstByRank } from "../../src/llm/estimate-choice.ts";
import { areChosen, chooseSample, toProbeRow, toUsages } from "../../src/llm/estimate-sample.ts";
import { chooseProbe, toLengthClass, toRowRank, toStrataBounds } from "../../src/llm/estimate-strata.ts";

it("chooses in one pass what choosing from all rows at once would", () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 120 }), fc.nat(), (tokens, probeRows, seed) => {
      const ranks = tokens.map((_, row) => toRowRank(seed, `row ${row}`));
      const choice = createProbeChoice<number>(probeRows);
      tokens.forEach((tokensIn, row) => {
        choice.add(row, { tokensIn, rank: ranks[row] as number });
      });
      const chosen = choice.choose();
      const atOnce = chooseProbe({ tokensIn: Uint32Array.from(tokens), ranks: Float64Array.from(ranks) }, probeRows);
      expect(chosen.toSorted((a, b) => a - b)).toEqual(atOnce);
      expect(chosen.map((row) => ranks[row])).toEqual(
        chosen.map((row) => ranks[row] as number).toSorted((a, b) => a - b),
      );
    }),
    { seed: 71, numRuns: 200 },
  );
});

it("ends strata where length classes end, so that a class is never divided", () => {
  for (const tokens of [0, 1, 2, 3, 7, 256, 257, 695, 4_000, 1_000_000]) {
    const end = toLengthClass(tokens);
    expect(end).toBeGreaterThanOrEqual(Math.max(1, tokens));
    // A quarter of an octave is 19 % long.
    expect(end).toBeLessThanOrEqual(Math.max(1, tokens * 1.2));
    expect(toLengthClass(end)).toBe(end);
    expect(toLengthClass(end + 1)).toBeGreaterThan(end);
  }
  const bounds = toStrataBounds(
    Uint32Array.from({ length: 2_000 }, (_, i) => 200 + i * 3),
    5,
  );
  expect(bounds).toHaveLength(4);
  for (const bound of bounds) expect(toLengthClass(bound)).toBe(bound);
});

it("keeps the first by rank, in order, however they come", () => {
  const ranks = fc.array(fc.nat({ max: 50 }), { maxLength: 60 });
  fc.assert(
    fc.property(ranks, fc.integer({ min: 1, max: 20 }), (all, rowsMax) => {
      const first = new FirstByRank<number>(rowsMax);
      for (const rank of all) first.add(rank, rank);
      expect(first.rows).toEqual(all.toSorted((a, b) => a - b).slice(0, rowsMax));
    }),
    { seed: 72, numRuns: 200 },
  );
});

const QUESTION = {
  ...{ transform: undefined as never, draft: undefined as never, loader: "a/b", key: "0", rank: 0 },
  ...{ tokensIn: 300, tokensInMax: 2_000, maxTokens: 700 },
};
const usage = { in: 310, out: 90 };

it("counts a reply whose use is not known as what it was charged: all that was held", () => {
  expect(toProbeRow(QUESTION, [])).toBeUndefined();
  expect(toProbeRow(QUESTION, [usage])).toEqual({ tokensIn: 300, usage });
  expect(toProbeRow(QUESTION, [undefined])).toEqual({ tokensIn: 300, usage: { in: 2_000, out: 700 } });
  expect(toProbeRow(QUESTION, [usage, { in: 450, out: 80 }])?.reask).toEqual({ in: 450, out: 80 });
  expect(toProbeRow(QUESTION, [usage, undefined])?.reask).toEqual({ in: 2_000 + 2 * 700 + 4_096, out: 700 });
});

it("takes the word that there won't be a reply for none", () => {
  const use = { key: "0", sha256: "0", cached: false, nusd: 0 };
  expect(toUsages({ kind: "rules", reason: "bad_request", uses: [use] })).toEqual([]);
  expect(toUsages({ kind: "rules", reason: "outcome_unknown", uses: [{ ...use, usage }, use] })).toEqual([usage]);
  expect(toUsages({ kind: "rules", reason: "length", uses: [{ ...use, usage }] })).toEqual([usage]);
});

it("goes by the first sample that is large enough, else by none", () => {
  const rows = (count: number) => Array.from({ length: count }, () => ({ tokensIn: 300, usage }));
  const [probe, ledger] = [
    (n: number) => ({ probe: rows(n), origin: "probe" as const, chosen: true }),
    { probe: rows(10), origin: "ledger" as const, chosen: false },
  ];
  expect(chooseSample(probe(10), ledger).origin).toBe("probe");
  expect(chooseSample(probe(9), ledger)).toBe(ledger);
  expect(chooseSample(undefined, { ...ledger, probe: rows(9) }).probe).toEqual([]);
});

it("knows a probe's rows, and those of a partial run, from the first rows of a dataset", () => {
  const rows = Array.from({ length: 2_000 }, (_, row) => {
    return { tokensIn: 250 + ((row * 7_919) % 4_000), rank: toRowRank(3, `row ${row}`), row };
  });
  const all = {
    tokensIn: Uint32Array.from(rows, ({ tokensIn }) => tokensIn),
    ranks: Float64Array.from(rows, ({ rank }) => rank),
  };
  const judge = (isAnswered: (at: (typeof rows)[number]) => boolean) => {
    const left = rows.filter((at) => !isAnswered(at));
    return areChosen(rows.filter(isAnswered), {
      tokensIn: Uint32Array.from(left, ({ tokensIn }) => tokensIn),
      ranks: Float64Array.from(left, ({ rank }) => rank),
    });
  };
  const chosen = new Set(chooseProbe(all, 100));
  expect(judge(({ row }) => chosen.has(row))).toBe(true);
  expect(judge(({ rank }) => rank < 2 ** 50)).toBe(true);
  expect(judge(({ row }) => row < 100)).toBe(false);
  expect(judge(({ row }) => chosen.has(row) || row === 1_999)).toBe(false);
});
