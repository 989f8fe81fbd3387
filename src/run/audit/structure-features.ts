import type { EnergyNode, EnergyPlan } from "../../energy/plan.ts";
import type { JsonValue } from "../../schema/json.ts";
import { toReferencedId } from "../../schema/plan-reference.ts";

/** What of a plan's shape is counted. No name, no value, no tier is in it. */
export const STRUCTURE_FEATURES = [
  ...(["nodes", "edges", "characters", "longest path", "roots", "leaves", "lone nodes", "components"] as const),
  ...(["most edges in", "most edges out", "edges against the order of nodes", "ids out of order"] as const),
  ...([
    "arguments",
    "most arguments",
    "fewest arguments",
    "nodes without arguments",
    "arguments of last node",
  ] as const),
  ...(["values", "texts", "numbers", "flags and nulls", "lists", "longest list", "deepest nesting"] as const),
  ...(["characters of texts", "longest text", "references", "nodes that refer", "nodes referred to"] as const),
  ...(["distinct tools", "most calls of a tool", "hashes that repeat"] as const),
];
export type StructureFeature = (typeof STRUCTURE_FEATURES)[number];

/** The counts of a plan, in the order of STRUCTURE_FEATURES. */
export function toStructure(plan: EnergyPlan): Float32Array {
  const counts = { ...countGraph(plan), ...countArguments(plan.nodes), ...countTools(plan.nodes) };
  const all: Readonly<Record<StructureFeature, number>> = { ...counts, characters: JSON.stringify(plan).length };
  return Float32Array.from(STRUCTURE_FEATURES, (name) => all[name]);
}

function countGraph({ nodes, edges }: EnergyPlan) {
  const place = new Map(nodes.map(({ node_id }, at) => [node_id, at]));
  const into = new Array<number>(nodes.length).fill(0);
  const out = new Array<number>(nodes.length).fill(0);
  const group = nodes.map((_, at) => at);
  const find = (at: number): number => (group[at] === at ? at : find(group[at] as number));
  let against = 0;
  const placed: [number, number][] = edges.map(([from, to]) => [place.get(from) ?? 0, place.get(to) ?? 0]);
  for (const [from, to] of placed) {
    out[from] = (out[from] as number) + 1;
    into[to] = (into[to] as number) + 1;
    group[find(from)] = find(to);
    if (from >= to) against++;
  }
  const count = (keep: (at: number) => boolean) => nodes.filter((_, at) => keep(at)).length;
  return {
    nodes: nodes.length,
    edges: edges.length,
    "longest path": toLongestPath(nodes.length, placed),
    roots: count((at) => into[at] === 0),
    leaves: count((at) => out[at] === 0),
    "lone nodes": count((at) => into[at] === 0 && out[at] === 0),
    components: count((at) => group[at] === at),
    "most edges in": Math.max(...into),
    "most edges out": Math.max(...out),
    "edges against the order of nodes": against,
    "ids out of order": count((at) => at > 0 && toNumberAtEnd(nodes[at]) <= toNumberAtEnd(nodes[at - 1])),
  };
}

/** Edges on the longest path. Relaxes until nothing moves, at most once per node, so a ring ends, too. */
function toLongestPath(nodeCount: number, edges: readonly (readonly [number, number])[]): number {
  const length = new Array<number>(nodeCount).fill(0);
  for (let round = 0, isMoving = true; isMoving && round < nodeCount; round++) {
    isMoving = false;
    for (const [from, to] of edges) {
      if ((length[from] as number) + 1 <= (length[to] as number)) continue;
      length[to] = (length[from] as number) + 1;
      isMoving = true;
    }
  }
  return Math.max(...length);
}

function toNumberAtEnd(node: EnergyNode | undefined): number {
  return Number(/\d{1,9}$/.exec(node?.node_id ?? "")?.[0] ?? -1);
}

type ValueCounts = Record<"values" | "texts" | "numbers" | "flags" | "lists" | "listMax" | "depthMax", number> &
  Record<"textChars" | "textCharsMax" | "references", number>;

function countArguments(nodes: readonly EnergyNode[]) {
  const counts: ValueCounts = {
    ...{ values: 0, texts: 0, numbers: 0, flags: 0, lists: 0, listMax: 0, depthMax: 0 },
    ...{ textChars: 0, textCharsMax: 0, references: 0 },
  };
  const referred = new Set<string>();
  let refer = 0;
  for (const { arguments: args } of nodes) {
    const before = counts.references;
    countValue(args, counts, referred, 0);
    if (counts.references > before) refer++;
  }
  const sizes = nodes.map(({ arguments: args }) => Object.keys(args).length);
  return {
    arguments: sizes.reduce((sum, size) => sum + size, 0),
    "most arguments": Math.max(...sizes),
    "fewest arguments": Math.min(...sizes),
    "nodes without arguments": sizes.filter((size) => size === 0).length,
    "arguments of last node": sizes.at(-1) ?? 0,
    values: counts.values,
    texts: counts.texts,
    numbers: counts.numbers,
    "flags and nulls": counts.flags,
    lists: counts.lists,
    "longest list": counts.listMax,
    "deepest nesting": counts.depthMax,
    "characters of texts": counts.textChars,
    "longest text": counts.textCharsMax,
    references: counts.references,
    "nodes that refer": refer,
    "nodes referred to": referred.size,
  };
}

function countValue(value: JsonValue, counts: ValueCounts, referred: Set<string>, depth: number): void {
  counts.depthMax = Math.max(counts.depthMax, depth);
  if (typeof value === "object" && value !== null) {
    const id = toReferencedId(value);
    if (id !== undefined) {
      counts.references++;
      referred.add(id);
      return;
    }
    const members = Array.isArray(value) ? value : Object.keys(value).map((key) => value[key] as JsonValue);
    if (Array.isArray(value)) {
      counts.lists++;
      counts.listMax = Math.max(counts.listMax, members.length);
    }
    for (const member of members) countValue(member, counts, referred, depth + 1);
    return;
  }
  counts.values++;
  if (typeof value === "string") {
    counts.texts++;
    counts.textChars += value.length;
    counts.textCharsMax = Math.max(counts.textCharsMax, value.length);
  } else if (typeof value === "number") counts.numbers++;
  else counts.flags++;
}

function countTools(nodes: readonly EnergyNode[]) {
  const calls = new Map<string, number>();
  const hashes = new Set<unknown>();
  for (const node of nodes) {
    calls.set(node.tool_name, (calls.get(node.tool_name) ?? 0) + 1);
    hashes.add("provenance_hash" in node ? node.provenance_hash : node.node_id);
  }
  return {
    "distinct tools": calls.size,
    "most calls of a tool": Math.max(...calls.values()),
    "hashes that repeat": nodes.length - hashes.size,
  };
}
