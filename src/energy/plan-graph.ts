import type { Call } from "./data-flow.ts";
import type { EnergyPlan } from "./plan.ts";

/** What is wrong with, and what there is of, a plan's graph. */
export type GraphShape = {
  /** Weakly connected parts, by edges and references. */
  readonly components: number;
  /** Rings: strongly connected parts of more than one node, and nodes with an edge to themselves. */
  readonly rings: number;
  /** Edges whose ends are not both nodes of the plan. */
  readonly looseEdges: number;
  /** The other edges, as indexes of nodes. */
  readonly pairs: readonly (readonly [from: number, to: number])[];
};

/** The shape of a plan's graph; the same for any order of nodes and edges and any ids. */
export function toGraphShape({ nodes, edges }: EnergyPlan, calls: readonly Call[]): GraphShape {
  const count = nodes.length;
  const hasInputs = calls.some(({ inputs }) => inputs.length > 0);
  if (edges.length === 0 && !hasInputs) return { components: count, rings: 0, looseEdges: 0, pairs: [] };
  const indexes = new Map<string, number>();
  for (let i = 0; i < count; i++) indexes.set((nodes[i] as (typeof nodes)[number]).node_id, i);
  const parents = Array.from({ length: count }, (_, i) => i);
  const successors: number[][] = Array.from({ length: count }, () => []);
  const pairs: (readonly [number, number])[] = [];
  let components = count;
  let looseEdges = 0;
  const join = (from: number, to: number) => {
    const [a, b] = [toRoot(parents, from), toRoot(parents, to)];
    if (a === b) return;
    parents[a] = b;
    components--;
  };
  for (const [from, to] of edges) {
    const [a, b] = [indexes.get(from), indexes.get(to)];
    if (a === undefined || b === undefined) looseEdges++;
    else {
      successors[a]?.push(b);
      pairs.push([a, b]);
      join(a, b);
    }
  }
  for (let to = 0; hasInputs && to < count; to++) {
    for (const { from } of calls[to]?.inputs ?? []) {
      successors[from]?.push(to);
      join(from, to);
    }
  }
  return { components, rings: countRings(successors), looseEdges, pairs };
}

function toRoot(parents: number[], node: number): number {
  let root = node;
  while (parents[root] !== root) root = parents[root] as number;
  parents[node] = root;
  return root;
}

/** Counts what remains in rings when all that can be put in an order is taken away; then tells the rings apart. */
function countRings(successors: readonly number[][]): number {
  const waits = new Array<number>(successors.length).fill(0);
  for (const list of successors) for (const to of list) waits[to] = (waits[to] as number) + 1;
  const ready: number[] = [];
  for (let i = 0; i < waits.length; i++) if (waits[i] === 0) ready.push(i);
  for (let at = 0; at < ready.length; at++) {
    for (const to of successors[ready[at] as number] as number[]) {
      waits[to] = (waits[to] as number) - 1;
      if (waits[to] === 0) ready.push(to);
    }
  }
  if (ready.length === successors.length) return 0;
  const reach = successors.map((_, node) => toReachable(successors, node));
  // A ring is counted by its first member: the one that none before it shares a ring with.
  return reach.filter((own, node) => own.has(node) && !hasEarlier(reach, own, node)).length;
}

function hasEarlier(reach: readonly ReadonlySet<number>[], own: ReadonlySet<number>, node: number): boolean {
  for (let other = 0; other < node; other++) if (own.has(other) && reach[other]?.has(node)) return true;
  return false;
}

function toReachable(successors: readonly number[][], start: number): ReadonlySet<number> {
  const seen = new Set<number>();
  const open = [start];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const to of successors[node] as number[]) {
      if (!seen.has(to)) {
        seen.add(to);
        open.push(to);
      }
    }
  }
  return seen;
}
