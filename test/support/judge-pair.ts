import type { Mutation } from "../../src/contract/mutation.ts";
import type { Transform } from "../../src/contract/transform.ts";
import { toAnchor } from "../../src/energy/anchor.ts";
import { toCalls } from "../../src/energy/data-flow.ts";
import { toCallsEnergy, toEnergy } from "../../src/energy/energy.ts";
import { LEXICON_DIGEST } from "../../src/energy/lexicon.ts";
import { patchAnchor } from "../../src/energy/patch-anchor.ts";
import { applyOperations } from "../../src/pool/mutate/apply-operations.ts";
import { createScopeDeriver } from "../../src/pool/mutate/derive-scope.ts";
import { type MadePlan, makeMutation } from "../../src/pool/mutate/make-mutation.ts";
import type { OpenedPools } from "../../src/pool/mutate/open-pools.ts";
import type { Parent } from "../../src/pool/mutate/to-parent.ts";
import { CHECKS_VERSION, verifyMutation } from "../../src/pool/mutate/verify-mutation.ts";
import type { Anchor } from "../../src/schema/anchor.ts";
import { toCanonicalJson } from "../../src/schema/canonical-json.ts";
import type { Energy } from "../../src/schema/energy.ts";
import { type Pair, type Plan, toPairId, toPlanHash } from "../../src/schema/pair.ts";
import type { Sample } from "../../src/schema/sample.ts";

/** What a record is judged by, beside itself. */
export type RecordContext = {
  /** By mutator name. */
  readonly mutators: ReadonlyMap<string, Mutation>;
  readonly pools: OpenedPools;
  /** The stages of the parent's track. */
  readonly stages: readonly Transform[];
  /** Whether the run that made it let calls be put in. */
  readonly insertSources: boolean;
  readonly isPositive?: (planHash: string) => boolean;
};

type Negative = Pair["negatives"][number];
type Decoy = Pair["extra_positives"][number];

/**
 * Judges a record from the file alone: each negative and its decoy are made again from their choices and must come out the
 * same to the last byte, by the choices as by the operations; they must pass the verifier again; all hashes, energies and
 * deltas are computed again. Gives what is wrong, in words; nothing for a sound record.
 */
export function judgePair(pair: Pair, context: RecordContext): string[] {
  const { positive, negatives, extra_positives, anchor } = pair;
  const parent = toRecordParent(positive.plan, anchor.request.text, positive.source.dataset, context);
  const faults: string[] = [];
  const check = (isRight: boolean, what: string) => {
    if (!isRight) faults.push(`${pair.pair_id}: ${what}`);
  };
  check(parent.planHash === positive.plan_hash, "the parent's plan_hash is not that of its plan");
  check(isSame(toEnergy(positive.plan, anchor), positive.energy), "the parent's energy is not that of its plan");
  const hashes = negatives.map(({ plan_hash }) => plan_hash);
  check(toPairId(positive.plan_hash, hashes) === pair.pair_id, "pair_id is not that of its plans");
  for (const negative of negatives) {
    const { mutator, operator, variant } = negative.mutation;
    const name = `${mutator}/${operator}/${variant}`;
    const decoy = extra_positives.find(
      ({ mutation }) => mutation.mutator === mutator && mutation.operator === operator && mutation.variant === variant,
    );
    if (!decoy) check(false, `${name} has no decoy`);
    else for (const fault of judgeNegative(negative, decoy, anchor, parent, context)) check(false, `${name}: ${fault}`);
  }
  check(
    extra_positives.length === negatives.length,
    `${extra_positives.length} decoys for ${negatives.length} negatives`,
  );
  return faults;
}

function judgeNegative(
  negative: Negative,
  decoy: Decoy,
  anchor: Anchor,
  parent: Parent,
  { mutators, insertSources, isPositive }: RecordContext,
): string[] {
  const { mutation: record } = negative;
  const mutation = mutators.get(record.mutator);
  if (!mutation || !Object.hasOwn(mutation.operators, record.operator)) return ["there is no such mutator or operator"];
  if (mutation.version !== record.version) return [`version ${record.version}; the mutator is at ${mutation.version}`];
  const made = makeMutation(parent, { name: record.mutator, mutation }, { ...record, insertSources });
  if ("na" in made) return [`does not replay: not applicable, ${made.na}`];
  const faults: string[] = [];
  const check = (isRight: boolean, what: string) => {
    if (!isRight) faults.push(what);
  };
  const sides = [
    ["negative", negative, made.negative],
    ["decoy", decoy, made.decoy],
  ] as const;
  for (const [side, written, replayed] of sides) {
    check(toPlanHash(written.plan) === written.plan_hash, `the ${side}'s plan_hash is not that of its plan`);
    check(isReplay(written, replayed), `the ${side} does not replay from its choices`);
    const applied = applyOperations(parent.plan, written.mutation.ops);
    check(toPlanHash(applied) === written.plan_hash, `the ${side} does not replay from its operations`);
  }
  check(
    isSame(patchAnchor(parent.anchor, made.basePatch), anchor),
    "the anchor is not the parent's with what was put in",
  );
  check(isSame(made.decoy.contextPatch, decoy.context_patch), "the decoy's context_patch is another");
  const verdict = verifyMutation(parent, mutation, made, isPositive);
  if ("rejected" in verdict) return [...faults, `rejected: ${verdict.rejected}`];
  const { energy, delta, decoyEnergy } = verdict.ok;
  check(isSame(energy, negative.energy), "the negative's energy is another");
  check(isSame(delta, negative.delta), "delta is another");
  check(isSame(decoyEnergy, decoy.energy), "the decoy's energy is another");
  check(negative.target === mutation.target, `target is ${negative.target}, the mutator's is ${mutation.target}`);
  check(negative.verify.checks === CHECKS_VERSION, `checks are ${negative.verify.checks}, expected ${CHECKS_VERSION}`);
  check(
    negative.verify.lexicon === LEXICON_DIGEST,
    `lexicon is ${negative.verify.lexicon}, expected ${LEXICON_DIGEST}`,
  );
  return faults;
}

function isReplay(written: { plan: Plan; mutation: Negative["mutation"] }, replayed: MadePlan): boolean {
  const { rank_hash: _, ...mutation } = written.mutation;
  return isSame(written.plan, replayed.plan) && isSame(mutation, replayed.mutation);
}

/** The parent as its mutations were made from: an anchor depends on nothing of a sample but its request and plan. */
export function toRecordParent(
  plan: Plan,
  request: string | undefined,
  dataset: string,
  { pools, stages }: Pick<RecordContext, "pools" | "stages">,
): Parent {
  const sample = { execution_plan: plan, metadata: request === undefined ? {} : { request } } as Sample;
  const anchor = toAnchor(sample);
  const calls = toCalls(plan);
  const energy: Energy = toCallsEnergy(plan, calls, anchor);
  const deriveScope = createScopeDeriver(stages);
  return { plan, planHash: toPlanHash(plan), anchor, calls, energy, request, dataset, pools, deriveScope };
}

function isSame(a: unknown, b: unknown): boolean {
  return toCanonicalJson(a) === toCanonicalJson(b);
}
