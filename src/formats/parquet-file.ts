import { type ColumnMetaData, type FileMetaData, parquetSchema, type RowGroup } from "hyparquet";
import { type ByteSource, type Columns, SourceError } from "#contract";
import { freeBytes } from "../contract/free-bytes.ts";
import { shorten } from "../contract/printable.ts";
import { PARQUET_SLICE_BYTES, PARQUET_SLICE_ROWS_MAX, PARQUET_SLICES_MAX } from "./limits.ts";
import { listLeaves, type MissingColumn, selectColumns } from "./parquet-columns.ts";
import { type ParquetFooter, readFooter, toChunkRange } from "./parquet-footer.ts";
import { toPlainNames } from "./plain-names.ts";
import type { Cursor, ParquetPayload, RowFile, Slice } from "./row-file.ts";

type Range = [start: number, end: number];

/** One row group with rows: what to fetch of it and how it is divided. */
type Group = {
  readonly index: number;
  /** Index in the file of its first row. */
  readonly rowStart: number;
  readonly ranges: readonly Range[];
  /** Index in the file of its first slice. */
  readonly sliceStart: number;
  /** First row of each slice inside the group, and the end of the last. */
  readonly bounds: readonly number[];
};

/** Unwanted bytes between two column chunks that cost less than a request of their own. */
const GAP_BYTES_MAX = 64 * 2 ** 10;
/** Column names listed in a message, and characters of each: a file may call them what it likes. */
const NAMES_MAX = 40;
const NAME_CHARS_MAX = 60;

/**
 * Opens a parquet file: reads its footer and finds the wanted columns. A slice is a row group, or a range of rows of a
 * large one. Throws SourceError: "malformed" if it can't be read, "drift" if a required column is missing.
 *
 * The buffers of a payload can be posted to a worker again when one has died of it, so they must not be put into a transfer
 * list. Those of a group of several slices are shared memory: posting one copies nothing. Those of a lone slice are not,
 * because V8 does not count shared memory, and lets it pile up (measured: 150 MB and more); they can be given back by hand.
 */
export async function openParquet(source: ByteSource, columns: Columns): Promise<RowFile> {
  const footer = await readFooter(source);
  const { metadata } = footer;
  const selection = selectColumns(parquetSchema(metadata), columns);
  if (selection.missing.length > 0) throw drift(source, selection.missing);
  const groups = toGroups(metadata, selection.leaves);
  return {
    format: "parquet",
    slices: groups.reduce((sum, { bounds }) => sum + bounds.length - 1, 0),
    bytes: groups.flatMap(({ ranges }) => ranges).reduce((sum, [start, end]) => sum + end - start, 0),
    rows: metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0),
    readSlices: (from) => readSlices({ source, footer, groups, ...toNaming(metadata, selection.leaves) }, from),
  };
}

type Opened = {
  readonly source: ByteSource;
  readonly footer: ParquetFooter;
  readonly groups: readonly Group[];
} & Pick<ParquetPayload, "leaves" | "names">;

async function* readSlices({ source, footer, groups, leaves, names }: Opened, from: Cursor): AsyncGenerator<Slice> {
  let at = groups.findIndex(({ sliceStart, bounds }) => from.slice < sliceStart + bounds.length - 1);
  if (at < 0) return;
  let pending = readChunks(source, groups[at]!);
  for (; at < groups.length; at++) {
    const group = groups[at]!;
    const tail = { start: footer.start, bytes: toPostable(footer.toRowGroupFooter(group.index), group) };
    const shared = { size: tail.start + tail.bytes.length, leaves, names, chunks: [...(await pending), tail] };
    for (let part = Math.max(0, from.slice - group.sliceStart); part < group.bounds.length - 1; part++) {
      const isLast = part === group.bounds.length - 2;
      const following = groups[at + 1];
      if (isLast && following) {
        pending = readChunks(source, following);
        pending.catch(() => {}); // it is awaited, and thrown, when its turn comes; the reader may stop before that
      }
      yield toSlice(group, part, shared);
    }
  }
}

type SharedParts = Pick<ParquetPayload, "size" | "leaves" | "names" | "chunks">;

function toSlice(group: Group, part: number, shared: SharedParts): Slice {
  const offset = group.bounds[part]!;
  const end = group.bounds[part + 1]!;
  const rowStart = group.rowStart + offset;
  return {
    rows: end - offset,
    payload: { kind: "parquet", rowGroup: group.index, rowStart, offset, limit: end - offset, ...shared },
    next: { slice: group.sliceStart + part + 1, offset: 0, row: group.rowStart + end },
  };
}

