import { isUtf8 } from "node:buffer";
import { type Columns, type JsonValue, narrow, RowError } from "#contract";
import { parseJson } from "./parse-json.ts";
import type { RawRow, Rows, TextFault, TextPayload } from "./row-file.ts";

/** The rows of a slice of a text file, in a worker: each is parsed when it is read, and narrowed to `columns`. */
export function decodeText(payload: TextPayload, columns: Columns, parse: typeof parseJson = parseJson): Rows {
  const { bounds, byteStart, faults, rowIndexes } = payload;
  const bytes = Buffer.from(payload.bytes.buffer, payload.bytes.byteOffset, payload.bytes.length);
  const places = toPlaces(rowIndexes, faults);
  // One look at the whole slice spares a look at each row.
  const isAllUtf8 = isUtf8(bytes);
  const cut = (row: number): Buffer => bytes.subarray(bounds[2 * row], bounds[2 * row + 1]);

  return {
    length: rowIndexes.length + faults.length,
    rowIndex(i) {
      const place = toPlace(places, i);
      return place >= 0 ? (rowIndexes[place] as number) : (faults[~place] as TextFault).row;
    },
    read(i) {
      const place = toPlace(places, i);
      if (place < 0) throw toRowError(faults[~place] as TextFault);
      const [start, end] = [bounds[2 * place] as number, bounds[2 * place + 1] as number];
      if (!isAllUtf8 && !isUtf8(cut(place))) throw badUtf8(cut(place), byteStart + start);
      return narrow(parse(bytes.toString("utf8", start, end)) as JsonValue, columns);
    },
    raw(i) {
      const place = toPlace(places, i);
      if (place < 0) return toRawHead(faults[~place] as TextFault);
      const range = [byteStart + (bounds[2 * place] as number), byteStart + (bounds[2 * place + 1] as number)] as const;
      return { ...toText(cut(place)), bytes: range };
    },
  };
}

/** For each row of the slice, in file order: its place among the bounds, or ~place among the faults. */
function toPlaces(rowIndexes: Uint32Array, faults: readonly TextFault[]): Int32Array | undefined {
  if (faults.length === 0) return undefined;
  const places = new Int32Array(rowIndexes.length + faults.length);
  let fault = 0;
  for (let row = 0; row <= rowIndexes.length; row++) {
    const index = rowIndexes[row] ?? Number.POSITIVE_INFINITY;
    while (fault < faults.length && (faults[fault] as TextFault).row < index) places[row + fault] = ~fault++;
    if (row < rowIndexes.length) places[row + fault] = row;
  }
  return places;
}

function toPlace(places: Int32Array | undefined, i: number): number {
  return places ? (places[i] as number) : i;
}

function toRowError(fault: TextFault): RowError {
  return new RowError("decode", fault.reason, fault.message);
}

function toText(bytes: Buffer): RawRow {
  return isUtf8(bytes) ? { text: bytes.toString("utf8") } : { base64: bytes.toString("base64") };
}

function toRawHead(fault: TextFault): RawRow {
  const { start, end } = fault;
  const head = Buffer.from(fault.head.buffer, fault.head.byteOffset, fault.head.length);
  if (head.length === end - start) return { ...toText(head), bytes: [start, end] };
  // The cut may fall inside a character, which has at most 4 bytes.
  const whole = [0, 1, 2, 3].map((cut) => head.subarray(0, head.length - cut)).find((part) => isUtf8(part));
  return { ...toText(whole ?? head), truncated: true, bytes: [start, end] };
}

function badUtf8(row: Buffer, byteStart: number): RowError {
  const at = findBadByte(row);
  const hex = `0x${(row[at] as number).toString(16).padStart(2, "0")}`;
  const message = `byte ${byteStart + at} of the file (${at} of the row): ${hex} is not UTF-8 there; JSON files must be UTF-8`;
  return new RowError("decode", "invalid_utf8", message);
}

/**
 * Where the first character that is not UTF-8 begins. Decoding replaces it by U+FFFD, so the text encoded again differs
 * from the bytes first inside that replacement.
 */
function findBadByte(bytes: Buffer): number {
  const again = Buffer.from(bytes.toString("utf8"), "utf8");
  let at = 0;
  while (again[at] === bytes[at]) at++;
  while (at > 0 && ((again[at] as number) & 0xc0) === 0x80) at--;
  return at;
}
