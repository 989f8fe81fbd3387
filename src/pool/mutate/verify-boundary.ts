import { toCalls } from "../../energy/data-flow.ts";
import { toGraphShape } from "../../energy/plan-graph.ts";
import { violates } from "../../energy/violates.ts";
import type { BoundaryCase, BoundaryType } from "../../schema/boundary.ts";
import type { Plan } from "../../schema/pair.ts";
import { NODES_MAX } from "../../schema/sample.ts";
import { toChangeSet } from "./change-set.ts";
import type { MadeBoundary } from "./make-boundary.ts";
import type { Parent } from "./to-parent.ts";

/** How far over the line a violation may lie: as a number of what the rule counts, or as a share and one more. */
const EXCESS_MAX: Partial<Record<BoundaryType, { readonly most?: number; readonly share?: number }>> = {
  numeric_edge: { most: 1 },
  numeric_near: { share: 0.1 },
  temporal_overflow: { most: 5 },
  sensitivity_creep: { most: 1 },
};

/**
 * Judges a case: the parent obeys the rule, one side breaks it and by little, the other does not. A rejection is a snake_case
 * reason. No distance of energy is asked for: near the line there is next to none.
 */
export function verifyBoundary(parent: Parent, made: MadeBoundary): { ok: true } | { rejected: string } {
  const { violation, compliant_twin: twin, anchor } = made;
  const { rules } = anchor.policy;
  if (violates(parent.plan, rules)) return { rejected: "parent_violates" };
  if (violation.violates.length === 0) return { rejected: "no_violation" };
  if (violation.violates.length > 1) return { rejected: "violates_elsewhere" };
  if (twin.violates.length > 0) return { rejected: "twin_violates" };
  if (violation.plan_hash === twin.plan_hash) return { rejected: "sides_equal" };
  if (violation.plan_hash === parent.planHash) return { rejected: "no_change" };
  if (!isNear(made)) return { rejected: "excess" };
  for (const { plan } of [violation, twin]) {
    const fault = judgePlan(parent, plan);
    if (fault !== undefined) return { rejected: fault };
  }
  return { ok: true };
}

function isNear({ type, violation }: Pick<BoundaryCase, "type"> & Pick<MadeBoundary, "violation">): boolean {
  const bound = EXCESS_MAX[type];
  const [{ excess, limit } = {}] = violation.violates;
  if (bound === undefined) return true;
  if (excess === undefined || excess <= 0) return false;
  return excess <= (bound.most ?? (bound.share as number) * Number(limit) + 1);
}

function judgePlan({ plan: parent, anchor }: Parent, plan: Plan): string | undefined {
  if (plan.nodes.length > NODES_MAX) return "too_many_nodes";
  const { lost, metadataOnly } = toChangeSet(parent, plan);
  if (lost > 0 || metadataOnly > 0) return "change_set";
  const { components, rings, looseEdges } = toGraphShape(plan, toCalls(plan));
  if (rings > 0 || looseEdges > 0) return "graph";
  return components > anchor.baseline.components ? "components" : undefined;
}
