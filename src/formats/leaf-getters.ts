import * as arrow from "apache-arrow";
import { RowError } from "#contract";
import * as scalars from "./arrow-scalars.ts";
import type { Getter } from "./columnar-getters.ts";
import { assertTextSize } from "./row-size.ts";

type UnitIndex = scalars.UnitIndex;
type Fixed = Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;
/** What Node's Buffer also has: no options to look at on each call, which counts at a million calls a second. */
type SlicingBuffer = Buffer & { utf8Slice(start: number, end: number): string };

/** Reads data without children by index, for an index whose value is known not to be null. */
export function createLeafGetter(data: arrow.Data): Getter {
  const { type } = data;
  if (arrow.DataType.isNull(type)) return () => null;
  if (arrow.DataType.isUtf8(type) || arrow.DataType.isLargeUtf8(type)) return createTextGetter(data);
  if (arrow.DataType.isBool(type)) return createBoolGetter(data);
  if (arrow.DataType.isInt(type)) return createIntegerGetter(data, type);
  if (arrow.DataType.isFloat(type)) return createFloatGetter(data, type);
  if (arrow.DataType.isTimestamp(type) || arrow.DataType.isDate(type) || arrow.DataType.isTime(type)) {
    return createCalendarGetter(data, type);
  }
  return createOtherGetter(data, type);
}

function createCalendarGetter(data: arrow.Data, type: arrow.Timestamp | arrow.Date_ | arrow.Time): Getter {
  const is64 = !(data.values instanceof Int32Array);
  const counts = is64 ? toBigInts(data) : (data.values as Int32Array);
  if (arrow.DataType.isTimestamp(type)) {
    const utc = Boolean(type.timezone);
    return (i) => scalars.toTimestampText(BigInt(counts[i]!), type.unit as UnitIndex, utc);
  }
  if (arrow.DataType.isTime(type)) return (i) => scalars.toTimeText(BigInt(counts[i]!), type.unit as UnitIndex);
  if (type.unit === arrow.DateUnit.DAY) return (i) => scalars.toDateText(Number(counts[i]));
  return (i) => scalars.toDateTextOfMs(BigInt(counts[i]!));
}

/** Views come through Arrow's own vector, which is slower; whatever is left has no JSON form. */
function createOtherGetter(data: arrow.Data, type: arrow.DataType): Getter {
  if (arrow.DataType.isDecimal(type)) {
    const unscaled = createWordsReader(data, type.bitWidth / 32);
    return (i) => scalars.toDecimalText(unscaled(i), type.scale);
  }
  if (arrow.DataType.isDuration(type)) {
    const counts = toBigInts(data);
    return (i) => scalars.toIntegerJson(counts[i]!);
  }
  if (arrow.DataType.isBinary(type) || arrow.DataType.isLargeBinary(type)) return createBinaryGetter(data);
  if (arrow.DataType.isFixedSizeBinary(type)) {
    const bytes = data.values as Uint8Array;
    const size = type.byteWidth;
    return (i) => scalars.toBytesJson(bytes.subarray(i * size, (i + 1) * size));
  }
  const vector = new arrow.Vector([data]);
  if (arrow.DataType.isUtf8View(type)) return (i) => vector.get(i) as string;
  if (arrow.DataType.isBinaryView(type)) return (i) => scalars.toBytesJson(vector.get(i) as Uint8Array);
  return () => {
    throw new RowError("decode", "unsupported_type", `A column of type ${type} has no JSON form.`);
  };
}

function createTextGetter(data: arrow.Data): Getter {
  const starts = toOffsets(data);
  const bytes = toBuffer(data.values as Uint8Array);
  return (i) => {
    const start = starts[i]!;
    const end = starts[i + 1]!;
    assertTextSize(end - start);
    return bytes.utf8Slice(start, end);
  };
}

function createBinaryGetter(data: arrow.Data): Getter {
  const starts = toOffsets(data);
  const bytes = data.values as Uint8Array;
  return (i) => {
    const start = starts[i]!;
    const end = starts[i + 1]!;
    assertTextSize(end - start);
    return scalars.toBytesJson(bytes.subarray(start, end));
  };
}

function createBoolGetter(data: arrow.Data): Getter {
  const bits = data.values as Uint8Array;
  const { offset } = data;
  return (i) => ((bits[(i + offset) >> 3]! >> ((i + offset) & 7)) & 1) === 1;
}

function createFloatGetter(data: arrow.Data, type: arrow.Float): Getter {
  const raw = data.values as Fixed;
  const isHalf = type.precision === arrow.Precision.HALF;
  const values = isHalf ? new Float16Array(raw.buffer as ArrayBuffer, raw.byteOffset, raw.length) : raw;
  return (i) => scalars.toFloatJson(values[i]!);
}

/** Two 32-bit words make most 64-bit integers without a BigInt on the way. */
function createIntegerGetter(data: arrow.Data, type: arrow.Int): Getter {
  const values = data.values as Fixed;
  if (type.bitWidth < 64) return (i) => values[i]!;
  const low = toWords(data);
  const high = type.isSigned ? new Int32Array(low.buffer, low.byteOffset, low.length) : low;
  const exact = data.values as BigInt64Array | BigUint64Array;
  return (i) => {
    const value = high[2 * i + 1]! * 0x1_0000_0000 + low[2 * i]!;
    return Number.isSafeInteger(value) ? value : exact[i]!.toString();
  };
}

/** Reads little-endian two's complement integers of `count` words. */
function createWordsReader(data: arrow.Data, count: number): (i: number) => bigint {
  const words = toWords(data);
  return (i) => {
    let value = 0n;
    for (let k = count - 1; k >= 0; k--) value = (value << 32n) | BigInt(words[i * count + k]!);
    return BigInt.asIntN(count * 32, value);
  };
}

function toBigInts(data: arrow.Data): BigInt64Array {
  const { buffer, byteOffset, byteLength } = data.values as Fixed;
  return new BigInt64Array(buffer, byteOffset, byteLength / 8);
}

function toWords(data: arrow.Data): Uint32Array {
  const { buffer, byteOffset, byteLength } = data.values as Fixed;
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

/** Offsets as numbers; 64-bit ones stay below 2^53 because they count bytes in memory. */
export function toOffsets(data: arrow.Data): Int32Array | Float64Array {
  const offsets: Int32Array | BigInt64Array = data.valueOffsets;
  return offsets instanceof BigInt64Array ? Float64Array.from(offsets, Number) : offsets;
}

function toBuffer(bytes: Uint8Array): SlicingBuffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) as Buffer as SlicingBuffer;
}
