import { type Table, tableFromIPC } from "apache-arrow";
import { type Columns, RowError } from "#contract";
import { freeBytes } from "../contract/free-bytes.ts";
import { createGetter } from "./columnar-getters.ts";
import { endThread } from "./end-thread.ts";
import { createMemberRows, type Member } from "./member-rows.ts";
import * as wasm from "./parquet-wasm.ts";
import { toOwnName } from "./plain-names.ts";
import { PrefetchedBlob } from "./prefetched-blob.ts";
import type { ParquetPayload, Rows } from "./row-file.ts";
import { toWarmUpPayload } from "./warm-up-parquet.ts";

export { decodeParquetSlowly } from "./parquet-slow-rows.ts";

/**
 * Decodes a slice in a worker. Values are JSON: an integer beyond 2^53 is its decimal text; a timestamp, date or time is
 * ISO 8601 text; a decimal is its exact text; bytes are {"$base64": …}, which no schema takes for a text; a map is an
 * object; a float that JSON lacks is "NaN", "Infinity" or "-Infinity".
 *
 * A damaged page kills the thread from outside of the promise, because parquet-wasm traps. Post the same payload to
 * decodeParquetSlowly then: it names the cause. What parquet-wasm refuses by itself (a codec or a type that it doesn't
 * know, in any column) is a RowError "corrupt_row_group".
 */
export async function decodeParquet(payload: ParquetPayload, columns: Columns): Promise<Rows> {
  const stream = await readStream(payload);
  // The table is a view of the stream's bytes.
  return { ...toRows(tableFromIPC(stream), payload, columns), release: () => freeBytes(stream) };
}

/** Only what parquet-wasm says of the file is the file's fault: an error of our own is a bug, and must show. */
async function readStream(payload: ParquetPayload): Promise<Uint8Array> {
  try {
    return await toArrowStream(payload);
  } catch (cause) {
    if (cause instanceof WebAssembly.RuntimeError) return endThread(cause);
    const message = `row group ${payload.rowGroup}: ${(cause as Error).message}`;
    throw new RowError("decode", "corrupt_row_group", message, { cause });
  }
}

async function toArrowStream({ chunks, size, offset, limit, leaves }: ParquetPayload): Promise<Uint8Array> {
  const blob = new PrefetchedBlob(chunks, 0, size);
  const file = await wasm.ParquetFile.fromFile(blob);
  try {
    // Group 0: the payload's footer names no other. One batch: no seams to look for at each row.
    const table = await file.read({ rowGroups: [0], offset, limit, columns: [...leaves], batchSize: limit });
    return table.intoIPCStream(); // frees the table's wasm memory
  } finally {
    file.free();
    blob.release();
  }
}

/** Makes the first real decode of a thread as fast as the later ones: wasm is compiled in earnest only once it runs. */
export async function warmParquet(): Promise<void> {
  const rows = await decodeParquet(toWarmUpPayload(), true);
  rows.read(0);
}

function toRows(table: Table, payload: ParquetPayload, columns: Columns): Rows {
  if (table.numRows !== payload.limit) {
    const came = `row group ${payload.rowGroup} gave ${table.numRows} rows from ${payload.offset} on`;
    throw new RowError("decode", "corrupt_row_group", `${came}, its footer promised ${payload.limit}`);
  }
  const naming = (fieldName: string) => toOwnName(fieldName, payload.names);
  const names = table.schema.fields.map(({ name }) => naming(name));
  const batches = table.batches.map((batch) => ({
    length: batch.numRows,
    members: batch.data.children.flatMap((data, index): Member[] => {
      const name = names[index]!;
      const wanted = columns === true || columns.get(name)?.columns;
      return wanted === undefined ? [] : [{ name, get: createGetter(data, wanted, naming) }];
    }),
  }));
  return createMemberRows(payload.rowStart, batches);
}
