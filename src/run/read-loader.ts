import { type Columns, type Loader, SourceError } from "#contract";
import { ROW_BYTES_MAX } from "../formats/limits.ts";
import { openFile } from "../formats/open-file.ts";
import type { RowFile, Slice } from "../formats/row-file.ts";
import type { Hub } from "../hub/hub.ts";
import { type JoinedFile, OUTPUT_BYTES_MAX, type SlicePlace, type SliceTask } from "../pool/slice-task.ts";
import type { LoaderStatus, Position, SourceFile } from "../schema/journal.ts";
import type { LoaderFile } from "./discover.ts";
import { readJoined } from "./read-joined.ts";
import type { LoaderState, Pin } from "./run-state.ts";
import { inside } from "./slice-event.ts";
import { toSlicePlace, toSliceTask } from "./slice-place.ts";

/** A step in a loader's reading, in order. */
export type WorkItem =
  | {
      readonly kind: "slice";
      readonly id: string;
      readonly file: number;
      readonly task: SliceTask;
      /** Where the slice begins, and where the loader reads on after `rows` rows of it. */
      readonly at: Position;
      readonly after: Position;
      /** Rows of the slice that the task deals with. */
      readonly rows: number;
      /** How much of the loader's bytes is dealt with after this, from 0 to 1. */
      readonly fraction: number;
    }
  | {
      readonly kind: "unreadable";
      readonly id: string;
      readonly file: number;
      readonly place: SlicePlace;
      readonly message: string;
      readonly after: Position;
    }
  | {
      readonly kind: "end";
      readonly id: string;
      readonly status: LoaderStatus;
      readonly reason?: string;
      readonly retry: boolean;
    };

/** A loader, as far as its files can be read without running it. */
export type ReadableLoader = LoaderFile & { readonly loader: Pick<Loader, "field" | "samplesMax"> };

export type ReadOptions = {
  readonly found: ReadableLoader;
  readonly columns: Columns;
  readonly state: Pick<LoaderState, "next"> & { readonly pin: Pin };
  readonly hub: Hub;
  /** Rows of this loader that may still be read. */
  readonly rowsMax: number;
  /** Whether workers tell each sample's identity. */
  readonly identify: boolean;
  /** Bytes of a text file per slice, where they are not the usual ones. A file must be read with the same ones again. */
  readonly sliceBytes?: number | undefined;
  /** See SliceTask; OUTPUT_BYTES_MAX unless said. */
  readonly outputBytesMax?: number | undefined;
};

/** Reads a loader's files from where it stands: the slices in order, then its end. A SourceError is its end, too. */
export async function* readLoader(options: ReadOptions): AsyncGenerator<WorkItem> {
  const { id } = options.found;
  try {
    yield* readFiles(options);
    yield { kind: "end", id, status: "ok", retry: false };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    yield { kind: "end", id, ...toFailedEnd(error) };
  }
}

/** How a loader ends by a source failure, and whether a later start tries again: not if only new data or code can help. */
export function toFailedEnd(error: SourceError): { status: LoaderStatus; reason: string; retry: boolean } {
  const status = error.failure === "gated" ? "gated" : "failed";
  return { status, reason: error.message, retry: error.failure !== "drift" && error.failure !== "malformed" };
}

async function* readFiles({
  found,
  columns,
  state,
  hub,
  rowsMax,
  identify,
  sliceBytes,
  outputBytesMax = OUTPUT_BYTES_MAX,
}: ReadOptions): AsyncGenerator<WorkItem> {
  const { pin, next } = state;
  let rowsLeft = rowsMax;
  for (let file = next.file; file < pin.files.length && rowsLeft > 0; file++) {
    const source = pin.files[file] as SourceFile;
    const start = file === next.file ? next : toFileStart(file);
    const opened = await openOrExplain(hub, pin, source, { columns, field: found.loader.field, sliceBytes });
    if (typeof opened === "string") {
      yield {
        kind: "unreadable",
        id: found.id,
        file,
        place: toSlicePlace(found, pin, file),
        message: opened,
        after: toFileStart(file + 1),
      };
      rowsLeft--;
      continue;
    }
    const joined = await readJoined(hub, pin, source);
    for await (const slice of readSlices(opened, start, found, pin, joined)) {
      const item = { ...slice, task: { ...slice.task, identify, outputBytesMax } };
      const rows = Math.min(item.rows, rowsLeft);
      rowsLeft -= rows;
      if (rows < item.rows)
        yield { ...item, rows, task: { ...item.task, rowsMax: rows }, after: inside(item.at, rows) };
      else yield item;
      if (rowsLeft === 0) return;
    }
  }
}

async function* readSlices(
  rowFile: RowFile,
  start: Position,
  found: LoaderFile,
  pin: Pin,
  joined: JoinedFile | undefined,
): AsyncGenerator<Extract<WorkItem, { kind: "slice" }>> {
  const { file } = start;
  let at = start;
  for await (const slice of rowFile.readSlices(start.cursor)) {
    const after = toAfter(rowFile, file, slice);
    const rows = slice.rows - at.skip;
    const task = toSliceTask(found, pin, file, slice.payload, joined, at.skip, rows);
    const fraction = toFraction(pin, file, slice.next.slice / rowFile.slices);
    yield { kind: "slice", id: found.id, file, task, at, after, rows, fraction };
    at = { file, cursor: slice.next, skip: 0 };
  }
}

/** A file that is not what it should be costs that file; a file that can't be reached or has other columns, the loader. */
async function openOrExplain(
  hub: Hub,
  pin: Pin,
  source: SourceFile,
  { columns, field, sliceBytes }: { columns: Columns; field: string | undefined; sliceBytes: number | undefined },
): Promise<RowFile | string> {
  try {
    return await openFile(hub.open(pin.dataset, pin.revision, source), {
      columns,
      ...(field !== undefined && { field }),
      ...(sliceBytes !== undefined && { limits: { sliceBytes, rowBytes: ROW_BYTES_MAX } }),
    });
  } catch (error) {
    if (error instanceof SourceError && error.failure === "malformed") return error.message;
    throw error;
  }
}

/** The share of a loader's bytes that lies before a point in one of its files. */
export function toFraction({ files }: Pin, file: number, share: number): number {
  const sum = (some: readonly SourceFile[]) => some.reduce((bytes, { size }) => bytes + size, 0);
  const before = sum(files.slice(0, file)) + share * (files[file]?.size ?? 0);
  return before / Math.max(1, sum(files));
}

function toFileStart(file: number): Position {
  return { file, cursor: { slice: 0, offset: 0, row: 0 }, skip: 0 };
}

function toAfter(rowFile: RowFile, file: number, slice: Slice): Position {
  return slice.next.slice < rowFile.slices ? { file, cursor: slice.next, skip: 0 } : toFileStart(file + 1);
}
