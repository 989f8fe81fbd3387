import { type Columns, narrow } from "#contract";
import type { RawRow, Rows } from "../formats/row-file.ts";
import { decodeText } from "../formats/text-rows.ts";
import type { JsonValue } from "../schema/json.ts";

/** Rows of a file that were kept whole when they failed, to be worked again without reading the file. */
export type KeptPayload = { readonly kind: "kept"; readonly rows: readonly KeptRow[] };

/** A row as quarantine keeps it, and its index in the file. */
export type KeptRow = { readonly row: number; readonly raw: RawRow };

/**
 * The rows as the file's own reader gives them. A row of a text file is kept as its text, so any columns can be read of
 * it; a row of another format was narrowed when it was kept, and `columns` must be the same as then.
 */
export function decodeKept({ rows }: KeptPayload, columns: Columns): Rows {
  const at = (i: number): KeptRow => rows[i] as KeptRow;
  return {
    length: rows.length,
    rowIndex: (i) => at(i).row,
    read(i) {
      const { row, raw } = at(i);
      return raw.json === undefined ? toTextRows(row, raw, columns).read(0) : narrow(raw.json as JsonValue, columns);
    },
    raw: (i) => at(i).raw,
  };
}

/** A slice of one row. */
function toTextRows(row: number, { text, base64, bytes: range }: RawRow, columns: Columns): Rows {
  const bytes = Uint8Array.from(text === undefined ? Buffer.from(base64 ?? "", "base64") : Buffer.from(text, "utf8"));
  return decodeText(
    {
      kind: "text",
      bytes,
      bounds: Uint32Array.of(0, bytes.length),
      rowIndexes: Uint32Array.of(row),
      byteStart: range?.[0] ?? 0,
      faults: [],
    },
    columns,
  );
}
