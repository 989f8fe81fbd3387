import { expect, it } from "vitest";
import { RowError, SourceError } from "#contract";
import { openParquet } from "../../src/formats/parquet-file.ts";
import { FIRST_CURSOR } from "../../src/formats/row-file.ts";
import { createMemorySource } from "../support/memory-source.ts";
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
