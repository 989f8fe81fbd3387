import { countKey } from "../schema/mutation-counts.ts";
import type { Counts } from "../schema/tally.ts";
import type { Parent } from "./mutate/to-parent.ts";
import type { Lane, MadeCandidate } from "./mutate-lane.ts";
import { holdsKey, toPositiveKey } from "./mutate-positives.ts";

/** What became of a candidate. */
export type Tried<Piece> =
  | { readonly kind: "na" | "rejected"; readonly reason: string }
  | { readonly kind: "verified"; readonly toPiece: () => Piece; readonly isApart: boolean };

type Made<Piece> = MadeCandidate<Piece> | { readonly kind: "na" | "rejected"; readonly reason: string };

/** Tries the candidates of one parent; the same one twice costs nothing. */
export type Trier<Piece> = {
  /** False if the operator does not apply in its first variant: then it is tried in no other. */
  applies(lane: Lane<Piece>): boolean;
  attempt(lane: Lane<Piece>, variant: number): Tried<Piece>;
};

/**
 * Tries candidates of `parent`. A later variant that gives the same plan as an earlier one of its lane is rejected as
 * `repeats`, a plan that some parent has for the same request as `is_positive`. What a plug-in throws is its fault alone:
 * rejected as `threw`, and told to `onFault`.
 */
export function createTrier<Piece>(
  parent: Parent,
  positives: BigUint64Array,
  onFault: (lane: string, message: string) => void,
): Trier<Piece> {
  const made = new Map<Lane<Piece>, Made<Piece>[]>();
  const tried = new Map<Lane<Piece>, Tried<Piece>[]>();

  function make(lane: Lane<Piece>, variant: number): Made<Piece> {
    return remember(made, lane, variant, () => {
      try {
        const candidate = lane.make(parent, variant);
        return "na" in candidate ? { kind: "na", reason: candidate.na } : candidate;
      } catch (error) {
        onFault(lane.name, `${lane.name}: ${error}`);
        return { kind: "rejected", reason: "threw" };
      }
    });
  }

  function judge(lane: Lane<Piece>, variant: number): Tried<Piece> {
    const candidate = make(lane, variant);
    if ("reason" in candidate) return candidate;
    for (let earlier = 0; earlier < variant; earlier++) {
      const other = make(lane, earlier);
      if (!("reason" in other) && candidate.isSame(other)) return { kind: "rejected", reason: "repeats" };
    }
    const verdict = candidate.verify();
    if ("rejected" in verdict) return { kind: "rejected", reason: verdict.rejected };
    if (positives.length > 0 && holdsKey(positives, toPositiveKey(parent.request, candidate.plan)))
      return { kind: "rejected", reason: "is_positive" };
    return { kind: "verified", toPiece: verdict.toPiece, isApart: candidate.isApart };
  }

  return {
    applies(lane) {
      const first = make(lane, 0);
      return !("reason" in first && first.kind === "na");
    },
    attempt: (lane, variant) => remember(tried, lane, variant, () => judge(lane, variant)),
  };
}

/** Counts what became of a candidate, under its lane. */
export function countTried(counts: Counts, lane: string, tried: Tried<unknown>): void {
  countKey(counts, ["lane", lane, "tried"]);
  if (tried.kind !== "verified") {
    countKey(counts, ["lane", lane, tried.kind, tried.reason]);
    return;
  }
  countKey(counts, ["lane", lane, "verified"]);
  if (tried.isApart) countKey(counts, ["lane", lane, "apart"]);
}

function remember<Key, Value>(map: Map<Key, Value[]>, key: Key, place: number, make: () => Value): Value {
  let list = map.get(key);
  if (!list) {
    list = [];
    map.set(key, list);
  }
  list[place] ??= make();
  return list[place];
}
