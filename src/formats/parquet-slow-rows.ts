import { isMainThread } from "node:worker_threads";
import { type Schema, tableFromIPC } from "apache-arrow";
import { type FileMetaData, parquetMetadata, parquetReadObjects, parquetSchema } from "hyparquet";
import { type Columns, type JsonValue, RowError } from "#contract";
import { endThread } from "./end-thread.ts";
import { createMemberRows, type Member } from "./member-rows.ts";
import { PAGE_CODECS } from "./page-codecs.ts";
import { listLeaves } from "./parquet-columns.ts";
import { createConverter, showText, toText } from "./parquet-raw-values.ts";
import * as wasm from "./parquet-wasm.ts";
import { toOwnName } from "./plain-names.ts";
import { type PlainNode, toPlainMetadata, toPlainTree } from "./plain-parquet.ts";
import { readPrefetched } from "./prefetched-blob.ts";
import type { ParquetPayload, Rows } from "./row-file.ts";

type RawObject = Readonly<Record<string, unknown>>;

/**
 * Decodes a slice with another reader, in JavaScript: the same values as decodeParquet, at a fraction of its speed, for a
 * slice that killed a thread. A text that is not UTF-8 (which is one way to do that) is a fault of its row alone; in
 * `raw` it stands as {"$base64": …}. Throws RowError "corrupt_row_group" with the cause if the pages can't be read.
 */
export async function decodeParquetSlowly(payload: ParquetPayload, columns: Columns): Promise<Rows> {
  try {
    return await decode(payload, columns);
  } catch (cause) {
    const { rowGroup, offset, limit } = payload;
    const where = `row group ${rowGroup}, rows ${offset} to ${offset + limit - 1}`;
    const message = `${where}: the pages can't be decoded (${(cause as Error).message}). Download the file again; if it stays so, it is damaged at its source.`;
    throw new RowError("decode", "corrupt_row_group", message, { cause });
  }
}

async function decode(payload: ParquetPayload, columns: Columns): Promise<Rows> {
  const tail = readTail(payload);
  const metadata = parquetMetadata(tail, { geoparquet: false });
  const schema = await readArrowSchema(tail);
  const tree = parquetSchema(metadata);
  const wanted = new Set(payload.leaves);
  const leaves = listLeaves(tree).flatMap((leaf, index) => (wanted.has(leaf.path.join(".")) ? [index] : []));
  const plain = toPlainTree(tree, new Set(leaves));
  const rows = await readPlainRows(payload, toPlainMetadata(metadata, plain, leaves));
  const members = plain.children.flatMap((node) => toMember(node, schema, columns, rows, payload.names));
  return createMemberRows(payload.rowStart, [{ length: rows.length, members }]);
}

function toMember(
  node: PlainNode,
  schema: Schema,
  columns: Columns,
  rows: readonly RawObject[],
  names: readonly string[],
): Member[] {
  const plainName = node.element.name;
  const name = toOwnName(plainName, names);
  const wanted = columns === true || columns.get(name)?.columns;
  if (wanted === undefined) return [];
  const { type } = schema.fields[node.index]!;
  const convert = createConverter(node, type, wanted, { names, text: toText });
  const show = createConverter(node, type, wanted, { names, text: showText });
  // All at once: damage must show before the first row is handed on. The values are made again when they are asked for:
  // rows that share a text of a dictionary would each keep a copy, which may be hundreds of gigabytes of a few bytes.
  // What rows share is looked at once, for the same reason.
  for (const raw of new Set(rows.map((row) => row[plainName]))) assertSound(() => convert(raw));
  return [{ name, get: (i) => convert(rows[i]![plainName]), getRaw: (i) => show(rows[i]![plainName]) }];
}

/** A value without a JSON form is its row's fault; any other error is damage. */
function assertSound(convert: () => JsonValue): void {
  try {
    convert();
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
  }
}

/** The footer of the one row group, with which the payload's file ends. */
function readTail({ chunks, size }: ParquetPayload): Uint8Array<ArrayBuffer> {
  const { start } = chunks.find((chunk) => chunk.start + chunk.bytes.length === size)!;
  return new Uint8Array(readPrefetched(chunks, start, size));
}

/** The Arrow types that decodeParquet would give: they decide how a value is written, whatever is stored. */
async function readArrowSchema(tail: Uint8Array): Promise<Schema> {
  try {
    return tableFromIPC(wasm.readSchema(tail).intoIPCStream()).schema;
  } catch (error) {
    // A thread of the pool is replaced. The main thread has one thing to read, and words for why it can't.
    if (error instanceof WebAssembly.RuntimeError && !isMainThread) return endThread(error);
    throw error;
  }
}

async function readPlainRows({ chunks, size, offset, limit, leaves }: ParquetPayload, metadata: FileMetaData) {
  if (leaves.length === 0) return Array.from({ length: limit }, (): RawObject => ({}));
  const identity = <T>(value: T): T => value;
  const rows: RawObject[] = await parquetReadObjects({
    file: { byteLength: size, slice: (start, end) => readPrefetched(chunks, start, end ?? size) },
    metadata,
    rowStart: offset,
    rowEnd: offset + limit,
    compressors: PAGE_CODECS,
    parsers: { dateFromDays: identity },
  });
  if (rows.length !== limit) throw new Error(`it holds ${rows.length} of the ${limit} rows that the footer promises`);
  return rows;
}
