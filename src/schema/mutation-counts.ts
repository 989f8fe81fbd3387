import { addCount, type Counts } from "./tally.ts";

// What a mutation run counts, as flat maps that add up in any order. Parts of a key are joined by "|", which no name,
// track or reason holds.

/** Counts of candidates that were tried, by lane (`mutator/operator`). */
export const LANE_COUNTS = ["tried", "verified", "apart", "na", "rejected"] as const;
/** Counts of the parents that were looked at for the table of applicability, by mutator and track. */
export const PROBE_COUNTS = ["parents", "applicable", "verified", "own"] as const;
/** Counts of what stands in the records. */
export const MADE_COUNTS = ["taken", "apart", "split", "per_parent", "decoys"] as const;

export function countKey(counts: Counts, key: readonly string[], by = 1): void {
  addCount(counts, key.join("|"), by);
}

/** The count at a key; 0 if there is none. */
export function readCount(counts: Counts, ...key: readonly string[]): number {
  return counts[key.join("|")] ?? 0;
}

/** The counts whose keys begin with these parts, by the next part, in code-unit order. */
export function listCounts(counts: Counts, ...start: readonly string[]): [name: string, count: number][] {
  const prefix = `${start.join("|")}|`;
  return Object.entries(counts)
    .filter(([key]) => key.startsWith(prefix) && !key.includes("|", prefix.length))
    .map(([key, count]): [string, number] => [key.slice(prefix.length), count])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
