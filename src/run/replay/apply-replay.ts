import type { JournalEvent } from "../../schema/journal.ts";
import type { Replayed } from "../../schema/manifest.ts";
import {
  addCount,
  addCounts,
  addDistributions,
  addTally,
  type Counts,
  sumCounts,
  type Tally,
} from "../../schema/tally.ts";
import type { LoaderState } from "../run-state.ts";

type ReplayEvent = Extract<JournalEvent, { event: "replay" }>;

/** A replay as a loader's state remembers it. */
export type Replay = Pick<ReplayEvent, "generation" | "code_sha256" | "columns" | "tally"> & {
  /** Samples of the loader that stand before those of the replay. */
  readonly samplesBefore: number;
};

/** Moves a loader's state on by a replay: its rows leave quarantine and end where they end now. */
export function applyReplay(loader: LoaderState, event: ReplayEvent): void {
  const { generation, code_sha256, columns, tally } = event;
  loader.replays.push({ generation, code_sha256, columns, tally, samplesBefore: loader.tally.samples });
  moveTally(loader.tally, event.taken, tally);
  addDistributions(loader.distributions, event.distributions);
  if (event.duplicates) addCounts(loader.duplicates, event.duplicates);
  loader.examples = new Map(Object.entries(event.examples));
  for (const path of listQuarantinePaths(loader.outputs)) loader.outputs.delete(path);
  for (const mark of event.parts) loader.outputs.set(mark.path, mark);
  if (event.quarantine) loader.outputs.set(event.quarantine.path, event.quarantine);
  loader.ended = event.ended;
  // Its samples stand behind what was let go of.
  loader.released = undefined;
}

/** Takes rows out of an account's quarantine and counts them where they end now. They stay rows that were read once. */
export function moveTally(tally: Tally, taken: Counts, became: Tally): void {
  for (const [reason, rows] of Object.entries(taken)) addCount(tally.quarantined, reason, -rows);
  addTally(tally, became);
  tally.rows_read -= sumCounts(taken);
}

/** The files of a loader that hold quarantined rows, in order. */
export function listQuarantinePaths(outputs: ReadonlyMap<string, unknown>): string[] {
  return [...outputs.keys()].filter((path) => path.startsWith("quarantine/"));
}

/** What a manifest says of a loader's replays; nothing if there were none. */
export function toReplayedMember(replays: readonly Replay[]): { replayed?: Replayed[] } {
  if (replays.length === 0) return {};
  const replayed = replays.map(({ generation, code_sha256, columns, samplesBefore, tally }) => ({
    generation,
    code_sha256,
    columns: [...columns],
    samples_before: samplesBefore,
    rows: tally.rows_read,
    added: tally.added,
    samples: tally.samples,
    dropped: sumCounts(tally.dropped),
    quarantined: sumCounts(tally.quarantined),
  }));
  return { replayed };
}
