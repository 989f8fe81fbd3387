import type { Transform } from "#contract";
import { countKey } from "../schema/mutation-counts.ts";
import { toPlanHash } from "../schema/pair.ts";
import { type Counts, createCounts } from "../schema/tally.ts";
import type { OpenedPools } from "./mutate/open-pools.ts";
import { toParent } from "./mutate/to-parent.ts";
import type { LaneSet } from "./mutate-lane.ts";
import type { MutateOrder, MutateWork } from "./mutate-order.ts";
import { createPlaceBuffer, toPlace, toRankHash } from "./mutate-place.ts";
import { type MutateSlice, readSamples, toCountsResult } from "./mutate-read.ts";
import { countTried, createTrier, type Tried, type Trier } from "./mutate-try.ts";
import type { SliceResult } from "./slice-task.ts";

/** What parents are made with. */
export type ParentTools = { readonly pools: OpenedPools; readonly stages: readonly Transform[] };

type RankWork = Extract<MutateWork, { kind: "rank" }>;

/**
 * Tries the candidates whose places lie in their lanes' bands, and tells the places of those that pass. For a drawn share of
 * the parents it also tries each lane once, for the table of applicability.
 */
export function rankCandidates(
  slice: MutateSlice,
  { seed }: MutateOrder,
  { bands, probeShare, positives }: RankWork,
  { lanes }: LaneSet,
  { pools, stages }: ParentTools,
): SliceResult {
  const counts = createCounts();
  const faults = new Map<string, string>();
  const places = createPlaceBuffer();
  const banded = lanes.map((lane) => bands[lane.name]);
  for (const { sample } of readSamples(slice, () => undefined)) {
    const planHash = toPlanHash(sample.execution_plan);
    const isProbed = toPlace(0, toRankHash(seed, planHash, "probe", 0)) < probeShare;
    const waiting = listCandidates(seed, planHash, lanes, banded);
    if (waiting.length === 0 && !isProbed) continue;
    const parent = toParent(sample, pools, stages);
    const attempt: Trier<unknown> = createTrier(parent, positives, (message) => {
      const lane = message.slice(0, message.indexOf(":"));
      if (!faults.has(lane)) faults.set(lane, message);
    });
    for (const { index, variant, place } of waiting) {
      const lane = lanes[index] as (typeof lanes)[number];
      const tried = attempt(lane, variant);
      countTried(counts, lane.name, tried);
      if (tried.kind === "verified") places.add(index, place);
    }
    if (isProbed) countProbe(counts, lanes, sample.metadata.track, attempt);
  }
  return toCountsResult(slice, { counts, places: places.take(), faults: [...faults.values()] });
}

type Waiting = { readonly index: number; readonly variant: number; readonly place: number };

function listCandidates(
  seed: string,
  planHash: string,
  lanes: LaneSet["lanes"],
  banded: readonly (readonly [number, number] | undefined)[],
): Waiting[] {
  const waiting: Waiting[] = [];
  for (const [index, band] of banded.entries()) {
    if (!band) continue;
    const [from, to] = band;
    const { name } = lanes[index] as LaneSet["lanes"][number];
    for (let variant = Math.floor(from); variant < to; variant++) {
      const place = toPlace(variant, toRankHash(seed, planHash, name, variant));
      if (place >= from && place < to) waiting.push({ index, variant, place });
    }
  }
  return waiting;
}

/** A mutator applies to a parent if one of its lanes does. */
function countProbe(counts: Counts, lanes: LaneSet["lanes"], track: string, attempt: Trier<unknown>): void {
  const byMutator = new Map<string, Tried<unknown>[]>();
  for (const lane of lanes) {
    const own = byMutator.get(lane.mutator) ?? [];
    byMutator.set(lane.mutator, own);
    own.push(attempt(lane, 0));
  }
  for (const [mutator, tried] of byMutator) {
    const verified = tried.filter((one) => one.kind === "verified");
    const count = (what: string) => countKey(counts, ["probe", mutator, track, what]);
    count("parents");
    if (tried.some(({ kind }) => kind !== "na")) count("applicable");
    if (verified.length > 0) count("verified");
    if (verified.length > 0 && verified.every(({ isInserted }) => isInserted)) count("inserted");
  }
}
