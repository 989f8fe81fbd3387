import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toArea, toAuc } from "../../../src/run/audit/auc.ts";

type Row = { score: number; hostile: boolean; cluster: number };

const toScored = (rows: readonly Row[]) => ({
  scores: Float64Array.from(rows, ({ score }) => score),
  hostile: Uint8Array.from(rows, ({ hostile }) => Number(hostile)),
  clusters: Int32Array.from(rows, ({ cluster }) => cluster),
});

/** How much a hostile score is above a permitted one. */
const win = (foe: number, friend: number) => (foe > friend ? 1 : foe === friend ? 0.5 : 0);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const split = (rows: readonly Row[]) => ({
  foes: rows.filter(({ hostile }) => hostile).map(({ score }) => score),
  friends: rows.filter(({ hostile }) => !hostile).map(({ score }) => score),
});

/** Every pair looked at. */
function toAreaByPairs(rows: readonly Row[]): number {
  const { foes, friends } = split(rows);
  return mean(foes.flatMap((foe) => friends.map((friend) => win(foe, friend))));
}

/** DeLong, DeLong and Clarke-Pearson (1988), as written there. */
function toDeLongVariance(rows: readonly Row[]): number {
  const { foes, friends } = split(rows);
  const area = toAreaByPairs(rows);
  const ofFoes = foes.map((foe) => mean(friends.map((friend) => win(foe, friend))));
  const ofFriends = friends.map((friend) => mean(foes.map((foe) => win(foe, friend))));
  const spread = (values: number[]) =>
    values.reduce((sum, value) => sum + (value - area) ** 2, 0) / (values.length - 1) / values.length;
  return spread(ofFoes) + spread(ofFriends);
}

// Few distinct scores, so that ties are common.
const rows = fc
  .array(fc.record({ score: fc.integer({ min: -3, max: 3 }), hostile: fc.boolean() }), { minLength: 4, maxLength: 60 })
  .map((list) => list.map((row, cluster) => ({ ...row, cluster })))
  .filter((list) => {
    const foes = list.filter(({ hostile }) => hostile).length;
    return foes > 1 && list.length - foes > 1;
  });

describe("the area under the curve", () => {
  it("is what looking at every pair gives, ties counting half", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const { scores, hostile, clusters } = toScored(list);
        const expected = toAreaByPairs(list);
        expect(toAuc({ scores, hostile, clusters })?.auc).toBeCloseTo(expected, 12);
        expect(toArea(Int32Array.from(scores.keys()), hostile, (row) => scores[row] as number)).toBeCloseTo(
          expected,
          12,
        );
      }),
      { seed: 7 },
    );
  });

  it("has DeLong's error where each plan is of its own parent", () => {
    fc.assert(
      fc.property(rows, (list) => {
        expect(toAuc(toScored(list))?.standardError).toBeCloseTo(Math.sqrt(toDeLongVariance(list)), 10);
      }),
      { seed: 8 },
    );
  });

  it("has no error where each parent's two plans score alike, and DeLong's where they are strangers", () => {
    const scores = Array.from({ length: 40 }, (_, at) => (at * 7) % 11);
    const twins = scores.flatMap((score, cluster) => [
      { score, hostile: true, cluster },
      { score, hostile: false, cluster },
    ]);
    expect(toAuc(toScored(twins))).toEqual({ auc: 0.5, standardError: 0 });
    const strangers = twins.map((row, cluster) => ({ ...row, cluster }));
    expect(toAuc(toScored(strangers))?.standardError).toBeGreaterThan(0.05);
  });

  it("counts a parent's many plans as the little evidence that they are", () => {
    const once = Array.from({ length: 60 }, (_, cluster) => ({
      score: (cluster * 13) % 29,
      hostile: cluster % 2 === 0,
      cluster,
    }));
    const copies = once.flatMap((row) => Array.from({ length: 9 }, () => row));
    const single = toAuc(toScored(once));
    const many = toAuc(toScored(copies));
    expect(many?.auc).toBeCloseTo(single?.auc as number, 12);
    expect(many?.standardError).toBeCloseTo(single?.standardError as number, 12);
    const strangers = copies.map((row, cluster) => ({ ...row, cluster }));
    expect(toAuc(toScored(strangers))?.standardError).toBeCloseTo((single?.standardError as number) / 3, 2);
  });

  it("is none where a side is missing", () => {
    const rows = [1, 2, 3].map((score, cluster) => ({ score, hostile: true, cluster }));
    expect(toAuc(toScored(rows))).toBeUndefined();
    expect(toArea(Int32Array.of(0, 1, 2), Uint8Array.of(1, 1, 1), (row) => row)).toBe(0.5);
  });
});
