import { type JsonObject, RowError, setMember } from "#contract";
import type { Getter } from "./columnar-getters.ts";
import type { RawRow, Rows } from "./row-file.ts";
import { assertRowSize } from "./row-size.ts";

/** A column of a run of rows. `getRaw` stands in for `get` when a row that failed is shown to a person. */
export type Member = { readonly name: string; readonly get: Getter; readonly getRaw?: Getter };

/** A run of rows as columns. */
export type Batch = { readonly length: number; readonly members: readonly Member[] };

/** Rows of columns, one batch after the other; `rowStart` is the index in the file of the first. */
export function createMemberRows(rowStart: number, batches: readonly Batch[]): Rows {
  const starts: number[] = [];
  let length = 0;
  for (const batch of batches) {
    starts.push(length);
    length += batch.length;
  }
  const locate = (i: number) => starts.findLastIndex((start) => start <= i);
  return {
    length,
    rowIndex: (i) => rowStart + i,
    read(i) {
      const at = batches.length === 1 ? 0 : locate(i);
      return readRow(batches[at]!.members, i - starts[at]!);
    },
    raw(i) {
      const at = locate(i);
      return readRawRow(batches[at]!.members, i - starts[at]!);
    },
  };
}

function readRow(members: readonly Member[], i: number): JsonObject {
  const row: JsonObject = {};
  for (const { name, get } of members) {
    try {
      setMember(row, name, get(i));
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      throw new RowError(error.stage, error.reason, `${name}: ${error.message}`, { cause: error });
    }
  }
  assertRowSize(row);
  return row;
}

/** A member that can't be read stands as {"$unreadable": why}; the others are there to recognise the row by. */
function readRawRow(members: readonly Member[], i: number): RawRow {
  const row: JsonObject = {};
  for (const { name, get, getRaw = get } of members) {
    try {
      setMember(row, name, getRaw(i));
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      setMember(row, name, { $unreadable: error.message });
    }
  }
  return { json: row };
}
