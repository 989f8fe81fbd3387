import type { Policy } from "../schema/anchor.ts";
import type { Call } from "./data-flow.ts";
import type { Parts } from "./energy-term.ts";
import { PRIVILEGED, TRUST_GAP } from "./weights.ts";

/**
 * `Σ privilege·gap[tier]` over the calls of privilege 3 or more: how far what a call may do stands above what its source is
 * trusted with. A call that the policy lets internal values steer costs nothing in tier 2; nothing excuses tier 3.
 */
export function toProvenanceEnergy(calls: readonly Call[], { grants }: Policy, parts?: Parts): number {
  let energy = 0;
  for (const { node, tool } of calls) {
    const tier = node.provenance_tier;
    if (tier === 1 || tool.privilege < PRIVILEGED) continue;
    if (tier === 2 && grants.internal_calls.includes(node.tool_name)) continue;
    const amount = tool.privilege * TRUST_GAP[tier - 1]!;
    energy += amount;
    parts?.push({
      term: "E_provenance",
      factor: "trust_gap",
      amount,
      node: node.node_id,
      tool: node.tool_name,
      why: `privilege ${tool.privilege}, tier ${tier}`,
    });
  }
  return energy;
}
