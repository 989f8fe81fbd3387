import type { JournalEvent, LoaderEnd } from "../../schema/journal.ts";
import type { Settings } from "../../schema/settings.ts";
import { addTally, createCounts, createDistributions, createTally, sumCounts } from "../../schema/tally.ts";
import { JUDGED_ROWS_MIN, judgeQuarantine } from "../judge-quarantine.ts";
import type { LoaderState } from "../run-state.ts";
import { applyReplay } from "./apply-replay.ts";

type ReplayEvent = Extract<JournalEvent, { event: "replay" }>;

/**
 * How a loader stands after a replay; `event.ended` is how it stood before. One that has failed by its quarantine is judged by what is left in it. If it was
 * stopped for that before it had read all of its rows, it stays failed: the rest is not there. Other ends stay.
 */
export function judgeAgain(own: LoaderState, event: ReplayEvent, settings: Settings): LoaderEnd {
  const { loader: id, ended: before } = event;
  if (before.status !== "failed" || before.by !== "quarantine") return before;
  const after = toAfter(own, event);
  const failed = { status: "failed", retry: false, by: "quarantine" } as const;
  const reason = judgeQuarantine(id, after, settings.quarantine_max, true);
  if (reason !== undefined) return { ...failed, reason };
  return isReadOut(after, settings) ? { status: "ok", retry: false } : { ...failed, reason: toStoppedText(id, after) };
}

/** The loader as it will be; `own` stays as it is. */
function toAfter(own: LoaderState, event: ReplayEvent): LoaderState {
  const tally = createTally();
  addTally(tally, own.tally);
  const copied = { outputs: new Map(own.outputs), replays: [...own.replays], duplicates: createCounts() };
  const after = { ...own, ...copied, tally, distributions: createDistributions() };
  applyReplay(after, event);
  return after;
}

/** A loader is stopped from the thousandth row on, never at its end. */
function isReadOut({ tally, next, pin }: LoaderState, { limit }: Settings): boolean {
  return (
    tally.rows_read < JUDGED_ROWS_MIN ||
    next.file >= (pin?.files.length ?? 0) ||
    (limit !== null && tally.rows_read >= limit)
  );
}

function toStoppedText(id: string, { tally }: LoaderState): string {
  return (
    `[${id}] it was stopped after ${tally.rows_read} rows, when too many were in quarantine. Its quarantine was replayed ` +
    `and holds ${sumCounts(tally.quarantined)} of them now; the rows after those were not read. \`tier1 --update\` makes all of its samples anew if its code or dataset has changed, \`--fresh\` in any case.`
  );
}
