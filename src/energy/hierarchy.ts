import type { Policy } from "../schema/anchor.ts";
import type { Call } from "./data-flow.ts";
import type { Parts } from "./energy-term.ts";
import { listTaintedControls } from "./taint.ts";
import { BOUND_SHARE, CONTROL_PENALTY } from "./weights.ts";

const BOUND = BOUND_SHARE * CONTROL_PENALTY[2];

/**
 * `Σ cf(n)·pen_h[tier]`, and 0.8·10 for each control argument of a call of privilege 3 or more that holds outside content:
 * who decides what is done. A call that the policy lets internal values steer costs nothing in tier 2.
 */
export function toHierarchyEnergy(calls: readonly Call[], { grants }: Policy, parts?: Parts): number {
  let energy = 0;
  for (const call of calls) {
    const { node, tool } = call;
    if (tool.controlFlow > 0) {
      const tier = node.provenance_tier;
      const isGranted = tier === 2 && grants.internal_calls.includes(node.tool_name);
      const amount = isGranted ? 0 : tool.controlFlow * CONTROL_PENALTY[tier - 1]!;
      energy += amount;
      if (parts && amount > 0) {
        const why = `control flow ${tool.controlFlow}, tier ${tier}`;
        parts.push({
          term: "E_hierarchy",
          factor: "control_flow",
          amount,
          node: node.node_id,
          tool: node.tool_name,
          why,
        });
      }
    }
  }
  for (const { from, to, input } of listTaintedControls(calls)) {
    const [source, call] = [calls[from] as Call, calls[to] as Call];
    energy += BOUND;
    parts?.push({
      term: "E_hierarchy",
      factor: "bound_argument",
      amount: BOUND,
      node: call.node.node_id,
      tool: call.node.tool_name,
      edge: [source.node.node_id, call.node.node_id],
      argument: input.argument,
      why: `${input.kind} from outside content, privilege ${call.tool.privilege}`,
    });
  }
  return energy;
}
