import { listRowIndexes } from "../formats/row-indexes.ts";
import { toQuarantineLine } from "../pool/quarantine-line.ts";
import type { SliceFailure } from "../pool/slice-pool.ts";
import type { SlicePlace, SliceResult } from "../pool/slice-task.ts";
import type { JournalEvent, Position } from "../schema/journal.ts";
import { createDistributions, createTally, type Tally } from "../schema/tally.ts";
import type { SliceLines } from "./output-writer.ts";
import type { WorkItem } from "./read-loader.ts";
import { type LoaderState, type Pin, UNREADABLE_FILE } from "./run-state.ts";
import type { Winnowed } from "./winnow.ts";

type SliceItem = Extract<WorkItem, { kind: "slice" }>;
type UnreadableItem = Extract<WorkItem, { kind: "unreadable" }>;
type Own = LoaderState & { readonly pin: Pin };

/** What to journal of some rows, and the lines to write before that. */
export type SliceWrite = {
  readonly event: Extract<JournalEvent, { event: "slice" }>;
  readonly lines: SliceLines;
};

const NO_BYTES = new Uint8Array(0);

/** The position `rows` rows into the slice that begins at `at`. */
export function inside(at: Position, rows: number): Position {
  return { ...at, skip: at.skip + rows };
}

/** Rows of a slice that were worked, after repeats were left out. `next` is where the loader reads on after them. */
export function toResultEvent(
  { id, file }: { readonly id: string; readonly file: number },
  result: SliceResult,
  winnowed: Winnowed,
  next: Position,
  own: Own,
): SliceWrite {
  const examples = Object.entries(result.examples).filter(([reason]) => !own.examples.has(reason));
  const { tally, distributions, duplicates, held, samples, sampleLines } = winnowed;
  return {
    event: {
      event: "slice",
      loader: id,
      file,
      tally,
      distributions,
      examples: Object.fromEntries(examples),
      ...(Object.keys(duplicates).length > 0 && { duplicates }),
      ...(held && { held }),
      ...(result.mutated && { mutations: result.mutated.counts }),
      next,
    },
    lines: { samples, sampleLines, quarantine: result.quarantine, quarantineLines: result.quarantineLines },
  };
}

/** A slice that no reader could decode: one line of quarantine stands for all its rows. */
export function toFailedRows(item: SliceItem, failure: SliceFailure, own: Own): SliceWrite {
  const failed = { stage: failure.stage, reason: failure.reason, message: failure.message };
  return toFailedWrite(item, item.task.place, { ...failed, row: toFirstRow(item), rows: item.rows }, own);
}

/** A file that could not be opened counts as one row, since nobody knows how many it holds. */
export function toUnreadableFile(item: UnreadableItem, place: SlicePlace, own: Own): SliceWrite {
  const failed = { stage: "open" as const, reason: UNREADABLE_FILE, message: item.message, row: 0, rows: 1 };
  return toFailedWrite(item, place, failed, own);
}

type Failed = Parameters<typeof toQuarantineLine>[2];

function toFailedWrite(item: SliceItem | UnreadableItem, place: SlicePlace, failed: Failed, own: Own): SliceWrite {
  const tally: Tally = { ...createTally(), rows_read: failed.rows, quarantined: { [failed.reason]: failed.rows } };
  return {
    event: {
      event: "slice",
      loader: item.id,
      file: item.file,
      tally,
      distributions: createDistributions(),
      examples: own.examples.has(failed.reason) ? {} : { [failed.reason]: failed.message },
      ...(own.held && { held: own.held }),
      next: item.after,
    },
    lines: {
      samples: NO_BYTES,
      sampleLines: 0,
      quarantine: Buffer.from(`${toQuarantineLine(item.id, place, failed)}\n`),
      quarantineLines: 1,
    },
  };
}

function toFirstRow({ at, task: { payload, skip } }: SliceItem): number {
  if (payload.kind === "kept") return payload.rows[skip]?.row ?? at.cursor.row;
  return listRowIndexes(payload)[skip] ?? at.cursor.row;
}
