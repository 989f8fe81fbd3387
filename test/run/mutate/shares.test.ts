import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideNext, type LaneYield, shareOut, toShortage } from "../../../src/run/mutate/shares.ts";

const SEED = 20261120;
const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);

const lane = (mutator: string, operator: string, available: number, triedTo = 8): LaneYield => ({
  lane: `${mutator}/${operator}`,
  mutator,
  available,
  triedTo,
  isExhausted: triedTo >= 8,
});

describe("shareOut", () => {
  test("gives equal parts, and what one has not to the others", () => {
    expect(shareOut(12, [100, 100, 100])).toEqual([4, 4, 4]);
    expect(shareOut(12, [1, 100, 100])).toEqual([1, 6, 5]);
    expect(shareOut(12, [1, 2, 3])).toEqual([1, 2, 3]);
    expect(shareOut(2, [5, 5, 5])).toEqual([1, 1, 0]);
    expect(shareOut(0, [5, 5])).toEqual([0, 0]);
    expect(shareOut(Number.POSITIVE_INFINITY, [3, 7])).toEqual([3, 7]);
  });

  test("shares out all there is, evenly, and the same however much more the largest hold", () => {
    const counts = fc.array(fc.nat(50), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.nat(300), counts, (whole, capacities) => {
        const parts = shareOut(whole, capacities);
        expect(sum(parts)).toBe(Math.min(whole, sum(capacities)));
        for (const [i, part] of parts.entries()) {
          expect(part).toBeLessThanOrEqual(capacities[i] as number);
          // Whoever has less than another has all it holds, but for one that was left over.
          for (const other of parts) if (part < other - 1) expect(part).toBe(capacities[i]);
        }
        const larger = capacities.map((capacity, i) =>
          capacity > (parts[i] as number) ? Number.POSITIVE_INFINITY : capacity,
        );
        expect(shareOut(whole, larger)).toEqual(parts);
      }),
      { seed: SEED },
    );
  });
});

describe("decideNext", () => {
  const ratio = { flow: 1, scope: 1 };

  test("tries all first variants first", () => {
    const yields = [lane("flow", "a", 0, 0), lane("scope", "b", 0, 0)];
    expect(decideNext({ target: 10, ratio, variants_max: 8 }, yields, 1_000)).toEqual({
      kind: "try",
      bands: { "flow/a": [0, 1], "scope/b": [0, 1] },
    });
  });

  test("goes on where a lane lacks, as far as its yield says, and leaves the others", () => {
    const yields = [lane("flow", "a", 100, 1), lane("scope", "b", 1_000, 1)];
    const next = decideNext({ target: 1_000, ratio, variants_max: 8 }, yields, 1_000);
    // 400 are missing, at 100 a variant; 4 * sqrt(400) + 8 more to be sure.
    expect(next).toEqual({ kind: "try", bands: { "flow/a": [1, 1 + 488 / 100] } });
  });

  test("draws the same of each mutator, and evenly of its operators", () => {
    const yields = [lane("flow", "a", 3), lane("flow", "b", 90), lane("flow", "c", 90), lane("scope", "d", 500)];
    expect(decideNext({ target: 101, ratio, variants_max: 8 }, yields, 1_000)).toEqual({
      kind: "draw",
      taken: { "flow/a": 3, "flow/b": 24, "flow/c": 23, "scope/d": 50 },
    });
  });

  test("what one mutator lacks, all lack", () => {
    const yields = [lane("flow", "a", 7), lane("flow", "b", 5), lane("scope", "c", 500)];
    const settings = { target: 1_000, ratio: { flow: 1, scope: 2 }, variants_max: 8 };
    expect(decideNext(settings, yields, 1_000)).toEqual({
      kind: "draw",
      taken: { "flow/a": 7, "flow/b": 5, "scope/c": 24 },
    });
    expect(toShortage(settings, yields)).toEqual({ mutator: "flow", available: 12, wanted: 333 });
  });

  test("without a target takes as many as the ratio allows", () => {
    const yields = [lane("flow", "a", 7), lane("scope", "c", 500)];
    const settings = { target: null, ratio, variants_max: 8 };
    expect(decideNext(settings, yields, 1_000)).toEqual({ kind: "draw", taken: { "flow/a": 7, "scope/c": 7 } });
    expect(toShortage(settings, yields)).toEqual({ mutator: "flow", available: 7, wanted: null });
    const untried = [lane("flow", "a", 0, 0), lane("scope", "c", 0, 0)];
    expect(decideNext(settings, untried, 1_000)).toEqual({
      kind: "try",
      bands: { "flow/a": [0, 8], "scope/c": [0, 8] },
    });
  });

  test("comes to a draw for whatever lanes give, and its shares are exact", () => {
    const lanes = fc.array(fc.array(fc.nat(400), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        lanes,
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 1, max: 8 }),
        (perVariant, target, max) => {
          const names = perVariant.map((_, i) => `m${i}`);
          const weights = Object.fromEntries(names.map((name, i) => [name, 1 + (i % 3)]));
          const settings = { target, ratio: weights, variants_max: max };
          let tried = new Map<string, number>();
          const yields = () =>
            perVariant.flatMap((ofMutator, i) =>
              ofMutator.map((each, j): LaneYield => {
                const name = `m${i}/${j}`;
                const triedTo = tried.get(name) ?? 0;
                const isExhausted = triedTo >= max;
                return { lane: name, mutator: `m${i}`, available: Math.floor(each * triedTo), triedTo, isExhausted };
              }),
            );
          for (let passes = 0; passes < 40; passes++) {
            const next = decideNext(settings, yields(), 400);
            if (next.kind === "draw") {
              const shares = names.map((name) =>
                sum(Object.entries(next.taken).flatMap(([own, count]) => (own.startsWith(`${name}/`) ? [count] : []))),
              );
              const units = shares.map((share, i) => share / (weights[names[i] as string] as number));
              const all = perVariant.map((ofMutator, i) =>
                Math.floor(sum(ofMutator.map((each) => each * max)) / (weights[`m${i}`] as number)),
              );
              const ofTarget = Math.floor(target / sum(Object.values(weights)));
              expect(units).toEqual(units.map(() => Math.min(ofTarget, ...all)));
              return;
            }
            for (const [name, [from, to]] of Object.entries(next.bands)) {
              expect(from).toBe(tried.get(name) ?? 0);
              expect(to).toBeGreaterThan(from);
              expect(to).toBeLessThanOrEqual(max);
              tried = new Map(tried).set(name, to);
            }
          }
          throw new Error("no draw after 40 passes");
        },
      ),
      { seed: SEED },
    );
  });
});
