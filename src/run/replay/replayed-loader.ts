import type { JournalEvent } from "../../schema/journal.ts";
import { type Counts, toSortedCounts } from "../../schema/tally.ts";
import { type LoaderState, type RunState, UNREADABLE_FILE } from "../run-state.ts";

/** What a replay made of one loader's quarantine. */
export type ReplayedLoader = {
  readonly id: string;
  /** Undefined if every row failed again as before. */
  readonly generation: number | undefined;
  /** Rows that were taken out of quarantine. `rows + added = samples + dropped + failed`. */
  readonly rows: number;
  readonly added: number;
  readonly samples: number;
  readonly dropped: Counts;
  /** Rows that failed again, by what is wrong with them now. */
  readonly failed: Counts;
  /** All rows that are in quarantine now, those that were not chosen too, by reason. */
  readonly quarantined: Counts;
  /** Files that could not be opened when they were read: a replay can't know their rows. */
  readonly filesUnreadable: number;
  readonly status: string;
  readonly reason: string | undefined;
};

export function toReplayedLoader(event: Extract<JournalEvent, { event: "replay" }>, state: RunState): ReplayedLoader {
  const { tally, generation, loader } = event;
  const { added, samples, dropped, quarantined } = tally;
  return {
    ...toUntouchedLoader(loader, state),
    generation,
    rows: tally.rows_read,
    added,
    samples,
    dropped: toSortedCounts(dropped),
    failed: toSortedCounts(quarantined),
  };
}

/** A loader of which every row failed again as before. */
export function toUntouchedLoader(id: string, { loaders }: RunState): ReplayedLoader {
  const { tally, ended } = loaders.get(id) as LoaderState;
  const quarantined = toSortedCounts(tally.quarantined);
  return {
    id,
    generation: undefined,
    rows: 0,
    added: 0,
    samples: 0,
    dropped: {},
    failed: {},
    quarantined,
    filesUnreadable: quarantined[UNREADABLE_FILE] ?? 0,
    status: ended?.status ?? "ok",
    reason: ended?.reason,
  };
}
