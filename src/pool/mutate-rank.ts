import type { Transform } from "#contract";
import { countKey } from "../schema/mutation-counts.ts";
import { toPlanHash } from "../schema/pair.ts";
import type { Sample } from "../schema/sample.ts";
import { type Counts, createCounts } from "../schema/tally.ts";
import type { OpenedPools } from "./mutate/open-pools.ts";
import { toParent } from "./mutate/to-parent.ts";
import { createDeadLanes } from "./mutate-dead-lanes.ts";
import type { Lane, LaneSet } from "./mutate-lane.ts";
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
  work: RankWork,
  { lanes, ownLanes }: LaneSet,
  tools: ParentTools,
): SliceResult {
  const counts = createCounts();
  const faults = new Map<string, string>();
  const places = createPlaceBuffer();
  const dead = createDeadLanes(slice, lanes.length, work.known.dead);
  const repeats = new Set(work.known.repeats);
  const banded = lanes.map((lane, index) => ({ lane, index, band: work.bands[lane.name] }));
  for (const { sample, i } of readSamples(
    slice,
    () => undefined,
    (i) => repeats.has(i) || dead.isDead(i, banded, work.probeShare),
  )) {
    const planHash = toPlanHash(sample.execution_plan);
    const trier = createLazyTrier(sample, work, tools, faults);
    for (const { lane, index, band } of banded) {
      if (!band) continue;
      for (const variant of listVariants(band)) {
        if (variant > 0 && (dead.has(i, index) || !trier.applies(lane))) {
          dead.add(i, index);
          break;
        }
        const rankPlace = () => toPlace(variant, toRankHash(seed, planHash, lane.name, variant));
        // Of a variant that lies in the band as a whole, the place is asked for only if it passes.
        if (!covers(band, variant) && !isWithin(band, rankPlace())) continue;
        const tried = trier.attempt(lane, variant);
        if (tried.kind === "na" && variant === 0) dead.add(i, index);
        countTried(counts, lane.name, tried);
        if (tried.kind === "verified") places.add(index, rankPlace());
      }
    }
    if (toPlace(0, toRankHash(seed, planHash, "probe", 0)) < work.probeShare) {
      countProbe(counts, { lanes, ownLanes }, sample.metadata.track, trier);
    }
  }
  const told = { counts, places: places.take(), faults: [...faults.values()], dead: dead.take() };
  return toCountsResult(slice, told);
}

/** Most parents of a later pass have nothing that is tried on them: what trying takes is made when it is needed. */
function createLazyTrier(
  sample: Sample,
  { positives }: RankWork,
  { pools, stages }: ParentTools,
  faults: Map<string, string>,
): Trier<unknown> {
  let made: Trier<unknown> | undefined;
  const trier = () => {
    made ??= createTrier(toParent(sample, pools, stages), positives, (lane, message) => {
      if (!faults.has(lane)) faults.set(lane, message);
    });
    return made;
  };
  return {
    applies: (lane) => trier().applies(lane),
    attempt: (lane, variant) => trier().attempt(lane, variant),
  };
}

function* listVariants([from, to]: Band): Generator<number> {
  for (let variant = Math.floor(from); variant < to; variant++) yield variant;
}

function covers([from, to]: Band, variant: number): boolean {
  return from <= variant && variant + 1 <= to;
}

function isWithin([from, to]: Band, place: number): boolean {
  return from <= place && place < to;
}

type Band = readonly [from: number, to: number];

/** A mutator applies to a parent if one of its lanes does. */
function countProbe(
  counts: Counts,
  { lanes, ownLanes }: Pick<LaneSet, "lanes" | "ownLanes">,
  track: string,
  trier: Trier<unknown>,
): void {
  const passes = (lane: Lane) => trier.attempt(lane, 0).kind === "verified";
  for (const [mutator, own] of Map.groupBy(lanes, (lane) => lane.mutator)) {
    const tried = own.map((lane): Tried<unknown> => trier.attempt(lane, 0));
    const verified = tried.filter((one) => one.kind === "verified");
    const count = (what: string) => countKey(counts, ["probe", mutator, track, what]);
    count("parents");
    if (tried.some(({ kind }) => kind !== "na")) count("applicable");
    if (verified.length > 0) count("verified");
    if (ownLanes.some((lane) => lane.mutator === mutator && passes(lane))) count("own");
  }
}
