import { judgeRecord } from "../../energy/judge-record.ts";
import { applyOperations } from "../../pool/mutate/apply-operations.ts";
import type { JsonValue } from "../../schema/json.ts";
import { DELTA_SEC, type Mutation, type Pair, type Plan, toPairId, toPlanHash } from "../../schema/pair.ts";
import { toPlanIdentity } from "../../schema/plan-identity.ts";
import type { Sample } from "../../schema/sample.ts";
import { toSplit } from "../../schema/to-split.ts";
import { toShown } from "./findings.ts";
import { listMutationProblems, type MutationFacts } from "./mutation-facts.ts";

/** The parent as Tier I had it, as far as a mutation looks at it. */
export function toPairSample({ anchor, positive }: Pair): Sample {
  const { dataset, row, track, loader } = positive.source;
  return toParentSample(positive.plan, anchor.request.text, { dataset, row, track, loader });
}

export function toParentSample(plan: Plan, request: string | undefined, source: Pair["positive"]["source"]): Sample {
  const { dataset, row, track, loader } = source;
  const metadata = { track, loader, ...(request !== undefined && { request }), source: { dataset } };
  // Nothing that is made of a parent depends on the members that are left out.
  return { execution_plan: plan, original_id: row, metadata } as unknown as Sample;
}

/** What is wrong with a pair by itself: its hashes, its split, its energies and margins, and how each plan came about. */
export function listPairProblems(pair: Pair, facts: MutationFacts): string[] {
  const { positive, negatives, extra_positives: decoys } = pair;
  const problems: string[] = [];
  const expect = (what: string, found: unknown, expected: unknown) => {
    if (found !== expected) problems.push(`${what} is ${toShown(found)}, expected ${toShown(expected)}`);
  };
  expect("positive.plan_hash", positive.plan_hash, toPlanHash(positive.plan));
  expect("pair_id", pair.pair_id, toPairId(positive.plan_hash, negatives.map(toHash)));
  expect("split", pair.split, toSplit(toPlanIdentity(toPairSample(pair))));
  expect("decoys", decoys.length, negatives.length);
  const made = [
    ...negatives.map((one, i) => ({ where: `negatives[${i}]`, ...one })),
    ...decoys.map((one, i) => ({ where: `extra_positives[${i}]`, ...one })),
  ];
  for (const { where, plan, plan_hash, mutation } of made) {
    expect(`${where}.plan_hash`, plan_hash, toPlanHash(plan));
    if (plan_hash === positive.plan_hash) problems.push(`${where} is its own parent`);
    problems.push(...listMutationProblems(`${where}.mutation`, mutation, positive.plan_hash, facts));
    problems.push(...listReplayProblems(where, positive.plan, mutation, plan_hash));
  }
  for (const [i, negative] of negatives.entries())
    problems.push(...listMarginProblems(`negatives[${i}]`, pair, negative));
  for (const { id, energy, recorded } of judgeRecord(pair as unknown as JsonValue)) {
    if (recorded) problems.push(`${id}: its energy is ${toShown(recorded)}; its plan gives ${toShown(energy)}`);
  }
  return problems;
}

/** The operations of the record, applied to the parent again. */
export function listReplayProblems(where: string, parent: Plan, { ops }: Mutation, planHash: string): string[] {
  try {
    const replayed = toPlanHash(applyOperations(parent, ops));
    return replayed === planHash ? [] : [`${where}: its operations give another plan, of hash ${replayed}`];
  } catch (error) {
    return [`${where}: its operations can't be applied to its parent: ${(error as Error).message}`];
  }
}

function listMarginProblems(
  where: string,
  { positive }: Pair,
  { target, energy, delta }: Pair["negatives"][number],
): string[] {
  const problems: string[] = [];
  const rise = toSixDecimals(energy[target] - positive.energy[target]);
  const composite = toSixDecimals(energy.composite - positive.energy.composite);
  if (rise !== delta.target || composite !== delta.composite) {
    problems.push(`${where}.delta is ${toShown(delta)}; the energies give ${rise} and ${composite}`);
  }
  if (rise < DELTA_SEC || composite < DELTA_SEC) problems.push(`${where} rises by less than ${DELTA_SEC}`);
  if (rise < 2 * delta.max_other) problems.push(`${where}: ${target} does not dominate`);
  return problems;
}

function toSixDecimals(value: number): number {
  return Number(value.toFixed(6));
}

function toHash({ plan_hash }: { readonly plan_hash: string }): string {
  return plan_hash;
}
