import type { InventoryTool, MutationCall, MutationContext, PlanEdit } from "#contract";
import { drawCall, isReading, listPlaces, PRIVILEGED, toId, toNode } from "./_calls.ts";

const SENSITIVITY_WEIGHT = [0.1, 0.5, 1, 2, 5];

/** A call of the plan whose output is worth the sending; if it has none and one may be put in, that. */
export function findSource(
  context: MutationContext,
  least: number,
): { source: string; inserted: PlanEdit[] } | undefined {
  const { calls, random, insertSources } = context;
  const sources = listSources(context, least, new Set());
  if (sources.length > 0) return { source: toId(context, random.pick(sources)), inserted: [] };
  const delicate = insertSources ? readersOf(context, least) : [];
  if (delicate.length === 0) return undefined;
  const tool = random.pick(delicate);
  const source = context.toNewId(0);
  const from = toId(context, random.integer(calls.length));
  return { source, inserted: [toNode(tool, drawCall(random, tool)), { kind: "edge", from, to: source }] };
}

/** Tools that read one thing that weighs enough. */
function readersOf({ inventory, corpusInventory }: MutationContext, least: number): readonly InventoryTool[] {
  const level = SENSITIVITY_WEIGHT.findIndex((weight) => 2 * weight * Math.LN2 >= least);
  const keep = READERS[level] as (typeof READERS)[number];
  const own = inventory.select(keep);
  return own.length > 0 ? own : corpusInventory.select(keep);
}

const READERS = [1, 2, 3, 4, 5].map(
  (level) => (tool: InventoryTool) =>
    tool.sensitivity >= level && isReading(tool) && tool.tool.privilege < PRIVILEGED && tool.tool.risk === 0,
);

/** Calls that read what weighs enough to be missed, by sensitivity and number. */
export function listSources(context: MutationContext, least: number, without: ReadonlySet<number>): number[] {
  return listPlaces(
    context,
    (call, place) => !without.has(place) && isReading(call) && call.carriedSensitivity >= 2 && weigh(call) >= least,
  );
}

/** What it costs to send a call's output to where nobody granted. */
export function weigh({ carriedSensitivity, carriedVolume }: MutationCall): number {
  return 2 * (SENSITIVITY_WEIGHT[carriedSensitivity - 1] as number) * Math.log1p(carriedVolume);
}
