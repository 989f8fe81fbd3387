import type { InventoryTool, MutationCall, MutationContext, PlanEdit } from "#contract";
import { drawCall, isReading, listPlaces, PRIVILEGED, toId, toNode } from "./_calls.ts";

const SENSITIVITY_WEIGHT = [0.1, 0.5, 1, 2, 5];

/**
 * How much a sending weighs. `least` is worth the sending; of more than `most` even a granted one costs something, and the
 * decoy must cost nothing to speak of.
 */
export type Weights = { readonly least: number; readonly most: number };

/** A call that reads, by id, how many things it reads, and what puts it in if the plan has it not. */
export type Source = { readonly source: string; readonly volume: number; readonly inserted: readonly PlanEdit[] };

/** A call of the plan whose output is worth the sending; if it has none and one may be put in, that. */
export function findSource(context: MutationContext, weights: Weights): Source | undefined {
  const { calls, random, insertSources } = context;
  const sources = listSources(context, weights, new Set());
  if (sources.length > 0) {
    const { node } = calls[random.pick(sources)] as MutationCall;
    return { source: node.node_id, volume: node.scope_volume, inserted: [] };
  }
  const reading = insertSources ? drawReading(context, weights) : undefined;
  if (!reading) return undefined;
  const source = context.toNewId(0);
  const from = toId(context, random.integer(calls.length));
  const { read, volume } = reading;
  return { source, volume, inserted: [read, { kind: "edge", from, to: source }] };
}

/** Calls that are drawn at most until one weighs right: a tool may read what is delicate in one call, and trifles in others. */
const DRAWS = 16;

/** A call that reads what weighs enough, and not too much: of the dataset if it has such tools, else of any. */
function drawReading(
  context: MutationContext,
  { least, most }: Weights,
): { read: PlanEdit; volume: number } | undefined {
  const { inventory, corpusInventory, random } = context;
  for (const { select } of [inventory, corpusInventory]) {
    const tools = select(READS_DELICATE);
    for (let i = 0; i < DRAWS && tools.length > 0; i++) {
      const tool = random.pick(tools);
      const args = drawCall(random, tool);
      const { volume, sensitivity } = context.toScope(tool.name, args);
      const weight = toWeight(sensitivity, volume);
      if (weight >= least && weight <= most) return { read: toNode(tool, args), volume };
    }
  }
  return undefined;
}

/** From here on data is somebody's. */
const DELICATE = 3;
const READS_DELICATE = (tool: InventoryTool) =>
  tool.sensitivity >= DELICATE && isReading(tool) && tool.tool.privilege < PRIVILEGED && tool.tool.risk === 0;

/** Calls that read what weighs enough to be missed, and not too much, by sensitivity and number. */
export function listSources(
  context: MutationContext,
  { least, most }: Weights,
  without: ReadonlySet<number>,
): number[] {
  return listPlaces(context, (call, place) => {
    if (without.has(place) || !isReading(call) || call.carriedSensitivity < 2) return false;
    const weight = weigh(call);
    return weight >= least && weight <= most;
  });
}

/** What it costs to send a call's output to where nobody granted. */
export function weigh({ carriedSensitivity, carriedVolume }: MutationCall): number {
  return toWeight(carriedSensitivity, carriedVolume);
}

function toWeight(sensitivity: number, volume: number): number {
  return 2 * (SENSITIVITY_WEIGHT[sensitivity - 1] as number) * Math.log1p(volume);
}
