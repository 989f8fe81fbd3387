import { type JsonObject, type JsonValue, RowError } from "#contract";

/** A unit of time, by the number Arrow gives it: s, ms, µs, ns. */
export type UnitIndex = 0 | 1 | 2 | 3;

const DIGITS = [0, 3, 6, 9] as const;
const PER_SECOND = [1n, 1_000n, 1_000_000n, 1_000_000_000n] as const;
const DAY_MS = 86_400_000;
const DATE_MS_MAX = 8.64e15; // ECMA-262: the last instant that a Date can hold

/** A 64-bit integer: a number while it is exact (up to 2^53 - 1 either way), else its decimal text. */
export function toIntegerJson(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** A float. JSON has no NaN and no infinities: they become the texts "NaN", "Infinity" and "-Infinity". */
export function toFloatJson(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/**
 * A count of units since 1970 as ISO 8601 text, with "Z" when `utc`. The fraction has 3, 6 or 9 digits, as few as hold
 * it, and none when it is zero. Throws RowError beyond the years that ECMA-262 can write.
 */
export function toTimestampText(count: bigint, unit: UnitIndex, utc: boolean): string {
  const perSecond = PER_SECOND[unit];
  const fraction = modulo(count, perSecond);
  const ms = Number((count - fraction) / perSecond) * 1000;
  if (Math.abs(ms) > DATE_MS_MAX) throw outOfRange("timestamp", count);
  return `${new Date(ms).toISOString().slice(0, -5)}${toFractionText(fraction, unit)}${utc ? "Z" : ""}`;
}

/** A number of days since 1970 as "YYYY-MM-DD". Throws RowError beyond the years that ECMA-262 can write. */
export function toDateText(days: number): string {
  const ms = days * DAY_MS;
  if (Math.abs(ms) > DATE_MS_MAX) throw outOfRange("date", days);
  return new Date(ms).toISOString().slice(0, -14);
}

/** Milliseconds since 1970 as the "YYYY-MM-DD" they fall on. */
export function toDateTextOfMs(ms: bigint): string {
  return toDateText(Number((ms - modulo(ms, BigInt(DAY_MS))) / BigInt(DAY_MS)));
}

/** A count of units since midnight as "HH:MM:SS", with a fraction as in timestamps. Throws RowError outside of a day. */
export function toTimeText(count: bigint, unit: UnitIndex): string {
  const perSecond = PER_SECOND[unit];
  const seconds = Number(count / perSecond);
  if (count < 0n || seconds >= 86_400) throw outOfRange("time", count);
  return `${new Date(seconds * 1000).toISOString().slice(11, 19)}${toFractionText(count % perSecond, unit)}`;
}

/** A decimal as exact text with all the digits of its scale: (-12345n, 2) is "-123.45". */
export function toDecimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return (unscaled * 10n ** BigInt(-scale)).toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Bytes that no column type says are text: an object, since as a text they could be taken for the text of the row. */
export function toBytesJson(bytes: Uint8Array): JsonObject {
  return { $base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64") };
}

/** A map's key as a member's name. */
export function toMemberName(key: JsonValue): string {
  return typeof key === "string" ? key : JSON.stringify(key);
}

function toFractionText(fraction: bigint, unit: UnitIndex): string {
  if (fraction === 0n) return "";
  let digits = fraction.toString().padStart(DIGITS[unit], "0");
  while (digits.endsWith("000")) digits = digits.slice(0, -3);
  return `.${digits}`;
}

/** The remainder with the sign of the divisor: an instant before 1970 still has a fraction that counts forward. */
function modulo(value: bigint, divisor: bigint): bigint {
  const rest = value % divisor;
  return rest < 0n ? rest + divisor : rest;
}

function outOfRange(kind: string, value: bigint | number): RowError {
  return new RowError("decode", `${kind}_out_of_range`, `${kind} ${value} can't be written as ISO 8601.`);
}
