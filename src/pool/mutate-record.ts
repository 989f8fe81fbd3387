import { hasLoneSurrogate } from "../schema/json-line.ts";
import { countKey } from "../schema/mutation-counts.ts";
import { addCount, countPlan, createCounts, createDistributions, createTally } from "../schema/tally.ts";
import { createLineBuffer } from "./line-buffer.ts";
import { toParent } from "./mutate/to-parent.ts";
import { createDeadLanes } from "./mutate-dead-lanes.ts";
import type { Drawn, Lane, LaneSet } from "./mutate-lane.ts";
import type { MutateOrder, MutateWork } from "./mutate-order.ts";
import { toPlace, toRankHash } from "./mutate-place.ts";
import type { ParentTools } from "./mutate-rank.ts";
import { type MutateSlice, readSamples } from "./mutate-read.ts";
import { createTrier, type Trier } from "./mutate-try.ts";
import { shortenMessage, toQuarantineLine } from "./quarantine-line.ts";
import { createFacts } from "./sample-facts.ts";
import type { SliceResult } from "./slice-task.ts";

type RecordWork = Extract<MutateWork, { kind: "record" }>;

// A thread works one slice at a time, so the buffers are free again when the next one begins.
const lines = createLineBuffer();
const quarantine = createLineBuffer();

/** Makes again what was drawn, and writes the records. Each parent ends as records, as a drop, or in quarantine. */
export function writeRecords(
  slice: MutateSlice,
  order: MutateOrder,
  work: RecordWork,
  laneSet: LaneSet,
  { pools, stages }: ParentTools,
): SliceResult {
  const { task, rows } = slice;
  const out = createOutput();
  const onFault: Parameters<typeof readSamples>[1] = (error, i) => {
    const { stage, reason, message } = error;
    const failed = { stage, reason, message, row: rows.rowIndex(i), rows: 1 };
    const line = toQuarantineLine(`${task.loader.track}/${task.loader.name}`, task.place, failed, rows.raw(i));
    out.addFailure(reason, message, line);
  };
  const lanes = laneSet.lanes.filter((lane) => Object.hasOwn(work.ratio, lane.mutator));
  const indexOf = new Map(laneSet.lanes.map((lane, index) => [lane, index]));
  const dead = createDeadLanes(slice, laneSet.lanes.length, work.known.dead);
  const repeats = new Set(work.known.repeats);
  const omit = (i: number) => {
    if (repeats.has(i)) {
      out.addDrop("repeated_parent");
      return true;
    }
    const isDead = lanes.every((lane) => dead.has(i, indexOf.get(lane) as number));
    if (isDead) out.addDrop("not_applicable");
    return isDead;
  };
  for (const { sample, i } of readSamples(slice, onFault, omit)) {
    const parent = toParent(sample, pools, stages);
    const trier = createTrier(parent, work.positives, () => undefined);
    const living = lanes.filter((lane) => !dead.has(i, indexOf.get(lane) as number));
    const drawn = listDrawn(order.seed, parent.planHash, living, work).filter(
      ({ lane, variant }) => variant === 0 || trier.applies(lane),
    );
    const pieces = drawn.flatMap((one): Drawn<unknown>[] => {
      const tried = trier.attempt(one.lane, one.variant);
      return tried.kind === "verified" ? [{ lane: one.lane, rankHash: one.rankHash, piece: tried.toPiece() }] : [];
    });
    if (pieces.length === 0) out.addDrop(toDropReason(living, trier));
    else out.addParent(laneSet.toLines(sample, parent, pieces), pieces);
  }
  return out.toResult(slice.end - slice.start);
}

type Candidate = { readonly lane: Lane; readonly variant: number; readonly rankHash: string };

/** Of a lane from which nothing is taken. */
const NOTHING = { last: -1 };

function listDrawn(seed: string, planHash: string, lanes: readonly Lane[], { lanes: cuts }: RecordWork): Candidate[] {
  const drawn: Candidate[] = [];
  for (const lane of lanes) {
    const { last } = cuts[lane.name] ?? NOTHING;
    for (let variant = 0; variant <= last; variant++) {
      const rankHash = toRankHash(seed, planHash, lane.name, variant);
      if (toPlace(variant, rankHash) <= last) drawn.push({ lane, variant, rankHash });
    }
  }
  return drawn;
}

/** Why a parent has no record: no operator applies, none passes the checks, or others were drawn. */
function toDropReason(lanes: readonly Lane[], trier: Trier<unknown>): string {
  let reason = "not_applicable";
  for (const lane of lanes) {
    const { kind } = trier.attempt(lane, 0);
    if (kind === "verified") return "not_drawn";
    if (kind === "rejected") reason = "rejected";
  }
  return reason;
}

function createOutput() {
  const tally = createTally();
  const distributions = createDistributions();
  const counts = createCounts();
  const examples: Record<string, string> = {};
  return {
    addDrop(reason: string): void {
      tally.rows_read++;
      addCount(tally.dropped, reason);
    },
    addFailure(reason: string, message: string, line: string): void {
      tally.rows_read++;
      addCount(tally.quarantined, reason);
      examples[reason] ??= shortenMessage(message);
      quarantine.add(line);
    },
    addParent(records: ReturnType<LaneSet["toLines"]>, pieces: readonly Drawn<unknown>[]): void {
      tally.rows_read++;
      tally.added += records.length - 1;
      countKey(counts, ["per_parent", String(pieces.length)]);
      for (const { lane } of pieces) countKey(counts, ["taken", lane.name]);
      for (const { line, split, decoys, plans } of records) {
        if (hasLoneSurrogate(line)) throw new Error(`a mutation made half of a surrogate pair: ${line.slice(0, 200)}`);
        tally.samples++;
        lines.add(line);
        countKey(counts, ["split", split]);
        if (decoys > 0) countKey(counts, ["decoys"], decoys);
        for (const { mutator, plan } of plans) countPlan(distributions, mutator, plan, 1);
      }
    },
    toResult: (rows: number): SliceResult => ({
      kind: "done",
      rows,
      tally,
      distributions,
      quarantineLines: quarantine.lines,
      sampleFacts: createFacts().take(),
      samples: lines.take(),
      quarantine: quarantine.take(),
      examples,
      mutated: { counts, faults: [] },
    }),
  };
}
