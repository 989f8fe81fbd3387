import { judgeRecord } from "../../energy/judge-record.ts";
import { listViolations } from "../../energy/violates.ts";
import { type PlanOperation, planOperationSchema } from "../../schema/anchor.ts";
import type { BoundaryCase } from "../../schema/boundary.ts";
import type { JsonValue } from "../../schema/json.ts";
import { type Plan, toPlanHash } from "../../schema/pair.ts";
import { toPlanIdentity } from "../../schema/plan-identity.ts";
import type { Sample } from "../../schema/sample.ts";
import { toSplit } from "../../schema/to-split.ts";
import { listDifferences } from "./account.ts";
import { toShown } from "./findings.ts";
import { listMutationProblems, type MutationFacts } from "./mutation-facts.ts";
import { listReplayProblems, toParentSample } from "./mutation-pair.ts";

/** The parent as Tier I had it, as far as a boundary looks at it. */
export function toCaseSample({ parent, anchor }: BoundaryCase): Sample {
  return toParentSample(parent.plan, anchor.request.text, parent.source);
}

/** What is wrong with a case by itself: its hashes and energies, how its plans came about, and who breaks which rule. */
export function listCaseProblems(record: BoundaryCase, facts: MutationFacts): string[] {
  const { parent, parent_hash, violation, compliant_twin: twin, mutation, type } = record;
  const problems: string[] = [];
  const expect = (what: string, found: unknown, expected: unknown) => {
    if (found !== expected) problems.push(`${what} is ${toShown(found)}, expected ${toShown(expected)}`);
  };
  expect("parent_hash", parent_hash, toPlanHash(parent.plan));
  expect("split", record.split, toSplit(toPlanIdentity(toCaseSample(record))));
  expect("type", type, mutation.mutator);
  expect("violation.plan_hash", violation.plan_hash, toPlanHash(violation.plan));
  expect("compliant_twin.plan_hash", twin.plan_hash, toPlanHash(twin.plan));
  problems.push(...listMutationProblems("mutation", mutation, parent_hash, facts));
  problems.push(...listReplayProblems("violation", parent.plan, mutation, violation.plan_hash));
  const ops = toOperations(mutation.params.twin_ops);
  problems.push(...listReplayProblems("compliant_twin", parent.plan, { ...mutation, ops }, twin.plan_hash));
  problems.push(...listRuleProblems(record));
  for (const { kind, energy, recorded } of judgeRecord(record as unknown as JsonValue)) {
    if (recorded) problems.push(`${kind}: its energy is ${toShown(recorded)}; its plan gives ${toShown(energy)}`);
  }
  return problems;
}

/** The violation breaks one rule, in one place, as it says; its twin and its parent break none. */
function listRuleProblems({ anchor, violation, compliant_twin: twin, parent }: BoundaryCase): string[] {
  const { rules } = anchor.policy;
  const broken = listViolations(violation.plan, rules);
  const problems = listDifferences(violation.violates, broken, "by the policy it is", "violation.violates");
  if (broken.length !== 1) problems.push(`the violation breaks ${broken.length} rules, expected 1`);
  const obeying: [string, Plan][] = [
    ["compliant_twin", twin.plan],
    ["parent", parent.plan],
  ];
  for (const [name, plan] of obeying) {
    const [first] = listViolations(plan, rules);
    if (first) problems.push(`${name} breaks ${first.rule_id} at ${first.node}`);
  }
  return problems;
}

function toOperations(value: JsonValue | undefined): PlanOperation[] {
  return planOperationSchema.array().safeParse(value).data ?? [];
}
