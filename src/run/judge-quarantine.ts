import { sumCounts } from "../schema/tally.ts";
import { listQuarantinePaths } from "./replay/apply-replay.ts";
import { type LoaderState, UNREADABLE_FILE } from "./run-state.ts";

/** Rows before which a share means little: a few bad ones at the head of a file are no drift. */
export const JUDGED_ROWS_MIN = 1_000;

/**
 * Why a loader has failed by what it put into quarantine, or undefined if it has not. Its share of rows is judged from the
 * thousandth row on and at the loader's end; a file that could not be opened fails it at its end.
 */
export function judgeQuarantine(id: string, state: LoaderState, max: number, atEnd: boolean): string | undefined {
  const { tally, filesUnreadable, pin } = state;
  if (atEnd && filesUnreadable > 0) {
    return `[${id}] ${filesUnreadable} of ${pin?.files.length} files could not be read: ${state.examples.get(UNREADABLE_FILE)}`;
  }
  const quarantined = sumCounts(tally.quarantined);
  const share = quarantined / Math.max(1, tally.rows_read);
  if (share <= max || (!atEnd && tally.rows_read < JUDGED_ROWS_MIN)) return undefined;
  const [reason, count] =
    Object.entries(tally.quarantined).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0] ?? [];
  const path = listQuarantinePaths(state.outputs).at(-1) ?? "quarantine";
  return (
    // The commonest reason stands early: tables show the beginning.
    `[${id}] ${quarantined} of ${tally.rows_read} rows (${toPercent(share)}) went to quarantine, most (${count}) for ${reason}; at most ${toPercent(max)} may. ` +
    `First: ${state.examples.get(reason ?? "")}. The dataset has drifted from the loader's row schema, or the loader is wrong: ` +
    `look at ${path}, mend the loader, or raise --quarantine-max.`
  );
}

function toPercent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
