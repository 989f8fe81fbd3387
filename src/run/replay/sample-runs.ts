import type { Replayed } from "../../schema/manifest.ts";

/** Where the samples of a replay stand among those of their loader. */
export type ReplaySpan = Pick<Replayed, "samples_before" | "samples">;

/**
 * The run of samples that the one at place `ordinal` of its loader's belongs to: 0 for those of the run itself, n for those
 * of its nth replay. Within each run the rows rise.
 */
export function findRun(replayed: readonly ReplaySpan[], ordinal: number): number {
  const isIts = ({ samples_before, samples }: ReplaySpan) =>
    ordinal >= samples_before && ordinal < samples_before + samples;
  return 1 + replayed.findIndex(isIts);
}
