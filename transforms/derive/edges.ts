import {
  type DerivedDraft,
  type DerivedNode,
  type DraftEdge,
  defineTransform,
  type EdgeKind,
  findCycle,
  RowError,
} from "#contract";
import { listLeaves } from "./_leaves.ts";
import { listReferences } from "./_references.ts";
import { toRequest } from "./_request.ts";
import { ResultIndex } from "./_result-index.ts";

/**
 * Sets `edgeList` and `edgeKind` from what the draft's `edges` asks for (see Draft). Edges are unique and sorted by the
 * call they lead to, then by the call they come from: what each call needs, in the order of the calls.
 *
 * A data edge goes to a call from the latest earlier call whose result its arguments reuse (see ResultIndex), one per
 * reused value. A value that stands in the user's request is the user's and makes no edge, unless the result is one bare
 * number: a calculator's operand is the step before even where the request names the same number. Where results make no
 * edge to a `final` call it depends on the call before it.
 *
 * Throws RowError (derive) `missing_node` for an edge or reference to a call that is not there, `cyclic_plan` for calls
 * that wait for each other.
 */
export default defineTransform({
  name: "edges",
  version: 1,
  apply(draft) {
    draft.edgeKind = toEdgeKind(draft);
    draft.edgeList = toSortedUnique(listEdges(draft));
    return draft;
  },
});

function toEdgeKind({ edges, nodes }: DerivedDraft): EdgeKind {
  if (edges === "references" || typeof edges === "object") return "data";
  return edges ?? (nodes.some((node) => node.result !== undefined) ? "data" : "none");
}

function listEdges(draft: DerivedDraft): DraftEdge[] {
  const { edges, nodes, edgeKind } = draft;
  if (typeof edges === "object") return listStatedEdges(edges, nodes);
  if (edges === "references") return listReferenceEdges(draft);
  if (edgeKind === "data") return listDataEdges(draft);
  if (edgeKind === "turns") return listTurnEdges(nodes);
  return edgeKind === "sequence" ? listSequenceEdges(nodes.length) : [];
}

function listSequenceEdges(calls: number): DraftEdge[] {
  const edges: DraftEdge[] = [];
  for (let to = 1; to < calls; to++) edges.push([to - 1, to]);
  return edges;
}

function listStatedEdges(edges: readonly DraftEdge[], nodes: readonly DerivedNode[]): DraftEdge[] {
  const isNode = (index: number) => Number.isInteger(index) && index >= 0 && index < nodes.length;
  for (const [from, to] of edges) {
    if (isNode(from) && isNode(to)) continue;
    throw new RowError(
      "derive",
      "missing_node",
      `edges: ${from} -> ${to} leads outside the plan's ${nodes.length} calls, numbered from 0. Mend the loader's edges or keep the row out.`,
    );
  }
  assertNoCycle(edges, nodes);
  return [...edges];
}

function listReferenceEdges(draft: DerivedDraft): DraftEdge[] {
  const { nodes } = draft;
  const edges: DraftEdge[] = [];
  for (const [to, node] of nodes.entries()) {
    for (const leaf of listLeaves(node.arguments)) {
      if (typeof leaf !== "string") continue;
      for (const call of listReferences(leaf)) {
        if (call >= 1 && call <= nodes.length) edges.push([call - 1, to]);
        else throw toMissingCall(call, to, nodes);
      }
    }
  }
  assertNoCycle(edges, nodes);
  // Where a call waits for a later one the list is not the order of the calls, so results say nothing of who came first.
  return edges.some(([from, to]) => from > to) ? edges : [...edges, ...listDataEdges(draft, edges)];
}

function toMissingCall(call: number, to: number, nodes: readonly DerivedNode[]): RowError {
  const message = `call ${to + 1} (${nodes[to]?.tool}) refers to $${call}; expected $1 to $${nodes.length}, one per call. Mend the loader or keep the row out.`;
  return new RowError("derive", "missing_node", message);
}

