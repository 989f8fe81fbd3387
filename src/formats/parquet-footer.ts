import { type ColumnMetaData, type FileMetaData, parquetMetadata } from "hyparquet";
import { type ByteSource, SourceError } from "#contract";
import { PARQUET_FOOTER_BYTES_MAX, PARQUET_ROWS_MAX, PARQUET_SCHEMA_DEPTH_MAX } from "./limits.ts";
import { toPlainNames } from "./plain-names.ts";
import { createRowGroupFooters } from "./row-group-footer.ts";

/** What a file's footer says of it. */
export type ParquetFooter = {
  readonly metadata: FileMetaData;
  /** Where the footer begins in the file. */
  readonly start: number;
  /** A footer of one row group alone under plain names, for a worker. */
  readonly toRowGroupFooter: (rowGroup: number) => Uint8Array;
};

/** Bytes of a file's end that are asked for first: a footer of ordinary size in one request. */
const FIRST_READ_BYTES = 64 * 2 ** 10;
const MAGIC = "PAR1";
const ENCRYPTED_MAGIC = "PARE";
/** Length of the metadata (4 bytes) and the magic. */
const TRAILER_BYTES = 8;
/** The magic at either end, and the length. */
const FILE_BYTES_MIN = MAGIC.length + TRAILER_BYTES;
const WHAT_TO_DO = "It is cut off, or no parquet file: download it again, or mend the loader's files or format";

/** Reads the footer in one or two ranged reads. Throws SourceError "malformed" if the file is not parquet or cut off. */
export async function readFooter(source: ByteSource): Promise<ParquetFooter> {
  if (source.size < FILE_BYTES_MIN) throw malformed(source, `it has ${source.size} bytes. ${WHAT_TO_DO}`);
  const firstStart = Math.max(0, source.size - FIRST_READ_BYTES);
  const first = await source.read(firstStart, source.size);
  const start = locateFooter(source, first);
  const bytes =
    start < firstStart
      ? Buffer.concat([await source.read(start, firstStart), first])
      : first.subarray(start - firstStart);
  const footer = parseFooter(source, bytes);
  assertSound(source, footer.metadata, start);
  return { ...footer, start };
}

/** Where a column chunk lies: [start, end) in the file. */
export function toChunkRange(column: ColumnMetaData): [start: number, end: number] {
  const first = Number(column.data_page_offset);
  // Some writers say 0 for "no dictionary page", some name one behind the data.
  const dictionary = Number(column.dictionary_page_offset ?? 0);
  const start = dictionary > 0 && dictionary < first ? dictionary : first;
  return [start, start + Number(column.total_compressed_size)];
}

function locateFooter(source: ByteSource, end: Uint8Array): number {
  const trailer = Buffer.from(end.subarray(-TRAILER_BYTES));
  const magic = trailer.subarray(-4).toString("latin1");
  if (magic === ENCRYPTED_MAGIC) {
    throw malformed(source, "its footer is encrypted. Ask the dataset's owner for a plain copy");
  }
  if (magic !== MAGIC) {
    throw malformed(source, `it ends with ${JSON.stringify(magic)}, expected "${MAGIC}". ${WHAT_TO_DO}`);
  }
  const length = trailer.readUInt32LE(0);
  const start = source.size - TRAILER_BYTES - length;
  if (start < MAGIC.length) {
    throw malformed(source, `its footer claims ${length} bytes of ${source.size}. ${WHAT_TO_DO}`);
  }
  if (length > PARQUET_FOOTER_BYTES_MAX) {
    const what = `its footer has ${length} bytes; at most ${PARQUET_FOOTER_BYTES_MAX} are read`;
    throw malformed(source, `${what}. Write the file again with fewer row groups or columns`);
  }
  return start;
}

function parseFooter(source: ByteSource, bytes: Uint8Array): Omit<ParquetFooter, "start"> {
  try {
    const metadata = parquetMetadata(Uint8Array.from(bytes), { geoparquet: false });
    return { metadata, toRowGroupFooter: createRowGroupFooters(bytes, toPlainNames(metadata.schema)) };
  } catch (cause) {
    throw malformed(source, `its footer can't be read (${(cause as Error).message}). ${WHAT_TO_DO}`, { cause });
  }
}

/** A damaged footer must not send reads outside of the file, nor claim what no file holds. */
function assertSound(source: ByteSource, metadata: FileMetaData, footerStart: number): void {
  const rows = metadata.row_groups.map((group) => Number(group.num_rows));
  const total = rows.reduce((sum, count) => sum + count, 0);
  if (!rows.every((count) => Number.isInteger(count) && count >= 0) || total > PARQUET_ROWS_MAX) {
    throw malformed(source, `its footer claims ${total} rows; at most ${PARQUET_ROWS_MAX} are read. ${WHAT_TO_DO}`);
  }
  const leaves = countLeaves(source, metadata.schema);
  for (const [index, group] of metadata.row_groups.entries()) {
    if (group.columns.length !== leaves) {
      throw malformed(
        source,
        `row group ${index} has ${group.columns.length} columns, its schema ${leaves}. ${WHAT_TO_DO}`,
      );
    }
    for (const { meta_data: column, file_path: elsewhere } of group.columns) {
      if (!column || elsewhere) throw malformed(source, `row group ${index} keeps its columns in another file`);
      const path = toShownPath(column);
      if (!(Number(column.total_uncompressed_size) >= 0)) {
        throw malformed(source, `column ${path} of row group ${index} does not say how large it is. ${WHAT_TO_DO}`);
      }
      const [start, end] = toChunkRange(column);
      // Nothing is read of a group without rows, and writers say what they like of its places: pyarrow writes a dictionary
      // of nothing, and 0 for where the data begins.
      if (rows[index] === 0 || start === end) continue;
      if (start >= MAGIC.length && start <= end && end <= footerStart) continue;
      throw malformed(
        source,
        `column ${path} of row group ${index} lies at ${start}-${end} of ${footerStart}. ${WHAT_TO_DO}`,
      );
    }
  }
}

function toShownPath({ path_in_schema: path }: ColumnMetaData): string {
  return Array.isArray(path) ? path.join(".") : "without a name";
}

/**
 * The leaf columns of a schema; its elements stand in depth-first order, each group with the number of its members. All of
 * those must be there: who builds the tree takes the next element for each.
 */
function countLeaves(source: ByteSource, schema: FileMetaData["schema"]): number {
  if (schema.length === 0) throw malformed(source, `its schema has no elements. ${WHAT_TO_DO}`);
  const open: number[] = [];
  let leaves = 0;
  for (const { num_children: children = 0 } of schema) {
    while (open.at(-1) === 0) open.pop();
    if (open.length > 0) open.push((open.pop() as number) - 1);
    if (children > 0) open.push(children);
    else leaves++;
    if (open.length > PARQUET_SCHEMA_DEPTH_MAX) {
      throw malformed(source, `its schema nests deeper than ${PARQUET_SCHEMA_DEPTH_MAX} levels. ${WHAT_TO_DO}`);
    }
  }
  const lacking = open.reduce((sum, members) => sum + members, 0);
  if (lacking > 0) throw malformed(source, `its schema lacks ${lacking} of the members that it names. ${WHAT_TO_DO}`);
  return leaves;
}

function malformed(source: ByteSource, what: string, options?: ErrorOptions): SourceError {
  return new SourceError("malformed", `${source.path}: not a readable parquet file: ${what}.`, options);
}
