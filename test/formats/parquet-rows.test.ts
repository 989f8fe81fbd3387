import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { narrow } from "#contract";
import { anyRows, anyStruct, anyWriteOptions } from "../support/parquet-arbitraries.ts";
import { binary, fixedBinary, list, toParquet } from "../support/parquet-writer.ts";
import { readAllRows } from "../support/read-parquet.ts";

const file = anyStruct(3).chain((struct) =>
  fc.record({
    struct: fc.constant(struct),
    rows: anyRows(struct, 30),
    columns: struct.columns,
    options: anyWriteOptions(),
  }),
);

describe("a parquet file of random columns, rows and ways to write them", () => {
  it("gives what was written, by either reader", async () => {
    const property = fc.asyncProperty(file, async ({ struct, rows, options }) => {
      const bytes = toParquet(
        struct.members,
        rows.map(({ written }) => written as Record<string, unknown>),
        options,
      );
      const expected = rows.map((row) => row.expected);
      expect(await readAllRows(bytes)).toEqual(expected);
      expect(await readAllRows(bytes, true, "slow")).toEqual(expected);
    });
    await fc.assert(property, { seed: 20_240_229, numRuns: 150 });
  });

  it("gives the wanted members and no others, by either reader", async () => {
    const property = fc.asyncProperty(file, async ({ struct, rows, columns, options }) => {
      const bytes = toParquet(
        struct.members,
        rows.map(({ written }) => written as Record<string, unknown>),
        options,
      );
      const expected = rows.map((row) => narrow(row.expected, columns));
      expect(await readAllRows(bytes, columns)).toEqual(expected);
      expect(await readAllRows(bytes, columns, "slow")).toEqual(expected);
    });
    await fc.assert(property, { seed: 20_240_301, numRuns: 150 });
  });
});

it("bytes that no type says are text are nothing that a schema of texts takes, by either reader", async () => {
  const bytes = toParquet({ a: binary(), b: list(fixedBinary(2)) }, [
    { a: Buffer.from("text"), b: [Uint8Array.of(1, 2)] },
  ]);
  for (const how of ["fast", "slow"] as const) {
    const [row] = await readAllRows(bytes, true, how);
    expect(row).toEqual({ a: { $base64: "dGV4dA==" }, b: [{ $base64: "AQI=" }] });
    expect(z.object({ a: z.string() }).safeParse(row).success).toBe(false);
    expect(z.object({ a: z.object({ $base64: z.string() }) }).safeParse(row).success).toBe(true);
  }
});
