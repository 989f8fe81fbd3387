import { expect } from "vitest";
import type { ByteSource, JsonValue } from "#contract";
import type { Cursor, RowFile, Slice, TextPayload } from "../../src/formats/row-file.ts";
import { FIRST_CURSOR } from "../../src/formats/row-file.ts";
import { decodeText } from "../../src/formats/text-rows.ts";

/** A file in memory. `reads` lists the ranges that were asked for. */
export function createMemorySource(
  content: string | Uint8Array,
): ByteSource & { readonly reads: (readonly [number, number])[] } {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const reads: (readonly [number, number])[] = [];
  return {
    path: "folder/rows.json",
    size: bytes.length,
    reads,
    async read(start, end) {
      if (start < 0 || end > bytes.length || (start >= end && bytes.length > 0))
        throw new RangeError(`read(${start}, ${end})`);
      reads.push([start, end]);
      return new Uint8Array(bytes.slice(start, end));
    },
  };
}

export async function listSlices(file: RowFile, from: Cursor = FIRST_CURSOR): Promise<Slice[]> {
  return Array.fromAsync(file.readSlices(from));
}

/** A row of a slice, or what went wrong with it. */
export type ReadRow = { row: number; value: JsonValue } | { row: number; error: string };

export function readRows(slices: readonly Slice[]): ReadRow[] {
  return slices.flatMap((slice) => {
    const rows = decodeText(slice.payload as TextPayload, true);
    return Array.from({ length: rows.length }, (_, i): ReadRow => {
      try {
        return { row: rows.rowIndex(i), value: rows.read(i) };
      } catch (error) {
        return { row: rows.rowIndex(i), error: (error as { reason: string }).reason };
      }
    });
  });
}

/** A slice as plain data, for comparing two readings of a file. */
export function toPlain({ rows, next, payload }: Slice): unknown {
  return { rows, next, read: readRows([{ rows, next, payload }]), payload };
}

/**
 * Reading on from the cursor after each slice gives the slice that comes after it, cursor and all (and so, step by step,
 * all that come after it).
 */
export async function expectResumes(file: RowFile, slices: readonly Slice[]): Promise<void> {
  for (const [i, { next }] of slices.entries()) {
    const reading = file.readSlices(next);
    const { value } = await reading.next();
    await reading.return(undefined);
    const following = slices[i + 1];
    expect(value && toPlain(value)).toEqual(following && toPlain(following));
  }
}

/**
 * The value that a row carries when its text is JSON.stringify(value): integers beyond 2^53 as their digits, no -0. Made
 * without JSON.parse, which gets some names wrong (nodejs/node#63785).
 */
export function toCarried(value: unknown): JsonValue {
  if (typeof value === "number") {
    const text = JSON.stringify(value);
    if (Number.isInteger(value) && !Number.isSafeInteger(value) && !text.includes("e")) return text;
    return value === 0 ? 0 : value;
  }
  if (typeof value !== "object" || value === null) return value as JsonValue;
  if (Array.isArray(value)) return value.map(toCarried);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toCarried(member)]));
}
