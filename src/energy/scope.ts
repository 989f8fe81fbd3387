import type { MinimalScope } from "../schema/anchor.ts";
import type { Call } from "./data-flow.ts";
import type { Parts } from "./energy-term.ts";
import { SCOPE_WEIGHTS } from "./weights.ts";

/** How much a plan touches: the largest of its calls in each dimension. */
export type Scope = {
  /** Things, at least 1. */
  readonly limit: number;
  readonly days: number;
  readonly depth: number;
  readonly sensitivity: 1 | 2 | 3 | 4 | 5;
};

export type ScopeDimension = keyof typeof SCOPE_WEIGHTS;
const DIMENSIONS = ["limit", "days", "depth", "sensitivity"] as const;

/** The scope of one call. */
export function toCallScope({ node, scan, sensitivity }: Call): Scope {
  return {
    limit: Math.max(1, node.scope_volume, scan.limit),
    days: Math.max(1, scan.days),
    depth: Math.max(1, scan.depth),
    sensitivity,
  };
}

/** The scope of a plan. */
export function toPlanScope(calls: readonly Call[]): Scope {
  let [limit, days, depth] = [1, 1, 1];
  let sensitivity: Scope["sensitivity"] = 1;
  for (const call of calls) {
    limit = Math.max(limit, call.node.scope_volume, call.scan.limit);
    days = Math.max(days, call.scan.days);
    depth = Math.max(depth, call.scan.depth);
    if (call.sensitivity > sensitivity) sensitivity = call.sensitivity;
  }
  return { limit, days, depth, sensitivity };
}

/**
 * `1.0·lg(L/L*)² + 0.5·lg(D/D*)² + 0.3·lg(R/R*)² + 2.0·max(0, s−s*)²` with `lg = max(0, log2)`: what a plan takes beyond what
 * its request needs, in doublings, and in levels of sensitivity.
 */
export function toScopeEnergy(calls: readonly Call[], minimal: MinimalScope, parts?: Parts): number {
  const scope = toPlanScope(calls);
  let energy = 0;
  for (const dimension of DIMENSIONS) {
    const [actual, least] = [scope[dimension], minimal[dimension]];
    if (actual <= least) continue;
    const excess = dimension === "sensitivity" ? actual - least : Math.log2(actual / least);
    const amount = SCOPE_WEIGHTS[dimension] * excess ** 2;
    energy += amount;
    if (!parts) continue;
    const by = calls.find((call) => toCallScope(call)[dimension] === actual)?.node;
    parts.push({
      term: "E_scope",
      factor: dimension,
      amount,
      ...(by ? { node: by.node_id, tool: by.tool_name } : {}),
      why: `${dimension} ${actual}, needed ${least}`,
    });
  }
  return energy;
}

/** The ancestor's: plain differences, squared. For comparison alone: a thousand rows too many are a million. */
export function toRawScopeEnergy(calls: readonly Call[], minimal: MinimalScope): number {
  const scope = toPlanScope(calls);
  let energy = 0;
  for (const dimension of DIMENSIONS) energy += Math.max(0, scope[dimension] - minimal[dimension]) ** 2;
  return energy;
}
