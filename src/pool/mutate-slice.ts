import { parseOwnLine } from "../formats/parse-json.ts";
import { decodeText } from "../formats/text-rows.ts";
import { toPlanHash } from "../schema/pair.ts";
import { IDENTITY_BYTES } from "../schema/plan-identity.ts";
import { createCounts } from "../schema/tally.ts";
import { forgetTexts } from "./mutate/canonical-texts.ts";
import { createPoolCollector } from "./mutate/collect-pools.ts";
import { loadLanes, loadPools, loadStages } from "./mutate-load.ts";
import type { MutateOrder } from "./mutate-order.ts";
import { toPositiveKey } from "./mutate-positives.ts";
import { rankCandidates } from "./mutate-rank.ts";
import { type MutateSlice, readSamples, toCountsResult } from "./mutate-read.ts";
import { writeRecords } from "./mutate-record.ts";
import type { SliceResult, SliceTask } from "./slice-task.ts";

/** Works a slice of samples: gathers what they hold, tries their mutations, or writes the records of those that were drawn. */
export async function mutateSlice(task: SliceTask, order: MutateOrder): Promise<SliceResult> {
  if (task.payload.kind !== "text") throw new Error(`samples come as text, not as ${task.payload.kind}`);
  const rows = decodeText(task.payload, true, parseOwnLine);
  const slice = { task, rows, start: task.skip, end: Math.min(rows.length, task.skip + task.rowsMax) };
  const { work } = order;
  if (work.kind === "census") return takeCensus(slice);
  const laneSet = await loadLanes(order);
  const parents = { pools: loadPools(work), stages: await loadStages(task.loader.trackUrl) };
  return work.kind === "rank"
    ? rankCandidates(slice, order, work, laneSet, parents)
    : writeRecords(slice, order, work, laneSet, parents);
}

function takeCensus(slice: MutateSlice): SliceResult {
  const pools = createPoolCollector();
  const positives: bigint[] = [];
  const rows: number[] = [];
  const identities: string[] = [];
  for (const { sample, i } of readSamples(slice, () => undefined)) {
    forgetTexts();
    pools.add(sample);
    positives.push(toPositiveKey(sample.metadata.request, sample.execution_plan));
    rows.push(i);
    identities.push(toPlanHash(sample.execution_plan).slice(0, 2 * IDENTITY_BYTES));
  }
  const parents = {
    rows: Uint32Array.from(rows),
    identities: Uint8Array.from(Buffer.from(identities.join(""), "hex")),
  };
  const mutated = {
    counts: createCounts(),
    pools: pools.take(),
    parents,
    positives: BigUint64Array.from(positives),
    faults: [],
  };
  return toCountsResult(slice, mutated);
}
