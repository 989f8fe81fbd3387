import { type Columns, type JsonValue, RowError, SourceError } from "#contract";
import { openFile } from "../../formats/open-file.ts";
import { decodeParquetSlowly } from "../../formats/parquet-slow-rows.ts";
import {
  type Cursor,
  FIRST_CURSOR,
  type FormatName,
  type RowFile,
  type Rows,
  type Slice,
} from "../../formats/row-file.ts";
import { decodeText } from "../../formats/text-rows.ts";
import type { Hub, HubFile } from "../../hub/hub.ts";
import { withJoined } from "../../pool/joined-rows.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { FoundLoader } from "../discover.ts";
import { readJoined } from "../read-joined.ts";

/** A row of a source, read again. */
export type SourceRow = {
  readonly format: FormatName;
  /** Of a parquet file: the row group it lies in, and which rows of the file that slice of it holds [start, end). */
  readonly rowGroup?: { readonly index: number; readonly rows: readonly [number, number] };
  /** Of a text file: where it lies in the file, [start, end). */
  readonly bytes?: readonly [number, number];
  /** The row as decoded with the loader's columns, the joined one with it. */
  readonly value: JsonValue;
};

export type RowPlaceInSource = {
  readonly hub: Hub;
  readonly source: Pick<Manifest["sources"][number], "dataset" | "revision">;
  readonly file: Manifest["sources"][number]["files"][number];
  /** The file as the hub lists it. */
  readonly listed: HubFile;
  readonly found: FoundLoader;
  readonly columns: Columns;
  readonly row: number;
  /** A slice at or before the row, as the journal knows it: saves reading the file from its beginning. */
  readonly near: Cursor;
};

/**
 * Reads one row of a source again: the one slice that holds it. Decodes on this thread, by the readers that fail by
 * throwing. Throws SourceError, also if the row is not there, and RowError if it can't be decoded.
 */
export async function readSourceRow(place: RowPlaceInSource): Promise<SourceRow> {
  const { hub, source, file, listed, found, columns, row, near } = place;
  const { field } = found.loader;
  const bytes = hub.open(source.dataset, source.revision, listed);
  const opened = await openFile(bytes, { columns, ...(field !== undefined && { field }) });
  const slice = (await findSlice(opened, near, row)) ?? (await findSlice(opened, FIRST_CURSOR, row));
  if (!slice)
    throw new SourceError("missing", `row ${row} of ${file.path} is not in the source, which ends before it.`);
  const decoded = await decode(slice, row, columns);
  const joined = await readJoined(hub, source, file);
  const { join } = found.loader;
  const rows = joined && join ? await withJoined(decoded, join, joined, columns) : decoded;
  const at = indexOfRow(rows, row);
  if (at === undefined) throw new SourceError("missing", `${file.path} has no row ${row}: that line of it is blank.`);
  return { format: opened.format, ...toPosition(slice, rows, at), value: rows.read(at) };
}

/** The slice that holds a row, or undefined if the file ends before it or the cursor lies behind it. */
async function findSlice(file: RowFile, from: Cursor, row: number): Promise<Slice | undefined> {
  if (from.row > row) return undefined;
  for await (const slice of file.readSlices(from)) {
    const isBehind = slice.payload.kind === "parquet" && slice.payload.rowStart > row;
    if (isBehind) return undefined;
    if (row < slice.next.row) return slice;
  }
  return undefined;
}

function decode({ payload }: Slice, row: number, columns: Columns): Rows | Promise<Rows> {
  if (payload.kind === "text") return decodeText(payload, columns);
  const offset = payload.offset + row - payload.rowStart;
  return decodeParquetSlowly({ ...payload, rowStart: row, offset, limit: 1 }, columns);
}

function indexOfRow(rows: Rows, row: number): number | undefined {
  for (let i = 0; i < rows.length; i++) if (rows.rowIndex(i) === row) return i;
  return undefined;
}

function toPosition({ payload }: Slice, rows: Rows, at: number): Pick<SourceRow, "rowGroup" | "bytes"> {
  if (payload.kind === "parquet") {
    const { rowGroup, rowStart, limit } = payload;
    return { rowGroup: { index: rowGroup, rows: [rowStart, rowStart + limit] } };
  }
  const { bytes } = rows.raw(at);
  return bytes ? { bytes } : {};
}

/** Why a row could not be read again; undefined for an error that is none of the source's. */
export function toUnreadReason(error: unknown): string | undefined {
  return error instanceof SourceError || error instanceof RowError ? error.message : undefined;
}