function readChunks(source: ByteSource, group: Group): Promise<ParquetPayload["chunks"]> {
  return Promise.all(
    group.ranges.map(async ([start, end]) => ({ start, bytes: toPostable(await source.read(start, end), group) })),
  );
}

/** Leaf columns by their plain paths, which hold no dot but the ones between two names. */
function toNaming(metadata: FileMetaData, leaves: readonly number[]): Pick<ParquetPayload, "leaves" | "names"> {
  const plainNames = toPlainNames(metadata.schema);
  const schema = metadata.schema.map((element, index) => ({ ...element, name: plainNames[index]! }));
  const all = listLeaves(parquetSchema({ ...metadata, schema }));
  return { leaves: leaves.map((leaf) => all[leaf]!.path.join(".")), names: metadata.schema.map(({ name }) => name) };
}

function toGroups(metadata: FileMetaData, leaves: readonly number[]): Group[] {
  const groups: Group[] = [];
  let rowStart = 0;
  let sliceStart = 0;
  for (const [index, group] of metadata.row_groups.entries()) {
    const rows = Number(group.num_rows);
    if (rows === 0) continue;
    const bounds = toBounds(group, leaves, rows);
    groups.push({ index, rowStart, ranges: toRanges(group, leaves), sliceStart, bounds });
    rowStart += rows;
    sliceStart += bounds.length - 1;
  }
  return groups;
}

/** Divides a row group into equal runs of rows, each of about PARQUET_SLICE_BYTES when decoded. */
function toBounds(group: RowGroup, leaves: readonly number[], rows: number): number[] {
  const bytes = leaves.reduce((sum, leaf) => sum + toDecodedBytes(group.columns[leaf]!.meta_data!), 0);
  const wanted = Math.max(1, Math.ceil(bytes / PARQUET_SLICE_BYTES), Math.ceil(rows / PARQUET_SLICE_ROWS_MAX));
  const parts = Math.min(rows, wanted, PARQUET_SLICES_MAX);
  return Array.from({ length: parts + 1 }, (_, part) => Math.floor((rows * part) / parts));
}

/** A dictionary hides how long the texts are that it stands for; newer writers say it beside. */
function toDecodedBytes(column: ColumnMetaData): number {
  const texts = Number(column.size_statistics?.unencoded_byte_array_data_bytes ?? 0n);
  const said = Number(column.total_uncompressed_size);
  return texts > said ? texts : said; // statistics may be damaged: what is no number is not larger
}

function toRanges(group: RowGroup, leaves: readonly number[]): Range[] {
  const chunks = leaves.map((leaf) => toChunkRange(group.columns[leaf]!.meta_data!)).sort((a, b) => a[0] - b[0]);
  const ranges: Range[] = [];
  for (const [start, end] of chunks) {
    const last = ranges.at(-1);
    if (start === end) continue;
    if (last && start - last[1] <= GAP_BYTES_MAX) last[1] = Math.max(last[1], end);
    else ranges.push([start, end]);
  }
  return ranges;
}

/** Takes over bytes for the slices of a group. */
function toPostable(bytes: Uint8Array, { bounds }: Group): Uint8Array {
  // A view of a part would be posted with the whole behind it.
  if (bounds.length === 2) return bytes.length === bytes.buffer.byteLength ? bytes : Uint8Array.from(bytes);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  freeBytes(bytes);
  return shared;
}

function drift(source: ByteSource, missing: readonly MissingColumn[]): SourceError {
  const wanted = missing.map(({ at, name }) => (at === "" ? name : `${at}.${name}`)).join(", ");
  const places = new Map(missing.map(({ at, siblings }) => [at, siblings]));
  const found = [...places].map(([place, names]) => `${place === "" ? "the file" : place} has ${toList(names)}`);
  return new SourceError(
    "drift",
    `${source.path}: missing required columns: ${wanted}; ${found.join("; ")}. ` +
      `The dataset's layout has changed, or the loader's row schema is wrong: mend the schema, or make the column optional.`,
  );
}

function toList(names: readonly string[]): string {
  if (names.length === 0) return "no columns";
  const rest = names.length - NAMES_MAX;
  const shown = names.slice(0, NAMES_MAX).map((name) => shorten(name, NAME_CHARS_MAX));
  return shown.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
