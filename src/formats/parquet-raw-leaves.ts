import * as arrow from "apache-arrow";
import type { SchemaElement } from "hyparquet";
import { RowError } from "#contract";
import * as scalars from "./arrow-scalars.ts";
import type { Converter, TextRule } from "./parquet-raw-values.ts";

type UnitIndex = scalars.UnitIndex;

const JULIAN_DAY_OF_1970 = 2_440_588n;
const DAY_NS = 86_400_000_000_000n;

/** Values of a leaf column as they are stored, written as the Arrow type says. */
export function createLeafConverter(element: SchemaElement, stored: arrow.DataType, text: TextRule): Converter {
  const type: arrow.DataType = arrow.DataType.isDictionary(stored) ? stored.dictionary : stored;
  if (arrow.DataType.isNull(type)) return () => null;
  if (arrow.DataType.isUtf8(type) || arrow.DataType.isLargeUtf8(type) || arrow.DataType.isUtf8View(type)) {
    return (raw) => text(toBytes(raw));
  }
  if (arrow.DataType.isBool(type)) return (raw) => toBoolean(raw);
  if (arrow.DataType.isInt(type)) return createIntegerConverter(type);
  if (arrow.DataType.isFloat(type)) {
    const isHalf = type.precision === arrow.Precision.HALF;
    return (raw) => scalars.toFloatJson(isHalf ? toHalf(raw) : toNumber(raw));
  }
  if (arrow.DataType.isTimestamp(type) || arrow.DataType.isDate(type) || arrow.DataType.isTime(type)) {
    return createCalendarConverter(element, type);
  }
  if (arrow.DataType.isDecimal(type)) return (raw) => scalars.toDecimalText(toUnscaled(raw), type.scale);
  if (arrow.DataType.isDuration(type)) return (raw) => scalars.toIntegerJson(toBigInt(raw));
  if (isBytes(type)) return (raw) => scalars.toBytesJson(toBytes(raw));
  return () => {
    throw new RowError("decode", "unsupported_type", `A column of type ${type} has no JSON form.`);
  };
}

function createIntegerConverter(type: arrow.Int): Converter {
  const { bitWidth, isSigned } = type;
  return (raw) => {
    const value = toBigInt(raw);
    return scalars.toIntegerJson(isSigned ? BigInt.asIntN(bitWidth, value) : BigInt.asUintN(bitWidth, value));
  };
}

function createCalendarConverter(element: SchemaElement, type: arrow.Timestamp | arrow.Date_ | arrow.Time): Converter {
  if (arrow.DataType.isTimestamp(type)) {
    const unit = type.unit as UnitIndex;
    const utc = Boolean(type.timezone);
    const perUnit = 10n ** BigInt(9 - 3 * unit);
    if (element.type === "INT96") return (raw) => scalars.toTimestampText(toNanoseconds(raw) / perUnit, unit, utc);
    return (raw) => scalars.toTimestampText(toBigInt(raw), unit, utc);
  }
  if (arrow.DataType.isTime(type)) return (raw) => scalars.toTimeText(toBigInt(raw), type.unit as UnitIndex);
  // A date of milliseconds may still be stored as days.
  if (element.type === "INT32") return (raw) => scalars.toDateText(toNumber(raw));
  return (raw) => scalars.toDateTextOfMs(toBigInt(raw));
}

function isBytes(type: arrow.DataType): boolean {
  return (
    arrow.DataType.isBinary(type) ||
    arrow.DataType.isLargeBinary(type) ||
    arrow.DataType.isBinaryView(type) ||
    arrow.DataType.isFixedSizeBinary(type)
  );
}

/** INT96: nanoseconds of the day in the low 64 bits, the Julian day above them. */
function toNanoseconds(raw: unknown): bigint {
  const value = toBigInt(raw);
  return ((value >> 64n) - JULIAN_DAY_OF_1970) * DAY_NS + BigInt.asUintN(64, value);
}

/** Decimals are stored as integers, or as big-endian two's complement bytes. */
function toUnscaled(raw: unknown): bigint {
  if (!(raw instanceof Uint8Array)) return toBigInt(raw);
  let value = 0n;
  for (const byte of raw) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(raw.length * 8, value);
}

function toHalf(raw: unknown): number {
  const bytes = toBytes(raw);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat16(0, true);
}

function toBytes(raw: unknown): Uint8Array {
  if (raw instanceof Uint8Array) return raw;
  throw unsound("bytes", raw);
}

function toNumber(raw: unknown): number {
  if (typeof raw === "number") return raw;
  throw unsound("a number", raw);
}

function toBoolean(raw: unknown): boolean {
  if (typeof raw === "boolean") return raw;
  throw unsound("true or false", raw);
}

function toBigInt(raw: unknown): bigint {
  if (typeof raw === "bigint" || typeof raw === "number") return BigInt(raw);
  throw unsound("an integer", raw);
}

function unsound(expected: string, raw: unknown): Error {
  return new Error(raw === undefined ? "a value is missing" : `expected ${expected}, got ${typeof raw}`);
}
