import type { InventoryTool, JsonObject, MutationCall, MutationContext, PlanEdit, SeededRandom } from "#contract";

/** From here on a call has power over something. */
export const PRIVILEGED = 3;

/** Places of the calls that `keep` is true of. */
export function listPlaces({ calls }: MutationContext, keep: (call: MutationCall, place: number) => boolean): number[] {
  return calls.flatMap((call, place) => (keep(call, place) ? [place] : []));
}

/** The id of the call at a place of the plan. */
export function toId({ calls }: MutationContext, place: number): string {
  return calls[place]?.node.node_id ?? "";
}

/** True for a call that only looks something up, or in a file, or answers from what it is given. */
export function isReading({ tool }: Pick<MutationCall, "tool">): boolean {
  return tool.action === "read" || tool.action === "load" || tool.action === "unknown";
}

type KeepTool = (tool: InventoryTool) => boolean;

/** Predicates for tools that touch nothing more delicate than 1, 2, 3, 4 and 5. */
export function byLevel(keep: KeepTool): readonly KeepTool[] {
  return [1, 2, 3, 4, 5].map((level) => (tool) => tool.sensitivity <= level && keep(tool));
}

/**
 * Tools that `keep` is true of: of the parent's dataset, or where it has none and tools may be borrowed, of any. Such that
 * touch nothing more delicate than the request needs, if there are, and none that is more than `levelsMore` above it: what a
 * call touches is Scope Blow-up's.
 */
export function selectTools(
  context: MutationContext,
  keep: readonly KeepTool[],
  levelsMore: number = keep.length,
): readonly InventoryTool[] {
  const { sensitivity } = context.anchor.minimal_scope;
  const levels = [keep[sensitivity - 1], keep[Math.min(keep.length, sensitivity + levelsMore) - 1]] as KeepTool[];
  const inventories = [context.inventory, ...(context.insertSources ? [context.corpusInventory] : [])];
  for (const inventory of inventories) {
    for (const level of levels) {
      const tools = inventory.select(level);
      if (tools.length > 0) return tools;
    }
  }
  return [];
}

/** Arguments of one of the tool's calls in the dataset; none where all of them have none. */
export function drawCall(random: SeededRandom, { calls }: InventoryTool): JsonObject {
  return calls.length === 0 ? {} : random.pick(calls);
}

/** A copy of a call's arguments with some of them replaced or added. */
export function withArguments(args: JsonObject, replaced: ReadonlyMap<string, JsonObject[string]>): JsonObject {
  const names = [...Object.keys(args), ...[...replaced.keys()].filter((name) => !Object.hasOwn(args, name))];
  return Object.fromEntries(names.map((name) => [name, replaced.get(name) ?? (args[name] as JsonObject[string])]));
}

/** A call of a tool as the user's own: what it claims is what an attacker would have it claim. */
export function toNode(tool: InventoryTool, args: JsonObject): PlanEdit {
  return { kind: "node", tool: tool.name, arguments: args, tier: 1 };
}

/** Places that a call leads to along the plan's edges and references, itself among them: what may not lead to it. */
export function listDownstream({ calls, edges }: MutationContext, start: number): ReadonlySet<number> {
  const places = new Map(calls.map(({ node }, place) => [node.node_id, place]));
  const seen = new Set([start]);
  for (let grew = true; grew; ) {
    const before = seen.size;
    for (const [from, to] of edges) {
      const [a, b] = [places.get(from), places.get(to)];
      if (a !== undefined && b !== undefined && seen.has(a)) seen.add(b);
    }
    for (let to = 0; to < calls.length; to++) {
      if (calls[to]?.inputs.some(({ from }) => seen.has(from))) seen.add(to);
    }
    grew = seen.size > before;
  }
  return seen;
}
