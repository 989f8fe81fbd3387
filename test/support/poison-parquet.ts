import * as arrow from "apache-arrow";
import type { ColumnType } from "./parquet-writer.ts";
import { poisonRow, toPlain } from "./poison.ts";
import type { Random, SyntheticRow } from "./synthetic.ts";

/** A row with something wrong that its columns can still hold: nulls in any place, texts and numbers that nobody expects. */
export function poisonTypedRow(
  row: SyntheticRow,
  columns: Readonly<Record<string, ColumnType>>,
  random: Random,
): SyntheticRow {
  const poisoned = toPlain(poisonRow(row, random));
  const members = Object.entries(columns).map(([name, { arrow: type }]) => [
    name,
    toFitting(memberOf(poisoned, name), type),
  ]);
  return Object.fromEntries(members);
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : null;
}

/** The value as a column of the type can hold it; null where it can't. */
function toFitting(value: unknown, type: arrow.DataType): unknown {
  if (value === null || value === undefined || arrow.DataType.isNull(type)) return null;
  if (arrow.DataType.isStruct(type)) {
    if (typeof value !== "object" || Array.isArray(value)) return null;
    return Object.fromEntries(
      type.children.map((field) => [field.name, toFitting(memberOf(value, field.name), field.type)]),
    );
  }
  if (arrow.DataType.isList(type) || arrow.DataType.isLargeList(type)) {
    return Array.isArray(value) ? value.map((item) => toFitting(item, type.children[0]!.type)) : null;
  }
  if (arrow.DataType.isUtf8(type) || arrow.DataType.isLargeUtf8(type) || arrow.DataType.isDictionary(type)) {
    return typeof value === "string"
      ? value
      : JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `${one}` : one));
  }
  if (arrow.DataType.isBool(type)) return typeof value === "boolean" ? value : null;
  if (arrow.DataType.isInt(type)) return toFittingInteger(value, type);
  if (arrow.DataType.isFloat(type)) return typeof value === "number" ? value : null;
  if (arrow.DataType.isTimestamp(type) || arrow.DataType.isDate(type)) return value instanceof Date ? value : null;
  return null;
}

function toFittingInteger(value: unknown, type: arrow.Int): number | bigint | null {
  if (type.bitWidth === 64) {
    if (typeof value === "bigint") return value;
    return typeof value === "number" && Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value) : null;
  }
  const limit = 2 ** (type.bitWidth - 1);
  return typeof value === "number" && Number.isInteger(value) && value >= -limit && value < limit ? value : null;
}
