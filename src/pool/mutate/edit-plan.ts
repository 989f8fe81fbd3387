import type { PlanEdit } from "../../contract/mutation.ts";
import type { PlanOperation } from "../../schema/anchor.ts";
import type { JsonObject } from "../../schema/json.ts";
import { toMutatedNodeHash } from "../../schema/mutated-node.ts";
import type { Plan } from "../../schema/pair.ts";
import type { PlanNode } from "../../schema/sample.ts";
import { toArgumentsText } from "./canonical-texts.ts";
import type { Parent } from "./to-parent.ts";

/** A changed plan, and the changes as operations on its parent. Nodes that did not change are the parent's own objects. */
export type EditedPlan = { readonly plan: Plan; readonly ops: readonly PlanOperation[] };

/**
 * A changed plan whose changed nodes have no provenance hash yet: that of the source where it was changed, else none. Most
 * candidates are tried and not drawn, and hashing is a quarter of what they take.
 */
export type UnsealedPlan = {
  readonly plan: Plan;
  /** Places of the nodes that an edit has touched, ascending. */
  readonly touched: readonly number[];
  readonly sources: ReadonlyMap<number, string>;
  readonly ops: readonly PlanOperation[];
};

/** The id of the n-th node added to a plan: as its last one's, with the next number. */
export function toNewNodeId({ nodes }: Plan, place: number): string {
  const last = (nodes.at(-1) as PlanNode).node_id;
  const stem = last.replace(/\d+$/, "");
  let number = nodes.length + place;
  // Ids of any other form are the source's: no number of theirs may be met.
  while (nodes.some((node) => node.node_id === `${stem}${number}`)) number += nodes.length;
  return `${stem}${number}`;
}

/**
 * A parent's plan with edits, and what follows from them derived again: scope of each changed or new call by the stages of
 * Tier I, its provenance hash by toMutatedNodeHash. Tiers stay what they are unless an edit changes the source: they say what
 * the plan claims. Throws TypeError for an edit of a node that is not there.
 */
export function editPlan(parent: Parent, edits: readonly PlanEdit[]): EditedPlan {
  return sealPlan(parent, draftPlan(parent, edits));
}

/** As editPlan, but for the hashes: see sealPlan. */
export function draftPlan(parent: Parent, edits: readonly PlanEdit[]): UnsealedPlan {
  const nodes: PlanNode[] = [...parent.plan.nodes];
  const edges = [...parent.plan.edges];
  const ops: PlanOperation[] = [];
  const sources = new Map<number, string>();
  const rescoped = new Set<number>();
  const own = nodes.length;
  for (const edit of edits) {
    switch (edit.kind) {
      case "argument": {
        const node = toNode(nodes, edit.node);
        const isNew = !Object.hasOwn(node.arguments, edit.name);
        nodes[edit.node] = { ...node, arguments: withMember(node.arguments, edit.name, edit.value) };
        rescoped.add(edit.node);
        if (edit.node < own) {
          const pointer = `/nodes/${edit.node}/arguments/${toPointerPart(edit.name)}`;
          ops.push([isNew ? "add" : "set", pointer, edit.value]);
        }
        break;
      }
      case "source": {
        const node = toNode(nodes, edit.node);
        nodes[edit.node] = { ...node, provenance_tier: edit.tier };
        sources.set(edit.node, edit.source);
        if (edit.node < own) ops.push(["set", `/nodes/${edit.node}/provenance_tier`, edit.tier]);
        break;
      }
      case "node":
        rescoped.add(nodes.length);
        nodes.push({
          node_id: toNewNodeId(parent.plan, nodes.length - own),
          tool_name: edit.tool,
          arguments: edit.arguments,
          provenance_tier: edit.tier,
          provenance_hash: "",
          scope_volume: 1,
          scope_sensitivity: 1,
        });
        break;
      case "edge":
        if (!edges.some(([from, to]) => from === edit.from && to === edit.to)) {
          ops.push(["add", `/edges/${edges.length}`, [edit.from, edit.to]]);
          edges.push([edit.from, edit.to]);
        }
    }
  }
  const touched = deriveScopes(parent, nodes, rescoped, sources);
  return { plan: { nodes, edges }, touched, sources, ops };
}

/** Gives each touched node the scope that follows from its arguments; returns their places. */
function deriveScopes(
  parent: Parent,
  nodes: PlanNode[],
  rescoped: ReadonlySet<number>,
  sources: ReadonlyMap<number, string>,
): number[] {
  const changed = [...rescoped].sort((a, b) => a - b);
  const scopes = changed.length === 0 ? [] : parent.deriveScope(nodes, changed, parent.request);
  const touched = [...new Set([...changed, ...sources.keys()])].sort((a, b) => a - b);
  for (const place of touched) {
    const node = toNode(nodes, place);
    const scope = scopes[changed.indexOf(place)] ?? node;
    nodes[place] = {
      node_id: node.node_id,
      tool_name: node.tool_name,
      arguments: node.arguments,
      provenance_tier: node.provenance_tier,
      provenance_hash: sources.get(place) ?? "",
      scope_volume: scope.scope_volume,
      scope_sensitivity: scope.scope_sensitivity,
    };
  }
  return touched;
}

/** Gives the touched nodes their provenance hashes, and lists what has changed. */
export function sealPlan(parent: Parent, { plan, touched, sources, ops: before }: UnsealedPlan): EditedPlan {
  const own = parent.plan.nodes.length;
  const nodes = [...plan.nodes];
  const ops = [...before];
  const added: PlanOperation[] = [];
  for (const place of touched) {
    const node = toNode(nodes, place);
    const { tool_name, arguments: args, provenance_tier } = node;
    const source = sources.get(place);
    const provenance_hash = toMutatedNodeHash(
      {
        ...{ parent_hash: parent.planHash, index: place, tool_name, arguments: args, provenance_tier },
        ...(source === undefined ? {} : { source }),
      },
      toArgumentsText(args),
    );
    const made: PlanNode = { ...node, provenance_hash };
    nodes[place] = made;
    if (place >= own) {
      added.push(["add", `/nodes/${place}`, made]);
      continue;
    }
    const was = parent.plan.nodes[place] as PlanNode;
    for (const field of ["provenance_hash", "scope_volume", "scope_sensitivity"] as const) {
      if (made[field] !== was[field]) ops.push(["set", `/nodes/${place}/${field}`, made[field]]);
    }
  }
  return { plan: { nodes, edges: plan.edges }, ops: [...added, ...ops] };
}

/** A copy with a member set; a name like "__proto__" is a name like any other. */
function withMember(object: JsonObject, name: string, value: JsonObject[string]): JsonObject {
  const copy: JsonObject = {};
  for (const key of Object.keys(object)) setOwn(copy, key, object[key] as JsonObject[string]);
  setOwn(copy, name, value);
  return copy;
}

function setOwn(object: JsonObject, name: string, value: JsonObject[string]): void {
  if (name === "__proto__") Object.defineProperty(object, name, { value, ...OWN });
  else object[name] = value;
}

const OWN = { configurable: true, enumerable: true, writable: true } as const;

function toNode(nodes: readonly PlanNode[], place: number): PlanNode {
  const node = nodes[place];
  if (node) return node;
  throw new TypeError(`an edit of node ${place} of a plan of ${nodes.length} nodes: mend the operator`);
}

function toPointerPart(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
