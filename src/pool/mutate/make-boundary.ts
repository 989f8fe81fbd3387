import { hash } from "node:crypto";
import type { Boundary, BoundaryPair } from "../../contract/boundary.ts";
import type { NotApplicable } from "../../contract/mutation.ts";
import { toCalls } from "../../energy/data-flow.ts";
import { toCallsEnergy } from "../../energy/energy.ts";
import { roundEnergy } from "../../energy/energy-term.ts";
import { toPlanScope } from "../../energy/scope.ts";
import { listViolations, toRuled } from "../../energy/violates.ts";
import type { BoundaryCase } from "../../schema/boundary.ts";
import { toCanonicalJson } from "../../schema/canonical-json.ts";
import type { JsonObject, JsonValue } from "../../schema/json.ts";
import type { Plan } from "../../schema/pair.ts";
import type { PlanNode } from "../../schema/sample.ts";
import { toEditDistance } from "./change-set.ts";
import { editPlan } from "./edit-plan.ts";
import { hashPlan } from "./hash-plan.ts";
import { toContext } from "./make-mutation.ts";
import type { Parent } from "./to-parent.ts";

/** A case as the record has it, but for what the stage adds, and not verified yet. */
export type MadeBoundary = Omit<
  BoundaryCase,
  "schema" | "split" | "parent" | "verify" | "violation" | "compliant_twin"
> & {
  readonly violation: BoundaryCase["violation"];
  readonly compliant_twin: Omit<BoundaryCase["compliant_twin"], "violates"> & {
    readonly violates: BoundaryCase["violation"]["violates"];
  };
};

/** Which of the many. */
export type BoundaryChoice = {
  readonly seed: string;
  readonly variant: number;
  /** True if a call of another dataset's tools may be put in where the plan's own dataset has none that fits. */
  readonly insertSources: boolean;
};

/**
 * One pair of plans on both sides of a policy line that the parent obeys, or why there is none. Pure: the same parent, pools
 * and choice, the same case. Its `case_id` is over the hashes of both plans and the rule.
 */
export function makeBoundary(
  parent: Parent,
  { type, version, draw }: Boundary,
  { seed, variant, insertSources }: BoundaryChoice,
): MadeBoundary | NotApplicable {
  const choice = { operator: type, seed, variant, insertSources };
  const pair = draw(toContext(parent, type, version, choice));
  if ("na" in pair) return pair;
  const violation = editPlan(parent, [...(pair.shared ?? []), ...pair.violation]);
  const twin = editPlan(parent, [...(pair.shared ?? []), ...pair.twin]);
  const anchor = toAnchor(parent, pair, type, `${seed}\n${variant}`, twin.plan);
  const [made, allowed] = [toSide(violation.plan, anchor), toSide(twin.plan, anchor)];
  const node = twin.plan.nodes[pair.node] as PlanNode;
  const delta = roundEnergy(made.energy.composite - allowed.energy.composite);
  return {
    case_id: hash("sha256", toCanonicalJson([made.plan_hash, allowed.plan_hash, pair.rule]), "hex").slice(0, 32),
    type,
    parent_hash: parent.planHash,
    anchor,
    violation: made,
    compliant_twin: { ...allowed, actual: toRuled(twin.plan, node, pair.rule) ?? null },
    mutation: {
      mutator: type,
      operator: type,
      version,
      seed,
      variant,
      parent_hash: parent.planHash,
      params: { ...pair.params, twin_ops: twin.ops as unknown as JsonValue },
      ops: violation.ops as BoundaryCase["mutation"]["ops"],
      edit_distance: toEditDistance(parent.plan, violation.plan),
    },
    order: { E_violation_gt_twin: delta > 0, delta_soft: delta, delta_sec_required: null },
  };
}

/** The parent's context, with the rule, and limits beside it that let the permitted side pass. */
function toAnchor(
  { anchor, planHash }: Parent,
  { rule, principal = {} }: BoundaryPair,
  template: string,
  choice: string,
  twin: Plan,
): BoundaryCase["anchor"] {
  const scope = toPlanScope(toCalls(twin));
  const { limits, clearance } = anchor.policy;
  const policy = {
    limits: {
      max_results: Math.max(limits.max_results, scope.limit),
      max_days: Math.max(limits.max_days, scope.days),
      max_depth: Math.max(limits.max_depth, scope.depth),
    },
    grants: anchor.policy.grants,
    evidence: anchor.policy.evidence,
    clearance: Math.max(clearance, scope.sensitivity),
    template,
    seed_hash: hash("sha256", `planstream/policy/1\n${planHash}\n${template}\n${choice}`, "hex"),
    rules: [rule],
  };
  const id = `policy-${hash("sha256", toCanonicalJson(policy), "hex").slice(0, 16)}`;
  return { ...anchor, principal: { ...principal } as JsonObject & Record<string, string>, policy: { id, ...policy } };
}

function toSide(plan: Plan, anchor: BoundaryCase["anchor"]): BoundaryCase["violation"] {
  return {
    plan_hash: hashPlan(plan),
    plan,
    violates: listViolations(plan, anchor.policy.rules),
    energy: toCallsEnergy(plan, toCalls(plan), anchor),
  };
}
