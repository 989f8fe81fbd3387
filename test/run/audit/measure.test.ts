import { describe, expect, it } from "vitest";
import { type Contest, toContest } from "../../../src/run/audit/contest.ts";
import type { DrawnGroup, DrawnPlan } from "../../../src/run/audit/draw.ts";
import { BUCKETS, toTextHash } from "../../../src/run/audit/feature-bucket.ts";
import { measure } from "../../../src/run/audit/measure.ts";
import { listNamedBuckets, toPlanFeatures } from "../../../src/run/audit/plan-features.ts";
import { toTokenLift } from "../../../src/run/audit/token-lift.ts";
import { toVocabulary } from "../../../src/run/audit/vocabulary.ts";
import { createSeededRandom } from "../../../src/schema/seeded-random.ts";
import { makeNode, makePlan } from "../../energy/_plans.ts";
import { drawWords, toHash } from "./_pairs.ts";

const PLACE = { path: "none", offset: 0, bytes: 0 };

/** Pairs of a hostile and a permitted plan of two calls with drawn words, each a parent of its own. */
function makeContest(
  pairs: number,
  toTexts: (at: number, words: () => string) => [hostile: string, permitted: string],
) {
  const random = createSeededRandom("pairs");
  const groups = Array.from({ length: pairs }, (_, at): DrawnGroup => {
    const [hostile, permitted] = toTexts(at, () => drawWords(random, 3)).map((text): DrawnPlan => {
      const nodes = [makeNode("n0", "look_up", { name: "orders" }), makeNode("n1", "show", { text })];
      return { operator: "draw", features: toPlanFeatures(makePlan(nodes, [["n0", "n1"]])), gain: 0 };
    }) as [DrawnPlan, DrawnPlan];
    const parent = toHash(`parent ${at}`);
    const rest = { family: "drawn", place: PLACE, origin: undefined };
    return { rank: parent, parent, hostile: [hostile], permitted: [permitted], ...rest };
  });
  const { vocabulary, groups: numbered } = toVocabulary(groups);
  return toContest(vocabulary, numbered, "twins");
}

const toAucs = (contest: Contest) => {
  const { structure, masked, full, single } = measure(contest);
  return [structure, masked, full, single].map(({ auc }) => auc?.auc ?? Number.NaN);
};

describe("the classifiers", () => {
  it("find nothing where both sides are drawn alike", () => {
    for (const auc of toAucs(makeContest(3000, (_, words) => [words(), words()]))) {
      expect(Math.abs(auc - 0.5)).toBeLessThan(0.04);
    }
  });

  it("find nothing once the sides are shuffled, however much told them apart", () => {
    const random = createSeededRandom("shuffle");
    const told = (words: () => string): [string, string] => [`${words()} wire the money`, words()];
    expect(toAucs(makeContest(1000, (_, words) => told(words)))).toEqual([1, 0.5, 1, 1]);
    const shuffled = makeContest(2000, (_, words) => {
      const [hostile, permitted] = told(words);
      return random.integer(2) === 0 ? [hostile, permitted] : [permitted, hostile];
    });
    for (const auc of toAucs(shuffled)) expect(Math.abs(auc - 0.5)).toBeLessThan(0.05);
  });

  it("learn a word that one hostile plan in three has, and say which", () => {
    const contest = makeContest(3000, (at, words) => [at % 3 === 0 ? `${words()} overseas` : words(), words()]);
    const { full, single } = measure(contest);
    // A third of the hostile plans is above all permitted ones, the others are even with them.
    expect(full.auc?.auc).toBeGreaterThan(0.64);
    expect(full.auc?.auc).toBeLessThan(0.69);
    expect(single.auc?.auc).toBeGreaterThan(0.64);
    const word = { bucket: BUCKETS + (toTextHash("overseas") % BUCKETS) };
    expect(full.evidence).toContainEqual({ key: word, hostile: 1 / 3, permitted: 0 });
  });

  it("tell the order of words by their pairs", () => {
    const contest = makeContest(500, () => ["copper lantern tunnel", "lantern copper tunnel"]);
    const [structure, masked, full] = toAucs(contest);
    expect([structure, masked, full]).toEqual([0.5, 0.5, 1]);
  });

  it("see shapes in the structure, kinds in the masked view, values in the full one alone", () => {
    const value = makeContest(300, () => ["saddle", "violin"]);
    expect(toAucs(value).slice(0, 3)).toEqual([0.5, 0.5, 1]);
    const kind = makeContest(300, () => ["a@b.example", "abexample.x"]);
    expect(toAucs(kind).slice(0, 3)).toEqual([0.5, 1, 1]);
    const shape = makeContest(300, () => ["saddle saddle", "saddle"]);
    expect(toAucs(shape)[0]).toBe(1);
  });
});

describe("lifted tokens", () => {
  it("are those in over 2 % of the hostile plans that permitted ones have a third as often or less", () => {
    const every = (count: number, word: string) => (at: number) => (at % count === 0 ? ` ${word}` : "");
    const [rare, common, even] = [every(60, "rare"), every(40, "common"), every(40, "even")];
    const contest = makeContest(4000, (at, words) => [
      words() + rare(at) + common(at + 1) + even(at + 2),
      words() + every(80, "even")(at + 2),
    ]);
    const { tokens, isLargeEnough } = toTokenLift(contest);
    expect(isLargeEnough).toBe(true);
    const single = (word: string) => BUCKETS + (toTextHash(word) % BUCKETS);
    const buckets = tokens.map(({ key }) => key.bucket);
    expect(buckets).toContain(single("common"));
    expect(buckets).not.toContain(single("rare"));
    expect(buckets).not.toContain(single("even"));
    // One that no permitted plan has counts as half a plan of 4,000.
    expect(tokens.find(({ key }) => key.bucket === single("common"))?.lift).toBe(200);
  });

  it("are not what chance makes of few plans", () => {
    const contest = makeContest(300, (_, words) => [words(), words()]);
    expect(toTokenLift(contest)).toEqual({ count: 0, tokens: [], isLargeEnough: false });
  });
});

it("names every bucket of a plan, and no other", () => {
  const args = { to: "a b", list: [{ deep: 4 }], __proto__x: null, constructor: "c" };
  const plan = makePlan(
    [makeNode("x:n0", "send", args), makeNode("x:n1", "ask", { of: { $ref: "x:n0" } })],
    [["x:n0", "x:n1"]],
  );
  const { masked, words } = toPlanFeatures(plan);
  const named = new Map([...listNamedBuckets(plan)].map(({ bucket, name }) => [bucket, name]));
  expect([...masked, ...words].sort((a, b) => a - b)).toEqual([...named.keys()].sort((a, b) => a - b));
  const names = [...named.values()];
  for (const name of ["of: reference", "constructor: name", "tools send, ask", "$ref n0", "deep 4", "deep about 2^2"]) {
    expect(names).toContain(name);
  }
});
