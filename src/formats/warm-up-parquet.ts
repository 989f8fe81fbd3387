import { type DataType, Field, Float64, List, Struct, Table, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import * as wasm from "./parquet-wasm.ts";
import type { ParquetPayload } from "./row-file.ts";

/** Enough values to run each of the reader's usual loops, few enough to take milliseconds. */
const ROWS = 256;

/** A small file of texts, numbers and a list of structs, as a payload that holds it whole. */
export function toWarmUpPayload(): ParquetPayload {
  const message = new Struct([new Field("role", new Utf8(), true), new Field("content", new Utf8(), true)]);
  const table = new Table({
    text: toColumn(new Utf8(), (i) => `text ${i}`),
    number: toColumn(new Float64(), (i) => i / 2),
    messages: toColumn(new List(new Field("item", message, true)), (i) => [{ role: "user", content: `message ${i}` }]),
  });
  const properties = new wasm.WriterPropertiesBuilder().setCompression(wasm.Compression.SNAPPY).build();
  const bytes = wasm.writeParquet(wasm.Table.fromIPCStream(tableToIPC(table, "stream")), properties);
  const chunks = [{ start: 0, bytes }];
  const leaves = ["text", "number", "messages"];
  return {
    kind: "parquet",
    size: bytes.length,
    rowGroup: 0,
    rowStart: 0,
    offset: 0,
    limit: ROWS,
    leaves,
    names: [],
    chunks,
  };
}

function toColumn(type: DataType, value: (i: number) => unknown) {
  return vectorFromArray(
    Array.from({ length: ROWS }, (_, i) => value(i)),
    type,
  );
}
