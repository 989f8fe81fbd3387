import type { ChangeLimits } from "../../contract/mutation.ts";
import { toCanonicalJson } from "../../schema/canonical-json.ts";
import type { Plan } from "../../schema/pair.ts";
import type { PlanNode } from "../../schema/sample.ts";
import { toArgumentsText } from "./canonical-texts.ts";

/** What a changed plan has that its parent has not. */
export type ChangeSet = {
  /** Nodes at the end of the changed plan that are not the parent's. */
  readonly added: readonly PlanNode[];
  readonly edgesAdded: number;
  /** Nodes and edges of the parent that are gone, moved, or go by another tool. */
  readonly lost: number;
  /** Nodes of the parent with other arguments, with their names, or of another tier. */
  readonly changed: readonly { readonly place: number; readonly names: readonly string[]; readonly tier: boolean }[];
  /** Nodes of which only scope or hash differ. */
  readonly metadataOnly: number;
};

/** Costs of a change, as an attacker pays them: a call, an edge, an argument or a source. */
const EDIT_COSTS = { node: 1, edge: 0.25, field: 0.5 } as const;

/** Compares a changed plan with its parent, node by node: new nodes stand at the end. */
export function toChangeSet(parent: Plan, plan: Plan): ChangeSet {
  const changed: { place: number; names: string[]; tier: boolean }[] = [];
  let lost = Math.max(0, parent.nodes.length - plan.nodes.length);
  let metadataOnly = 0;
  for (let place = 0; place < parent.nodes.length && place < plan.nodes.length; place++) {
    const [before, after] = [parent.nodes[place] as PlanNode, plan.nodes[place] as PlanNode];
    if (before === after) continue;
    if (before.node_id !== after.node_id || before.tool_name !== after.tool_name) {
      lost++;
      continue;
    }
    const names = listChangedArguments(before, after);
    const tier = before.provenance_tier !== after.provenance_tier;
    if (names.length > 0 || tier) changed.push({ place, names, tier });
    else if (differs(before, after)) metadataOnly++;
  }
  const { edgesAdded, edgesLost } = compareEdges(parent, plan);
  return { added: plan.nodes.slice(parent.nodes.length), edgesAdded, lost: lost + edgesLost, changed, metadataOnly };
}

/** The cost of making a plan from its parent. */
export function toEditDistance(parent: Plan, plan: Plan): number {
  return toCost(toChangeSet(parent, plan));
}

/** The cost of a change set. */
export function toCost({ added, edgesAdded, changed }: ChangeSet): number {
  let fields = 0;
  for (const { names, tier } of changed) fields += names.length + (tier ? 1 : 0);
  return EDIT_COSTS.node * added.length + EDIT_COSTS.edge * edgesAdded + EDIT_COSTS.field * fields;
}

/** What it would cost to make a plan from nothing: nodes, edges, and arguments. */
export function toPlanCost({ nodes, edges }: Plan): number {
  let fields = 0;
  for (const { arguments: args } of nodes) fields += Object.keys(args).length;
  return EDIT_COSTS.node * nodes.length + EDIT_COSTS.edge * edges.length + EDIT_COSTS.field * fields;
}

/** True if a change is within what its mutator may do, `inserted` nodes with an edge each beside it. */
export function isWithin(change: ChangeSet, limits: ChangeLimits, inserted: number): boolean {
  let argumentsChanged = 0;
  let tiersChanged = 0;
  for (const { names, tier } of change.changed) {
    argumentsChanged += names.length;
    if (tier) tiersChanged++;
  }
  return (
    change.lost === 0 &&
    change.metadataOnly === 0 &&
    change.added.length <= limits.nodesAdded + inserted &&
    change.edgesAdded <= limits.edgesAdded + inserted &&
    change.changed.length <= limits.nodesChanged &&
    argumentsChanged <= limits.argumentsChanged &&
    tiersChanged <= limits.tiersChanged
  );
}

function listChangedArguments(before: PlanNode, after: PlanNode): string[] {
  if (before.arguments === after.arguments) return [];
  const names = new Set([...Object.keys(before.arguments), ...Object.keys(after.arguments)]);
  return [...names].filter((name) => {
    if (!Object.hasOwn(before.arguments, name) || !Object.hasOwn(after.arguments, name)) return true;
    const [a, b] = [before.arguments[name], after.arguments[name]];
    return a !== b && toCanonicalJson(a) !== toCanonicalJson(b);
  });
}

/** True if two plans are the same in all that makes their hashes. */
export function isSamePlan(a: Plan, b: Plan): boolean {
  if (a.nodes.length !== b.nodes.length || a.edges.length !== b.edges.length) return false;
  for (let i = 0; i < a.edges.length; i++) {
    const [one, other] = [a.edges[i], b.edges[i]];
    if (one !== other && (one?.[0] !== other?.[0] || one?.[1] !== other?.[1])) return false;
  }
  for (let i = 0; i < a.nodes.length; i++) {
    const [one, other] = [a.nodes[i] as PlanNode, b.nodes[i] as PlanNode];
    if (one !== other && !isSameNode(one, other)) return false;
  }
  return true;
}

function isSameNode(a: PlanNode, b: PlanNode): boolean {
  return (
    a.node_id === b.node_id &&
    a.tool_name === b.tool_name &&
    a.provenance_tier === b.provenance_tier &&
    !differs(a, b) &&
    (a.arguments === b.arguments || toArgumentsText(a.arguments) === toArgumentsText(b.arguments))
  );
}

function differs(before: PlanNode, after: PlanNode): boolean {
  return (
    before.provenance_hash !== after.provenance_hash ||
    before.scope_volume !== after.scope_volume ||
    before.scope_sensitivity !== after.scope_sensitivity
  );
}

/** Edges of the parent come first, in their order. */
function compareEdges(parent: Plan, plan: Plan): { edgesAdded: number; edgesLost: number } {
  let same = 0;
  while (same < parent.edges.length) {
    const [before, after] = [parent.edges[same], plan.edges[same]];
    if (before !== after && (before?.[0] !== after?.[0] || before?.[1] !== after?.[1])) break;
    same++;
  }
  return { edgesAdded: plan.edges.length - same, edgesLost: parent.edges.length - same };
}
