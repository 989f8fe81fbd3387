import { type Columns, SourceError } from "#contract";
import { openFile } from "../../formats/open-file.ts";
import { type Cursor, FIRST_CURSOR, type RowFile, type Slice } from "../../formats/row-file.ts";
import { listRowIndexes } from "../../formats/row-indexes.ts";
import type { Hub } from "../../hub/hub.ts";
import type { JournalEvent, ListedFile, SourceFile } from "../../schema/journal.ts";
import type { Pin } from "../run-state.ts";
import { listFileProblems } from "../verify/source.ts";

/** A slice that was read again, and the indexes of its rows. */
export type SliceHere = { readonly slice: Slice; readonly rows: Uint32Array };

/** The slices of a loader's files, read again where they are asked for. */
export type SourceSlices = {
  /** The slice that holds `row` of a file, or where it would stand; undefined if the file ends before. Throws SourceError. */
  sliceAt(file: number, row: number): Promise<SliceHere | undefined>;
  close(): Promise<void>;
};

export type SourceOptions = {
  readonly hub: Hub;
  readonly pin: Pin;
  readonly columns: Columns;
  readonly field: string | undefined;
  /** Where slices of each file begin, as far as the journal tells: no more than one slice too many is read. */
  readonly cursors: ReadonlyMap<number, readonly Cursor[]>;
};

type Opened = {
  readonly file: number;
  readonly rowFile: RowFile;
  slices: AsyncGenerator<Slice>;
  /** The first row of `here`. */
  start: Cursor;
  here: SliceHere | undefined;
};

export function createSourceSlices(options: SourceOptions): SourceSlices {
  let opened: Opened | undefined;

  async function startAt(file: number, rowFile: RowFile, start: Cursor): Promise<Opened> {
    await opened?.slices.return(undefined);
    opened = { file, rowFile, slices: rowFile.readSlices(start), start, here: undefined };
    return opened;
  }

  return {
    async sliceAt(file, row) {
      const rowFile = opened?.file === file ? opened.rowFile : await open(options, file);
      const cursor = findCursor(options.cursors.get(file) ?? [], row);
      let at = opened;
      const next = at?.here?.slice.next ?? at?.start;
      const isBehind = at?.file !== file || row < at.start.row;
      if (!at || isBehind || cursor.slice > (next as Cursor).slice) at = await startAt(file, rowFile, cursor);
      while (!at.here || row >= at.here.slice.next.row) {
        const step = await at.slices.next();
        if (step.done) return undefined;
        if (at.here) at.start = at.here.slice.next;
        at.here = { slice: step.value, rows: listRowIndexes(step.value.payload) };
      }
      return at.here;
    },
    async close() {
      await opened?.slices.return(undefined);
    },
  };
}

async function open({ hub, pin, columns, field }: SourceOptions, file: number): Promise<RowFile> {
  const source = pin.files[file] as SourceFile;
  await assertPinned(hub, pin, source);
  return openFile(hub.open(pin.dataset, pin.revision, source), { columns, ...(field !== undefined && { field }) });
}

/**
 * Throws SourceError unless the hub has the very file that was read: samples of another one must not stand beside those of
 * the first under one commit.
 */
export async function assertPinned(hub: Hub, { dataset, revision }: Pin, file: ListedFile): Promise<void> {
  const [now] = await hub.list(dataset, revision, (path) => path === file.path);
  const [what] = listFileProblems(file, now);
  if (what === undefined) return;
  throw new SourceError(
    "malformed",
    `${file.path} of ${dataset} at ${revision.slice(0, 12)} ${what}: it is not the file that was read. Get it again, or name another --hub.`,
  );
}

/** The last known beginning of a slice that is not behind a row. */
function findCursor(cursors: readonly Cursor[], row: number): Cursor {
  return cursors.findLast((cursor) => cursor.row <= row) ?? FIRST_CURSOR;
}

/** Where a loader's slices begin, by file: what each slice event says of the one after it. */
export function listCursors(events: readonly JournalEvent[], loader: string): Map<number, Cursor[]> {
  const cursors = new Map<number, Cursor[]>();
  for (const event of events) {
    if (!("loader" in event) || event.loader !== loader) continue;
    if (event.event === "pin") cursors.clear();
    if (event.event !== "slice") continue;
    const { file, cursor } = event.next;
    const known = cursors.get(file);
    if (known) known.push(cursor);
    else cursors.set(file, [cursor]);
  }
  return cursors;
}