function assertNoCycle(edges: readonly DraftEdge[], nodes: readonly DerivedNode[]): void {
  const cycle = findCycle(edges);
  if (!cycle) return;
  const path = cycle.map((index) => `${index} (${nodes[index]?.tool})`).join(" -> ");
  const message = `calls wait for each other: ${path}, numbered from 0. A plan must have an order; mend the loader's edges or keep the row out.`;
  throw new RowError("derive", "cyclic_plan", message);
}

/** Edges by reuse of results, beside those that references `stated`. */
function listDataEdges({ request, nodes, edges: asked }: DerivedDraft, stated: readonly DraftEdge[] = []): DraftEdge[] {
  const edges: DraftEdge[] = [];
  if (nodes.length <= 1) return edges; // one call alone reuses nothing
  const user = toRequest(request);
  const results = new ResultIndex();
  let waiting: number[] = []; // calls of this turn: their results come when the turn is over
  for (const [to, node] of nodes.entries()) {
    if (waiting.length > 0 && !isSameTurn(nodes[to - 1], node)) {
      for (const index of waiting) addResult(results, nodes, index);
      waiting = [];
    }
    waiting.push(to);
    const known = edges.length;
    for (const leaf of listLeaves(node.arguments)) {
      if (asked === "references" && typeof leaf === "string" && listReferences(leaf).length > 0) continue;
      const reuses = results.find(leaf);
      if (reuses.length === 0) results.give(leaf);
      for (const { value, from, scalar } of reuses) if (scalar || !user.holds(value)) edges.push([from, to]);
    }
    const isLinked = edges.length > known || stated.some((edge) => edge[1] === to);
    if (node.final && !isLinked && to > 0) edges.push([to - 1, to]);
  }
  return edges;
}

function isSameTurn(before: DerivedNode | undefined, node: DerivedNode): boolean {
  return node.turn !== undefined && before?.turn === node.turn;
}

function addResult(results: ResultIndex, nodes: readonly DerivedNode[], index: number): void {
  const result = nodes[index]?.result;
  if (result !== undefined && result !== null) results.add(index, result);
}

function listTurnEdges(nodes: readonly DerivedNode[]): DraftEdge[] {
  const edges: DraftEdge[] = [];
  let turn = nodes[0]?.turn ?? 0; // a call without a turn belongs to the turn of the call before it
  let before = -1; // the last call of the turn before
  for (let index = 1; index < nodes.length; index++) {
    const next = nodes[index]?.turn ?? turn;
    if (next > turn) before = index - 1;
    else if (next !== turn) return listMixedTurnEdges(nodes);
    turn = next;
    if (before >= 0) edges.push([before, index]);
  }
  return edges;
}

/** The same for turns that come in any order. */
function listMixedTurnEdges(nodes: readonly DerivedNode[]): DraftEdge[] {
  const turns = new Map<number, number[]>();
  let turn = 0;
  for (const [index, node] of nodes.entries()) {
    turn = node.turn ?? turn;
    const calls = turns.get(turn);
    if (calls) calls.push(index);
    else turns.set(turn, [index]);
  }
  const inOrder = [...turns.keys()].sort((a, b) => a - b).map((key) => turns.get(key) ?? []);
  return inOrder.slice(1).flatMap((calls, i) => calls.map((to): DraftEdge => [inOrder[i]?.at(-1) ?? 0, to]));
}

function toSortedUnique(edges: DraftEdge[]): DraftEdge[] {
  if (isSorted(edges)) return edges;
  const sorted = edges.toSorted(compareEdges);
  return sorted.filter((edge, i) => i === 0 || compareEdges(sorted[i - 1] as DraftEdge, edge) !== 0);
}

function isSorted(edges: readonly DraftEdge[]): boolean {
  for (let i = 1; i < edges.length; i++) {
    if (compareEdges(edges[i - 1] as DraftEdge, edges[i] as DraftEdge) >= 0) return false;
  }
  return true;
}

function compareEdges(a: DraftEdge, b: DraftEdge): number {
  return a[1] - b[1] || a[0] - b[0];
}
