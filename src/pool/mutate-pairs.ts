import type { Mutation, NotApplicable } from "#contract";
import { LEXICON_DIGEST } from "../energy/lexicon.ts";
import { patchAnchor } from "../energy/patch-anchor.ts";
import type { ContextPatch } from "../schema/anchor.ts";
import type { Energy } from "../schema/energy.ts";
import { toJsonLine } from "../schema/json-line.ts";
import { DELTA_SEC, type Pair, toPairId } from "../schema/pair.ts";
import { toPlanIdentity } from "../schema/plan-identity.ts";
import type { Sample } from "../schema/sample.ts";
import { toSplit } from "../schema/to-split.ts";
import { isSamePlan } from "./mutate/change-set.ts";
import {
  draftMutation,
  type Made,
  type MutationChoice,
  type NamedMutation,
  sealMutation,
} from "./mutate/make-mutation.ts";
import type { Parent } from "./mutate/to-parent.ts";
import { CHECKS_VERSION, type Verified, verifyMutation } from "./mutate/verify-mutation.ts";
import type { Drawn, Lane, LaneSet, MadeCandidate, RecordLine } from "./mutate-lane.ts";

/** A negative without its rank, and its decoy. */
export type PairPiece = {
  readonly negative: Omit<Pair["negatives"][number], "mutation"> & { readonly mutation: MutationRecord };
  readonly decoy: Pair["extra_positives"][number];
  /** What the context of both and of their parent has beyond the parent's own: what was put in on all sides. */
  readonly basePatch: ContextPatch;
  readonly parentEnergy: Energy;
};
type MutationRecord = Pair["negatives"][number]["mutation"];

/** The lanes of Tier II: each operator of each mutator, in the order of the files. */
export function createPairLanes(
  mutators: readonly { readonly name: string; readonly mutation: Mutation }[],
  { seed, insertSources }: { readonly seed: string; readonly insertSources: boolean },
): LaneSet<PairPiece> {
  const toLanes = (insert: boolean) =>
    mutators.flatMap(({ name, mutation }) =>
      Object.keys(mutation.operators).map((operator): Lane<PairPiece> => {
        const choice = { operator, seed, insertSources: insert };
        return {
          name: `${name}/${operator}`,
          mutator: name,
          make: (parent, variant) => makePair(parent, { name, mutation }, { ...choice, variant }),
        };
      }),
    );
  const ownLanes = toLanes(false);
  return { lanes: insertSources ? toLanes(true) : ownLanes, ownLanes, toLines };
}

function makePair(
  parent: Parent,
  named: NamedMutation,
  choice: MutationChoice,
): MadeCandidate<PairPiece> | NotApplicable {
  const drafted = draftMutation(parent, named, choice);
  if ("na" in drafted) return drafted;
  return {
    plan: drafted.negative.plan,
    isApart: drafted.apart,
    isSame: (other) => isSamePlan(drafted.negative.plan, other.plan),
    verify() {
      const verdict = verifyMutation(parent, named.mutation, drafted);
      if ("rejected" in verdict) return verdict;
      return { toPiece: () => toPiece(named.mutation, sealMutation(parent, named, choice, drafted), verdict.ok) };
    },
  };
}

function toPiece(
  { target }: Mutation,
  { basePatch, negative, decoy }: Made,
  { energy, delta, decoyEnergy, parentEnergy }: Verified,
): PairPiece {
  return {
    basePatch,
    parentEnergy,
    negative: {
      plan_hash: negative.planHash,
      label: "adversarial",
      target,
      plan: negative.plan,
      energy,
      delta,
      mutation: negative.mutation,
      verify: { passed: true, checks: CHECKS_VERSION, lexicon: LEXICON_DIGEST },
    },
    decoy: {
      plan_hash: decoy.planHash,
      kind: "decoy",
      context_patch: decoy.contextPatch,
      mutation: decoy.mutation,
      plan: decoy.plan,
      energy: decoyEnergy,
    },
  };
}

/** One line for each context: pairs with a call put in stand apart. */
function toLines(sample: Sample, parent: Parent, drawn: readonly Drawn<PairPiece>[]): RecordLine[] {
  const groups = Map.groupBy(drawn, ({ piece }) => JSON.stringify(piece.basePatch));
  return [...groups.values()].map((group) => toPairLine(sample, parent, group));
}

function toPairLine(sample: Sample, parent: Parent, drawn: readonly Drawn<PairPiece>[]): RecordLine {
  const { metadata, original_id } = sample;
  const { basePatch, parentEnergy } = (drawn[0] as Drawn<PairPiece>).piece;
  const split = toSplit(toPlanIdentity(sample));
  const negatives = drawn.map(({ rankHash, piece: { negative } }) => withRank(negative, rankHash));
  const pair: Pair = {
    schema: "pair/1",
    pair_id: toPairId(
      parent.planHash,
      negatives.map((negative) => negative.plan_hash),
    ),
    split,
    anchor: patchAnchor(parent.anchor, basePatch),
    positive: {
      plan_hash: parent.planHash,
      source: {
        dataset: metadata.source.dataset,
        row: original_id,
        track: metadata.track,
        loader: metadata.loader,
      },
      kind: "parent",
      plan: parent.plan,
      energy: parentEnergy,
    },
    extra_positives: drawn.map(({ piece }) => piece.decoy),
    negatives,
    margin: { delta_sec: DELTA_SEC, on: ["target", "composite"], satisfied: true },
  };
  return {
    line: toJsonLine(pair),
    split,
    decoys: pair.extra_positives.length,
    plans: drawn.map(({ lane, piece }) => ({ mutator: lane.mutator, plan: piece.negative.plan })),
  };
}

/** The rank stands after the variant that it belongs to. */
function withRank(negative: PairPiece["negative"], rankHash: string): Pair["negatives"][number] {
  const { mutator, operator, version, seed, variant, ...rest } = negative.mutation;
  return { ...negative, mutation: { mutator, operator, version, seed, variant, rank_hash: rankHash, ...rest } };
}
