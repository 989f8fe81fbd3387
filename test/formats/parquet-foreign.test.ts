import { expect, it } from "vitest";
import { RowError, SourceError } from "#contract";
import { openParquet } from "../../src/formats/parquet-file.ts";
import { FIRST_CURSOR } from "../../src/formats/row-file.ts";
import { createMemorySource } from "../support/memory-source.ts";
import { toParquet, utf8 } from "../support/parquet-writer.ts";
import { decode } from "../support/read-parquet.ts";

// Files that our own writer can't make, of one column of texts, `a`.

/** What pyarrow 26 writes for a table without rows: one row group, its dictionary at 4 and its data at 0. */
const NO_ROWS =
  "UEFSMRUEFQAVAkwVABUAEgAAABUEGSw1ABgGc2NoZW1hFQIAFQwlAhgBYSUATBwAAAAWABkcGRwmABwVDBklAAYZGAFhFQIWABYcFh4mACYIKRwVBBUAFQIAAAAWHBYAJggWHgAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGRwcAAAAegAAAFBBUjE=";
/** Two rows, in a codec of a later version of the format (8). */
const LATER_CODEC =
  "UEFSMRUAFRwVHCwVBBUAFQYVBgAAAwAAAG9uZQMAAAB0d28VBBksSAZzY2hlbWEVAgAVDCUAGAFhJQAAFgQZHBkcJgAcFQwZNQAGEBkYAWEVEBYEFj4WPiYIAAAWPhYEACgBeABCAAAAUEFSMQ==";
/** Its schema says that it has three members, and holds one. */
const LACKING_MEMBERS =
  "UEFSMRUAFRwVHCwVBBUAFQYVBgAAAwAAAG9uZQMAAAB0d28VBBksSAZzY2hlbWEVBgAVDCUAGAFhJQAAFgQZHBkcJgAcFQwZNQAGEBkYAWEVABYEFj4WPiYIAAAWPhYEACgBeABCAAAAUEFSMQ==";
/** Not even a root in its schema, and no row group. */
const NO_SCHEMA = "UEFSMRUEGQwWABkMKAF4AAwAAABQQVIx";

const open = (base64: string) => openParquet(createMemorySource(Buffer.from(base64, "base64")), true);

it("a table without rows is a file of 0 rows, wherever its writer says that they lie", async () => {
  const { rows, slices } = await open(NO_ROWS);
  expect([rows, slices]).toEqual([0, 0]);
});

it.each([
  [LACKING_MEMBERS, "its schema lacks 2 of the members that it names"],
  [NO_SCHEMA, "its schema has no elements"],
])("a schema that isn't whole is the file's fault: %#", async (base64, message) => {
  const failure = await open(base64).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SourceError);
  expect(failure).toMatchObject({ failure: "malformed", message: expect.stringContaining(message) });
});

it.each(["fast", "slow"] as const)("what a reader doesn't know is the row group's fault: %s", async (how) => {
  const file = await open(LATER_CODEC);
  const [slice] = await Array.fromAsync(file.readSlices(FIRST_CURSOR));
  const failure = await decode(slice!, true, how).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RowError);
  expect(failure).toMatchObject({ stage: "decode", reason: "corrupt_row_group" });
  expect((failure as RowError).message).toContain("CompressionCodec 8");
});

it("a footer of more bytes than are read is refused before it is read", async () => {
  const trailer = Buffer.from([0, 0, 0, 0x03, ...Buffer.from("PAR1")]); // 48 MiB of metadata
  const size = 2 ** 30;
  const reads: [number, number][] = [];
  const source = {
    path: "data/train.parquet",
    size,
    read: async (start: number, end: number) => {
      reads.push([start, end]);
      const bytes = new Uint8Array(end - start);
      bytes.set(trailer, bytes.length - trailer.length);
      return bytes;
    },
  };
  const failure = await openParquet(source, true).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    failure: "malformed",
    message: expect.stringContaining("its footer has 50331648 bytes; at most 33554432 are read"),
  });
  expect(reads).toEqual([[size - 2 ** 16, size]]);
});

it("a message shows no more of a column's name than a reader can take in", async () => {
  const rows = [{ [`${"a".repeat(100_000)}z`]: "text" }];
  const bytes = toParquet({ [Object.keys(rows[0]!)[0]!]: utf8() }, rows, {});
  const wanted = new Map([["b", { columns: true, required: true } as const]]);
  const failure = await openParquet(createMemorySource(bytes), wanted).catch((error: unknown) => error);
  expect((failure as Error).message).toMatch(/missing required columns: b; the file has a{60}…\. The/);
});
