import type { Mutations } from "../../schema/mutation-manifest.ts";
import type { MutationSettings } from "../../schema/settings.ts";
import type { Band } from "./mutation-state.ts";

/** What is known of a lane's candidates: how far they were tried, and how many of those passed. */
export type LaneYield = {
  readonly lane: string;
  readonly mutator: string;
  readonly available: number;
  /** Candidates with places before this were tried. */
  readonly triedTo: number;
  /** True if there is nothing left to try. */
  readonly isExhausted: boolean;
};

type Wanted = Pick<MutationSettings, "target" | "ratio">;

/** What to do next: try more candidates, or draw so many of each lane. */
export type NextStep =
  | { readonly kind: "try"; readonly bands: Readonly<Record<string, Band>> }
  | { readonly kind: "draw"; readonly taken: Readonly<Record<string, number>> };

/**
 * Decides how many candidates of each lane are taken, or which must be tried before that can be known.
 *
 * The shares are whole multiples of the ratio, so they are exact. What one mutator lacks, all lack: the multiple is the
 * largest for which each has enough. Inside a mutator the lanes give equal numbers; what a lane has not, the others give.
 * The numbers depend on what there is, not on how far it was tried at a time: a lane is tried until it has its part, or to
 * its end.
 */
export function decideNext(
  { target, ratio, variants_max: variantsMax }: Wanted & Pick<MutationSettings, "variants_max">,
  yields: readonly LaneYield[],
  parents: number,
): NextStep {
  const unit = toUnit({ target, ratio }, yields);
  const bands: Record<string, Band> = {};
  const taken: Record<string, number> = {};
  for (const [mutator, weight] of Object.entries(ratio)) {
    const lanes = yields.filter((lane) => lane.mutator === mutator);
    const parts = shareOut(unit * weight, lanes.map(toCapacity));
    for (const [i, part] of parts.entries()) {
      const lane = lanes[i] as LaneYield;
      if (part > 0) taken[lane.lane] = part;
      if (lane.available >= part || lane.isExhausted) continue;
      bands[lane.lane] = [lane.triedTo, toReach(lane, part, parents, variantsMax)];
    }
  }
  return Object.keys(bands).length > 0 ? { kind: "try", bands } : { kind: "draw", taken };
}

/** Of the mutators that keep the shares below the target, the one that lacks most; undefined if nothing lacks. */
export function toShortage({ target, ratio }: Wanted, yields: readonly LaneYield[]): Mutations["shortage"] {
  const wantedUnit = target === null ? null : Math.floor(target / sumOf(Object.values(ratio)));
  const units = toUnits(ratio, yields).sort((a, b) => a.unit - b.unit || (a.mutator < b.mutator ? -1 : 1));
  const [least] = units;
  if (!least || least.unit === Number.POSITIVE_INFINITY) return undefined;
  if (wantedUnit !== null && least.unit >= wantedUnit) return undefined;
  const { mutator } = least;
  const available = sumOf(yields.filter((lane) => lane.mutator === mutator).map((lane) => lane.available));
  return { mutator, available, wanted: wantedUnit === null ? null : wantedUnit * (ratio[mutator] as number) };
}

/** How often the ratio fits: into the target, and into what each mutator has or may yet have. */
function toUnit({ target, ratio }: Wanted, yields: readonly LaneYield[]): number {
  const ofTarget = target === null ? Number.POSITIVE_INFINITY : Math.floor(target / sumOf(Object.values(ratio)));
  return Math.min(ofTarget, ...toUnits(ratio, yields).map(({ unit }) => unit));
}

function toUnits(ratio: MutationSettings["ratio"], yields: readonly LaneYield[]): { mutator: string; unit: number }[] {
  return Object.entries(ratio).map(([mutator, weight]) => {
    const capacity = sumOf(yields.filter((lane) => lane.mutator === mutator).map(toCapacity));
    return { mutator, unit: capacity === Number.POSITIVE_INFINITY ? capacity : Math.floor(capacity / weight) };
  });
}

function toCapacity({ available, isExhausted }: LaneYield): number {
  return isExhausted ? available : Number.POSITIVE_INFINITY;
}

/**
 * Shares `whole` out over places that hold so many each: the same to all, as far as they hold it, and what is left over to
 * the first that have room. An infinite whole fills all of them.
 */
export function shareOut(whole: number, capacities: readonly number[]): number[] {
  const ascending = [...capacities].sort((a, b) => (a < b ? -1 : 1));
  let left = whole;
  let level = Number.POSITIVE_INFINITY;
  for (const [done, capacity] of ascending.entries()) {
    const even = Math.floor(left / (ascending.length - done));
    if (capacity > even) {
      level = even;
      left -= even * (ascending.length - done);
      break;
    }
    left -= capacity;
  }
  return capacities.map((capacity) => {
    if (capacity <= level) return capacity;
    return left-- > 0 ? level + 1 : level;
  });
}

/**
 * How far a lane must be tried until it has `part`, by what it gave so far, with something to spare. All first variants are
 * tried at once: to make a parent ready costs more than to try them.
 */
function toReach({ available, triedTo }: LaneYield, part: number, parents: number, variantsMax: number): number {
  if (part === Number.POSITIVE_INFINITY) return variantsMax;
  if (triedTo === 0) return Math.min(variantsMax, Math.max(1, Math.ceil((part + spare(part)) / parents)));
  if (available === 0) return Math.min(variantsMax, triedTo * GROWTH_MAX);
  const missing = part - available;
  const perPlace = available / triedTo;
  const reach = triedTo + (missing + spare(missing)) / perPlace;
  return Math.min(variantsMax, triedTo * GROWTH_MAX, Math.max(triedTo * GROWTH_LEAST, reach));
}

/** A lane's yield is an estimate: it is not trusted further than this. */
const GROWTH_MAX = 16;
/** Later variants give less than the first ones: many small steps would follow. */
const GROWTH_LEAST = 1.5;

/** Four standard deviations of how many come by chance, so that one more pass is rare. */
function spare(count: number): number {
  return 4 * Math.sqrt(count) + 8;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
