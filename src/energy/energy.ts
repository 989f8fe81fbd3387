import type { Anchor } from "../schema/anchor.ts";
import type { Energy } from "../schema/energy.ts";
import { type Call, toCalls } from "./data-flow.ts";
import { type Parts, roundEnergy } from "./energy-term.ts";
import { toFlowEnergy } from "./flow.ts";
import { toHierarchyEnergy } from "./hierarchy.ts";
import type { EnergyPlan } from "./plan.ts";
import { toGraphShape } from "./plan-graph.ts";
import { toProvenanceEnergy } from "./provenance.ts";
import { toRawScopeEnergy, toScopeEnergy } from "./scope.ts";
import { toTierMixing } from "./tier-mixing.ts";
import { TERM_WEIGHTS } from "./weights.ts";

/**
 * The energy of a plan, seen from an anchor: four terms and their weighted sum, each to six decimals. Pure; the same for any
 * order of nodes and edges and any ids. Whoever hands in `parts` finds in it afterwards what made each term.
 */
export function toEnergy(plan: EnergyPlan, anchor: Anchor, parts?: Parts): Energy {
  return toCallsEnergy(plan, toCalls(plan), anchor, parts);
}

/** As toEnergy, for a plan whose calls, and maybe shape, are already at hand. */
export function toCallsEnergy(
  plan: EnergyPlan,
  calls: readonly Call[],
  anchor: Anchor,
  parts?: Parts,
  shape = toGraphShape(plan, calls),
): Energy {
  const E_scope = roundEnergy(toScopeEnergy(calls, anchor.minimal_scope, parts));
  const E_hierarchy = roundEnergy(toHierarchyEnergy(calls, anchor.policy, parts));
  const E_provenance = roundEnergy(toProvenanceEnergy(calls, anchor.policy, parts));
  const E_flow = roundEnergy(toFlowEnergy(calls, shape, anchor, parts));
  return {
    E_scope,
    E_hierarchy,
    E_provenance,
    E_flow,
    composite: roundEnergy(
      TERM_WEIGHTS.E_scope * E_scope +
        TERM_WEIGHTS.E_hierarchy * E_hierarchy +
        TERM_WEIGHTS.E_provenance * E_provenance +
        TERM_WEIGHTS.E_flow * E_flow,
    ),
    E_scope_raw: roundEnergy(toRawScopeEnergy(calls, anchor.minimal_scope)),
    E_flow_prov: roundEnergy(toTierMixing(calls, shape, parts)),
  };
}
