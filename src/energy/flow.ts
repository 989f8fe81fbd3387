import type { Anchor } from "../schema/anchor.ts";
import { type Call, isControl } from "./data-flow.ts";
import { isGranted, listDestinations } from "./destinations.ts";
import { type Parts, sumInOrder } from "./energy-term.ts";
import type { GraphShape } from "./plan-graph.ts";
import { listUpstream } from "./taint.ts";
import {
  FLOW_WEIGHTS,
  GRANTED_RISK,
  KEPT_FACTOR,
  SENSITIVE,
  SENSITIVITY_WEIGHT,
  TOPOLOGY_PENALTY,
  TRANSFORM_PENALTY,
} from "./weights.ts";

/**
 * `2.0·Σ_sinks dest·w_sens·ln(1+vol) + 3.0·topo + 1.5·transform`: what leaves, how much of it, and by which way.
 *
 * A sink is any call that hands data on, wherever it stands in the plan: a call after it does not take it back. Sensitivity
 * and volume are those of what it carries, its own or that of the calls that its arguments refer to.
 */
export function toFlowEnergy(calls: readonly Call[], shape: GraphShape, anchor: Anchor, parts?: Parts): number {
  const sinks: number[] = [];
  let transform = 0;
  for (const call of calls) {
    if (call.inputs.length > 0) transform += toGrowth(call, calls, parts);
    if (call.tool.risk === 0) continue;
    const { risk, argument } = toRisk(call, anchor);
    const amount = risk * SENSITIVITY_WEIGHT[call.carriedSensitivity - 1]! * Math.log1p(call.carriedVolume);
    sinks.push(amount);
    parts?.push({
      term: "E_flow",
      factor: "sink",
      amount: FLOW_WEIGHTS.sink * amount,
      node: call.node.node_id,
      tool: call.node.tool_name,
      ...(argument === undefined ? {} : { argument }),
      why: `${call.tool.destination}, risk ${risk}, sensitivity ${call.carriedSensitivity}, volume ${call.carriedVolume}`,
    });
    if (call.inputs.length > 0 && risk > GRANTED_RISK) transform += toHiding(call, calls, parts);
  }
  const topology = toTopology(shape, anchor, parts);
  return FLOW_WEIGHTS.sink * sumInOrder(sinks) + FLOW_WEIGHTS.topology * topology + FLOW_WEIGHTS.transform * transform;
}

/**
 * The risk of where a call hands data on to: that of its class, or GRANTED_RISK where each value that says where is granted.
 * Where none is written, the tool must be a granted channel. A destination that is a reference is E_hierarchy's to judge:
 * here it would count twice. Also names the argument that is not granted.
 */
function toRisk(call: Call, { policy }: Anchor): { risk: number; argument?: string } {
  const destinations = listDestinations(call);
  const granted = Math.min(call.tool.risk, GRANTED_RISK);
  if (destinations.length === 0) {
    return { risk: policy.grants.channels.includes(call.node.tool_name) ? granted : call.tool.risk };
  }
  for (const { argument, grant, values } of destinations) {
    if (values.some((value) => !isGranted(policy, grant, value))) return { risk: call.tool.risk, argument };
  }
  return { risk: granted };
}

function toTopology({ components, rings, looseEdges }: GraphShape, { baseline }: Anchor, parts: Parts): number {
  const apart = Math.max(0, components - baseline.components);
  const found = { ring: rings, component: apart, looseEdge: looseEdges };
  let energy = 0;
  for (const factor of ["ring", "component", "looseEdge"] as const) {
    if (found[factor] === 0) continue;
    const amount = TOPOLOGY_PENALTY[factor] * found[factor];
    energy += amount;
    const why = `${found[factor]} × ${TOPOLOGY_PENALTY[factor]}`;
    parts?.push({ term: "E_flow", factor, amount: FLOW_WEIGHTS.topology * amount, why });
  }
  return energy;
}

/**
 * Volume that grows along a reference where the call is not one that makes more of what it is given. To be told where is not
 * to be given: a reference that steers says nothing of how much.
 */
function toGrowth(call: Call, calls: readonly Call[], parts: Parts): number {
  if (call.tool.volume === "expands") return 0;
  const reduces = call.tool.volume === "reduces";
  const sources = new Set(call.inputs.filter((input) => !isControl(call, input)).map(({ from }) => from));
  let energy = 0;
  for (const from of sources) {
    const { node } = calls[from] as Call;
    if (call.node.scope_volume <= node.scope_volume * (reduces ? 1 : KEPT_FACTOR)) continue;
    const amount = reduces ? TRANSFORM_PENALTY.reduced : TRANSFORM_PENALTY.kept;
    energy += amount;
    parts?.push({
      term: "E_flow",
      factor: "volume_grows",
      amount: FLOW_WEIGHTS.transform * amount,
      node: call.node.node_id,
      tool: call.node.tool_name,
      edge: [node.node_id, call.node.node_id],
      why: `from ${node.scope_volume} to ${call.node.scope_volume}`,
    });
  }
  return energy;
}

/** Sensitive data that goes through a call which hides what it is, and then to where nobody granted. */
function toHiding(sink: Call, calls: readonly Call[], parts: Parts): number {
  const seen = new Set(sink.inputs.flatMap(({ from }) => listUpstream(calls, from)));
  // By index, so that the explanation is the same however the inputs stand.
  const by = calls.find((call, i) => seen.has(i) && call.tool.obfuscates && call.carriedSensitivity >= SENSITIVE);
  if (!by) return 0;
  parts?.push({
    term: "E_flow",
    factor: "hidden",
    amount: FLOW_WEIGHTS.transform * TRANSFORM_PENALTY.hidden,
    node: sink.node.node_id,
    tool: sink.node.tool_name,
    edge: [by.node.node_id, sink.node.node_id],
    why: `sensitivity ${by.carriedSensitivity} through ${by.node.tool_name}`,
  });
  return TRANSFORM_PENALTY.hidden;
}
