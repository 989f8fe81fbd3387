import { type JsonValue, RowError } from "#contract";
import { JSON_DEPTH_MAX, JSON_VALUES_MAX, ROW_BYTES_MAX } from "./limits.ts";

/**
 * Throws RowError (decode) for a decoded row beyond the limits that a row of JSON text is held to before it is parsed:
 * `row_too_large`, `too_many_values`, `too_deep`. Rows of a parquet file can grow out of few bytes.
 */
export function assertRowSize(row: JsonValue): void {
  const left = { values: JSON_VALUES_MAX, chars: ROW_BYTES_MAX };
  spend(row, left, 0);
}

/** The same for one text of `bytes` bytes, before it is made. */
export function assertTextSize(bytes: number): void {
  if (bytes > ROW_BYTES_MAX) throw tooLarge();
}

/** The same for one list of `items` items, before it is made. */
export function assertListSize(items: number): void {
  if (items > JSON_VALUES_MAX) throw tooMany();
}

function spend(value: JsonValue, left: { values: number; chars: number }, depth: number): void {
  if (--left.values < 0) throw tooMany();
  if (typeof value === "string") {
    left.chars -= value.length;
    if (left.chars < 0) throw tooLarge();
  }
  if (typeof value !== "object" || value === null) return;
  if (depth === JSON_DEPTH_MAX) throw tooDeep();
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) spend(value[i] as JsonValue, left, depth + 1);
    return;
  }
  // A row is our own object, without anything inherited that could be listed.
  for (const name in value) spend(value[name] as JsonValue, left, depth + 1);
}

function tooLarge(): RowError {
  return new RowError("decode", "row_too_large", `more than ${ROW_BYTES_MAX} characters; no more are read of a row`);
}

function tooMany(): RowError {
  return new RowError("decode", "too_many_values", `more than ${JSON_VALUES_MAX} values; no more are read of a row`);
}

function tooDeep(): RowError {
  return new RowError("decode", "too_deep", `nested deeper than ${JSON_DEPTH_MAX} levels; no deeper row is read`);
}
