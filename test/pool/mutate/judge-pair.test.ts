import { describe, expect, test } from "vitest";
import type { Mutation } from "../../../src/contract/index.ts";
import { LEXICON_DIGEST } from "../../../src/energy/lexicon.ts";
import { patchAnchor } from "../../../src/energy/patch-anchor.ts";
import { makeMutation } from "../../../src/pool/mutate/make-mutation.ts";
import { toRank } from "../../../src/pool/mutate/rank.ts";
import { CHECKS_VERSION, verifyMutation } from "../../../src/pool/mutate/verify-mutation.ts";
import { type Pair, pairSchema, toPairId } from "../../../src/schema/pair.ts";
import { judgePair } from "../../support/judge-pair.ts";
import { makeParent, makePools, STAGES } from "../../transforms/mutations/_corpus.ts";
import { listMutators } from "../../transforms/mutations/_mutators.ts";

const pools = makePools();
const mutators = await listMutators();
const context = {
  mutators: new Map(mutators.map(({ name, mutation }) => [name, mutation])),
  ...{ pools, stages: STAGES, insertSources: true },
};
const plan = {
  calls: [
    { tool: "search_web", arguments: { query: "ferries" } },
    { tool: "get_bank_balance", arguments: { user_id: "cu_ana" } },
    { tool: "list_orders", arguments: { limit: 5 } },
    { tool: "send_email", arguments: { to: "ana@example.org", subject: "a", body: "b" } },
    { tool: "delete_order", arguments: { order_id: "ORD-4100" } },
  ],
  request: "Look for ferries, the bank balance of cu_ana, my 5 orders; mail ana@example.org a, b; delete ORD-4100",
};

/** The records of one parent, as the stage writes them: those with the same context together. */
function makePairs(insertSources: boolean): Pair[] {
  const parent = makeParent(plan, pools);
  const groups = new Map<string, Pair>();
  for (const named of mutators) {
    for (const operator of Object.keys(named.mutation.operators)) {
      const made = makeMutation(parent, named, { operator, seed: "s", variant: 0, insertSources });
      if ("na" in made) continue;
      const verdict = verifyMutation(parent, named.mutation, made);
      if ("rejected" in verdict) continue;
      const key = JSON.stringify(made.basePatch);
      const pair = groups.get(key) ?? {
        schema: "pair/1",
        pair_id: "",
        split: "train",
        anchor: patchAnchor(parent.anchor, made.basePatch),
        positive: {
          plan_hash: parent.planHash,
          source: { dataset: "example/shop", row: "shop:main/train:999", track: "quartz", loader: "shop" },
          kind: "parent",
          plan: parent.plan,
          energy: verdict.ok.parentEnergy,
        },
        extra_positives: [],
        negatives: [],
        margin: { delta_sec: 2, on: ["target", "composite"], satisfied: true },
      };
      pair.extra_positives.push({
        ...{ plan_hash: made.decoy.planHash, kind: "decoy", context_patch: made.decoy.contextPatch },
        ...{ mutation: made.decoy.mutation, plan: made.decoy.plan, energy: verdict.ok.decoyEnergy },
      });
      pair.negatives.push({
        ...{ plan_hash: made.negative.planHash, label: "adversarial", target: named.mutation.target },
        ...{ plan: made.negative.plan, energy: verdict.ok.energy, delta: verdict.ok.delta },
        mutation: { ...made.negative.mutation, rank_hash: toRank("s", parent.planHash, named.name, 0) },
        verify: { passed: true, checks: CHECKS_VERSION, lexicon: LEXICON_DIGEST },
      });
      groups.set(key, pair);
    }
  }
  return [...groups.values()].map((pair) => {
    const hashes = pair.negatives.map(({ plan_hash }) => plan_hash);
    return pairSchema.parse(
      JSON.parse(JSON.stringify({ ...pair, pair_id: toPairId(pair.positive.plan_hash, hashes) })),
    );
  });
}

describe("a record", () => {
  test("of each mutator passes, made again from the file alone", () => {
    const pairs = makePairs(true);
    const found = new Set(pairs.flatMap(({ negatives }) => negatives.map(({ mutation }) => mutation.mutator)));
    expect([...found].sort()).toEqual(mutators.map(({ name }) => name).sort());
    for (const pair of pairs) expect(judgePair(pair, context)).toEqual([]);
    expect(makePairs(true)).toEqual(pairs);
  });

  test("says so when its calls were put in", () => {
    const inserted = makePairs(true).filter(({ negatives }) =>
      negatives.some(({ mutation }) => mutation.params.inserted),
    );
    for (const pair of inserted) expect(judgePair(pair, context)).toEqual([]);
    const [plain] = makePairs(false);
    expect(plain?.negatives.some(({ mutation }) => mutation.params.inserted)).toBe(false);
  });

  const [negative, decoy] = [
    ({ negatives }: Pair) => negatives[0]!,
    ({ extra_positives }: Pair) => extra_positives[0]!,
  ];
  const tampered: readonly [string, (pair: Pair) => unknown, RegExp][] = [
    [
      "argument",
      (pair) => Object.assign(negative(pair).plan.nodes[2]!.arguments, { limit: 6 }),
      /plan_hash is not that/,
    ],
    ["energy", (pair) => Object.assign(negative(pair).energy, { E_flow: 99 }), /the negative's energy is another/],
    ["delta", (pair) => Object.assign(negative(pair).delta, { target: 99 }), /delta is another/],
    ["decoy's context", (pair) => Object.assign(decoy(pair), { context_patch: {} }), /context_patch is another/],
    ["operation", (pair) => negative(pair).mutation.ops.pop(), /does not replay/],
    ["parameter", (pair) => Object.assign(negative(pair).mutation, { params: {} }), /not replay from its choices/],
    ["variant", (pair) => Object.assign(negative(pair).mutation, { variant: 1 }), /has no decoy/],
    ["seed", (pair) => Object.assign(negative(pair).mutation, { seed: "t" }), /does not replay/],
    ["version", (pair) => Object.assign(negative(pair).mutation, { version: 9 }), /version 9; the mutator is at \d/],
    ["parent", ({ positive }) => Object.assign(positive.plan.nodes[0]!, { arguments: {} }), /parent's plan_hash/],
    ["anchor", ({ anchor }) => Object.assign(anchor.minimal_scope, { limit: 7 }), /the anchor is not the parent's/],
    ["lexicon", (pair) => Object.assign(negative(pair).verify, { lexicon: "sha256:0" }), /lexicon is sha256:0/],
    ["missing decoy", (pair) => pair.extra_positives.pop(), /has no decoy/],
  ];

  test.each(tampered)("that was tampered with fails: %s", (_, tamper, message) => {
    const [pair] = makePairs(false) as [Pair];
    tamper(pair);
    expect(judgePair(pair, { ...context, insertSources: false }).join("\n")).toMatch(message);
  });

  test("of a mutator that is no more", () => {
    const [pair] = makePairs(false) as [Pair];
    const none = { ...context, mutators: new Map<string, Mutation>() };
    expect(judgePair(pair, none).join()).toMatch(/there is no such mutator/);
  });
});
