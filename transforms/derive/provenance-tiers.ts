import {
  type DerivedDraft,
  type DerivedNode,
  type DraftEdge,
  defineTransform,
  type JsonValue,
  type Tier,
} from "#contract";
import { LEAVES_MAX, type Leaf, listLeaves } from "./_leaves.ts";
import { listOperands, readNumber } from "./_numbers.ts";
import { listReferences } from "./_references.ts";
import { type Request, toRequest } from "./_request.ts";
import { ResultIndex } from "./_result-index.ts";
import { isRetrieval, RETRIEVAL_LEXICON_VERSION } from "./_retrieval-lexicon.ts";

const USER = 1;
const INTERNAL = 2;
const PUBLIC_WEB = 3;

/**
 * Sets each node's provenance tier, 1 user, 2 internal, 3 public web, from where its argument values come from. The least
 * trusted source (the highest number) wins. Needs `edgeList`. Nothing else is looked at: no label, no dataset.
 *
 * Each text or number inside the arguments is, in this order (an arithmetic expression by its operands):
 * 1. a reference to a call ("$2"): its result;
 * 2. the user's, tier 1, if it stands in the request (see Request);
 * 3. taken from an earlier call's result that holds it (see ResultIndex): that result;
 * 4. of no known source (a default, a constant, the system's prompt, the model's own words): tier 2.
 * A result is tier 3 if its call brings outside content in (see isRetrieval) or is itself tier 3, else tier 2.
 * Booleans, nulls and empty values are no evidence.
 *
 * Beyond its arguments a call works on what it depends on:
 * - edges that the source states itself carry data: the results they come from count for the node;
 * - a node without any evidence in its arguments takes tier 3 from a tier-3 result that it depends on, by an edge of any
 *   kind; a tier-2 result counts only over a data edge, for turns and sequences are an order, not a flow of data;
 * - otherwise a node without evidence is what the user asked for, tier 1.
 */
export default defineTransform({
  name: "provenance-tiers",
  version: RETRIEVAL_LEXICON_VERSION,
  apply(draft) {
    const origins = listOrigins(draft);
    for (const index of leadsBack(draft) ? listInOrder(draft) : draft.nodes.keys()) {
      const node = draft.nodes[index] as DerivedNode;
      node.provenanceTier = toTier(draft, origins[index] as Origin, index);
    }
    return draft;
  },
});

/** Where a node's argument values come from. */
type Origin = { tier: Tier | undefined; from: number[] };

function listOrigins(draft: DerivedDraft): Origin[] {
  const { nodes, request, edges } = draft;
  const user = toRequest(request);
  const results = nodes.some(hasResult) ? new ResultIndex() : undefined;
  const references = edges === "references";
  const origins: Origin[] = [];
  let added = 0;
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index] as DerivedNode;
    // Calls of one turn are made at once: their results come when the turn is over.
    if (results && (node.turn === undefined || nodes[index - 1]?.turn !== node.turn)) {
      for (; added < index; added++) {
        const before = nodes[added] as DerivedNode;
        if (hasResult(before)) results.add(added, before.result as JsonValue);
      }
    }
    origins.push(toOrigin(node, user, results, references));
  }
  return origins;
}

function hasResult({ result }: DerivedNode): boolean {
  return result !== undefined && result !== null;
}

function toOrigin(node: DerivedNode, user: Request, results: ResultIndex | undefined, references: boolean): Origin {
  const origin: Origin = { tier: undefined, from: [] };
  const leaves = listLeaves(node.arguments);
  // What is not looked at has no known source.
  if (leaves.length >= LEAVES_MAX) origin.tier = INTERNAL;
  for (const leaf of leaves) {
    const calls = references && typeof leaf === "string" ? listReferences(leaf) : [];
    if (calls.length > 0) for (const call of calls) origin.from.push(call - 1);
    else if (typeof leaf === "number") addOrigin(origin, leaf, user, results);
    else addTextOrigin(origin, leaf, user, results);
  }
  return origin;
}

function addTextOrigin(origin: Origin, text: string, user: Request, results: ResultIndex | undefined): void {
  const operands = readNumber(text) === undefined ? listOperands(text) : undefined;
  if (!operands) addOrigin(origin, text, user, results);
  else for (const operand of operands) addOrigin(origin, operand, user, results);
}

function addOrigin(origin: Origin, value: Leaf, user: Request, results: ResultIndex | undefined): void {
  if (user.holds(value)) {
    origin.tier ??= USER;
    return;
  }
  if (results) {
    const reuses = results.find(value);
    for (const { from } of reuses) origin.from.push(from);
    if (reuses.length > 0) return;
    results.give(value);
  }
  origin.tier = INTERNAL;
}

function toTier(draft: DerivedDraft, { tier, from }: Origin, index: number): Tier {
  let highest: Tier = tier ?? USER;
  for (const source of from) highest = leastTrusted(highest, toResultTier(draft, source));
  const hasEvidence = tier !== undefined || from.length > 0;
  const stated = typeof draft.edges === "object";
  if (hasEvidence && !stated) return highest;
  for (const [source, to] of draft.edgeList ?? []) {
    if (to !== index) continue;
    const result = toResultTier(draft, source);
    if (draft.edgeKind === "data" || result === PUBLIC_WEB) highest = leastTrusted(highest, result);
  }
  return highest;
}

function leastTrusted(a: Tier, b: Tier): Tier {
  return a > b ? a : b;
}

function toResultTier({ nodes }: DerivedDraft, index: number): Tier {
  const node = nodes[index] as DerivedNode;
  if (node.provenanceTier === PUBLIC_WEB || isRetrieval(node.tool, node.arguments, node.result)) return PUBLIC_WEB;
  return INTERNAL;
}

function leadsBack({ edgeList = [] }: DerivedDraft): boolean {
  for (const [from, to] of edgeList) if (from > to) return true;
  return false;
}

/** Node indexes, each after those it depends on. */
function listInOrder({ nodes, edgeList = [] }: DerivedDraft): number[] {
  const order = nodes.map((_, index) => index);
  const waitsFor = order.map((index) => edgeList.filter(([, to]) => to === index).length);
  const sorted: number[] = [];
  const ready = order.filter((index) => waitsFor[index] === 0);
  for (let index = ready.shift(); index !== undefined; index = ready.shift()) {
    sorted.push(index);
    for (const to of successorsOf(edgeList, index)) if (--(waitsFor as number[])[to]! === 0) ready.push(to);
  }
  return sorted;
}

function successorsOf(edges: readonly DraftEdge[], index: number): number[] {
  return edges.filter(([from]) => from === index).map(([, to]) => to);
}
