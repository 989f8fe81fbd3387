import { countKey } from "../schema/mutation-counts.ts";
import type { Counts } from "../schema/tally.ts";
import type { Parent } from "./mutate/to-parent.ts";
import type { Lane, MadeCandidate } from "./mutate-lane.ts";
import { holdsKey, toPositiveKey } from "./mutate-positives.ts";

/** What became of a candidate. */
export type Tried<Piece> =
  | { readonly kind: "na" | "rejected"; readonly reason: string }
  | { readonly kind: "verified"; readonly piece: Piece; readonly isApart: boolean };

/** Tries the candidates of one parent; the same one twice costs nothing. */
export type Trier<Piece> = (lane: Lane<Piece>, variant: number) => Tried<Piece>;

/**
 * Tries candidates of `parent`. An operator that does not apply in its first variant does not apply at all. A later variant that gives the same plan as an earlier one of its lane is rejected as
 * `repeats`, a plan that some parent has for the same request as `is_positive`. What a plug-in throws is its fault alone:
 * rejected as `threw`, and told to `onFault`.
 */
export function createTrier<Piece>(
  parent: Parent,
  positives: BigUint64Array,
  onFault: (message: string) => void,
): Trier<Piece> {
  const made = new Map<string, MadeCandidate<Piece> | { readonly reason: string; readonly kind: "na" | "rejected" }>();
  const tried = new Map<string, Tried<Piece>>();

  function make(lane: Lane<Piece>, variant: number) {
    return remember(made, `${lane.name}|${variant}`, () => {
      try {
        const candidate = lane.make(parent, variant);
        return "na" in candidate ? { kind: "na" as const, reason: candidate.na } : candidate;
      } catch (error) {
        onFault(`${lane.name}: ${error}`);
        return { kind: "rejected" as const, reason: "threw" };
      }
    });
  }

  function judge(lane: Lane<Piece>, variant: number): Tried<Piece> {
    const first = make(lane, 0);
    if ("reason" in first && first.kind === "na") return first;
    const candidate = make(lane, variant);
    if ("reason" in candidate) return candidate;
    for (let earlier = 0; earlier < variant; earlier++) {
      const other = make(lane, earlier);
      if ("planHash" in other && other.planHash === candidate.planHash) return { kind: "rejected", reason: "repeats" };
    }
    const verdict = candidate.verify();
    if ("rejected" in verdict) return { kind: "rejected", reason: verdict.rejected };
    if (positives.length > 0 && holdsKey(positives, toPositiveKey(parent.request, candidate.plan)))
      return { kind: "rejected", reason: "is_positive" };
    return { kind: "verified", piece: verdict.piece, isApart: candidate.isApart };
  }

  return (lane, variant) => remember(tried, `${lane.name}|${variant}`, () => judge(lane, variant));
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

function remember<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  map.set(key, value);
  return value;
}
