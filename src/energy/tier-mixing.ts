import type { Call } from "./data-flow.ts";
import type { Parts } from "./energy-term.ts";
import type { GraphShape } from "./plan-graph.ts";
import { ESCALATION, FLOW_WEIGHTS, TIER_MIXING, TIER_MIXING_IGNORED } from "./weights.ts";

/**
 * The ancestor's provenance part of E_flow: `2.5·Σ_edges (mixing of tiers + leaps of sensitivity)`. It counts again what
 * E_provenance counts, so it is reported and is in no sum.
 */
export function toTierMixing(calls: readonly Call[], { pairs }: GraphShape, parts?: Parts): number {
  let energy = 0;
  for (const [from, to] of pairs) {
    const [source, target] = [calls[from] as Call, calls[to] as Call];
    const mixing = TIER_MIXING[source.node.provenance_tier - 1]![target.node.provenance_tier - 1]!;
    const leap = target.node.scope_sensitivity - source.node.scope_sensitivity;
    const amount =
      (mixing > TIER_MIXING_IGNORED ? mixing : 0) + (leap > ESCALATION.from ? ESCALATION.perLevel * leap : 0);
    if (amount === 0) continue;
    energy += amount;
    parts?.push({
      term: "E_flow_prov",
      factor: "tier_mixing",
      amount: FLOW_WEIGHTS.provenance * amount,
      edge: [source.node.node_id, target.node.node_id],
      why: `tier ${source.node.provenance_tier} to ${target.node.provenance_tier}, sensitivity ${leap > 0 ? "+" : ""}${leap}`,
    });
  }
  return FLOW_WEIGHTS.provenance * energy;
}
