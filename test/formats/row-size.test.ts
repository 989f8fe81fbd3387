import { describe, expect, it } from "vitest";
import type { JsonValue, RowError } from "#contract";
import { JSON_DEPTH_MAX, JSON_VALUES_MAX, ROW_BYTES_MAX } from "../../src/formats/limits.ts";
import { openParquet } from "../../src/formats/parquet-file.ts";
import { FIRST_CURSOR } from "../../src/formats/row-file.ts";
import { assertRowSize } from "../../src/formats/row-size.ts";
import { createMemorySource } from "../support/memory-source.ts";
import { int8, list, toParquet, utf8 } from "../support/parquet-writer.ts";
import { decode } from "../support/read-parquet.ts";

const nest = (levels: number): JsonValue => {
  let value: JsonValue = 0;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

const reasonOf = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as RowError).reason;
  }
};

describe("a decoded row", () => {
  it.each<[string, JsonValue, JsonValue, string]>([
    ["characters", ["a".repeat(ROW_BYTES_MAX)], ["a".repeat(ROW_BYTES_MAX), "b"], "row_too_large"],
    ["values", new Array(JSON_VALUES_MAX - 1).fill(1), new Array(JSON_VALUES_MAX).fill(1), "too_many_values"],
    ["levels", nest(JSON_DEPTH_MAX), nest(JSON_DEPTH_MAX + 1), "too_deep"],
  ])("may have so many %s and no more", (_, fits, exceeds, reason) => {
    expect(reasonOf(() => assertRowSize(fits))).toBeUndefined();
    expect(reasonOf(() => assertRowSize(exceeds))).toBe(reason);
  });

  it("of a parquet file fails by itself", async () => {
    const rows = [
      { text: "sound", numbers: [1] },
      { text: "a".repeat(ROW_BYTES_MAX + 1), numbers: [1] },
      { text: "sound", numbers: new Array(JSON_VALUES_MAX + 1).fill(1) },
      { text: "last", numbers: [] },
    ];
    const bytes = toParquet({ text: utf8(), numbers: list(int8()) }, rows);
    const file = await openParquet(createMemorySource(bytes), true);
    const slices = await Array.fromAsync(file.readSlices(FIRST_CURSOR));
    for (const reader of ["fast", "slow"] as const) {
      const decoded = await Promise.all(slices.map((slice) => decode(slice, true, reader)));
      const reasons = decoded.flatMap((some) =>
        Array.from({ length: some.length }, (_, i) => reasonOf(() => some.read(i))),
      );
      expect(reasons).toEqual([undefined, "row_too_large", "too_many_values", undefined]);
    }
  });
});

/** A parquet file of no rows whose one column lies so many levels deep, in Thrift's compact protocol (parquet.thrift). */
function toDeepFile(levels: number): Uint8Array {
  const group = [0x48, 1, 0x61, 0x15, 2, 0]; // name "a", one child
  const leaf = [0x15, 12, 0x38, 1, 0x61, 0]; // BYTE_ARRAY, name "a"
  const size = [(levels % 128) + 128, levels >> 7];
  const schema = [0x19, 0xfc, ...size, ...new Array<number[]>(levels - 1).fill(group).flat(), ...leaf];
  const footer = Buffer.from([0x15, 2, ...schema, 0x16, 0, 0x19, 0x0c, 0]); // version 1, schema, no rows, no row groups
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([Buffer.from("PAR1"), footer, length, Buffer.from("PAR1")]);
}

it("a parquet schema that nests without an end is refused", async () => {
  const open = (levels: number) => openParquet(createMemorySource(toDeepFile(levels)), true);
  expect(await open(200)).toMatchObject({ rows: 0, slices: 0 });
  await expect(open(300)).rejects.toThrow(/its schema nests deeper than 256 levels/);
  await expect(open(16_000)).rejects.toThrow(/not a readable parquet file/);
});
