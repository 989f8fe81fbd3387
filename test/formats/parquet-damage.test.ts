import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Columns, RowError } from "#contract";
import { openParquet } from "../../src/formats/parquet-file.ts";
import { decodeParquetSlowly } from "../../src/formats/parquet-rows.ts";
import { FIRST_CURSOR, type ParquetPayload, type Slice } from "../../src/formats/row-file.ts";
import { createMemorySource } from "../support/memory-source.ts";
import { PARQUET_BOMB } from "../support/parquet-bomb.ts";
import { type Codec, int64, list, timestamp, toParquet, utf8 } from "../support/parquet-writer.ts";
import { decode, toValues } from "../support/read-parquet.ts";

const rows = Array.from({ length: 300 }, (_, i) => ({ a: `sentence ${i * 7919}`, b: i }));

/** The slices of a file whose first row group has a damaged page. */
async function readDamaged(codec: Codec): Promise<Slice[]> {
  const bytes = toParquet({ a: utf8(), b: int64() }, rows, { codec, dictionary: false, rowGroupRows: 200 });
  bytes.fill(0xff, 300, 400);
  return Array.fromAsync(await readSlices(bytes));
}

async function readSlices(bytes: Uint8Array): Promise<AsyncGenerator<Slice>> {
  return (await openParquet(createMemorySource(bytes), true)).readSlices(FIRST_CURSOR);
}

const thread = new URL("../support/decode-in-thread.ts", import.meta.url);

describe("a damaged page", () => {
  it.each<Codec>(["SNAPPY", "GZIP", "ZSTD", "BROTLI", "LZ4_RAW"])("is a RowError with its cause: %s", async (codec) => {
    const [first, second] = await readDamaged(codec);
    const failure = await decode(first!, true, "slow").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RowError);
    const error = failure as RowError;
    expect([error.stage, error.reason]).toEqual(["decode", "corrupt_row_group"]);
    expect(error.message).toMatch(/^row group 0, rows 0 to 199: the pages can't be decoded \(.+\)\. Download/);
    expect(error.cause).toBeInstanceOf(Error);
    expect(toValues(await decode(second!, true))).toEqual(rows.slice(200));
  });

  it("kills the thread that reads it, and the payload can be read again", async () => {
    const [damaged, sound] = await readDamaged("SNAPPY");
    const dying = new Worker(thread, { workerData: { payload: damaged!.payload } });
    const [error] = (await once(dying, "error")) as [Error];
    expect(error.message).toBe("unreachable");
    await expect(decodeParquetSlowly(damaged!.payload as ParquetPayload, true)).rejects.toThrow("row group 0");
    const living = new Worker(thread, { workerData: { payload: sound!.payload } });
    expect(await once(living, "message")).toEqual([100]);
  });
});

describe("a reader's failure", () => {
  it("is a bug where it is ours, not the file's fault", async () => {
    const [, sound] = await readDamaged("SNAPPY");
    const columns = {} as Columns; // no map: reading the columns throws
    await expect(decode(sound!, columns)).rejects.toThrow(TypeError);
  });

  it("ends a thread also where the slow reader has met a trap, and is words on the main thread", async () => {
    const [sound] = await Array.fromAsync(await readSlices(toParquet({ a: utf8() }, [{ a: "x" }], {})));
    const payload = withRootOfMany(sound!.payload as ParquetPayload);
    const dying = new Worker(thread, { workerData: { payload, careful: true } });
    expect(await Promise.race([once(dying, "error"), once(dying, "exit")])).toMatchObject([{ message: "unreachable" }]);
    await expect(decodeParquetSlowly(payload, true)).rejects.toThrow("the pages can't be decoded (unreachable)");
  });
});

it("a few bytes that claim gigabytes end the thread at the reader's limit, and the slow reader shares what rows share", async () => {
  const [{ payload: whole }] = (await Array.fromAsync(await readSlices(PARQUET_BOMB))) as [Slice];
  // 800 MB: with more the reader would trap in any case.
  const payload = { ...(whole as ParquetPayload), limit: 800 };
  const dying = new Worker(thread, { workerData: { payload } });
  expect(await Promise.race([once(dying, "error"), once(dying, "message")])).toMatchObject([
    { message: "unreachable" },
  ]);
  const rows = await decodeParquetSlowly(payload, true);
  expect(rows.length).toBe(800);
  expect(rows.read(799)).toEqual({ question: "a".repeat(2 ** 20), answer: "<<1*2=2>>\n#### 2" });
});

/** The payload with a footer whose schema claims 2^31 - 1 columns, which parquet-wasm traps at. */
function withRootOfMany(payload: ParquetPayload): ParquetPayload {
  const chunks = payload.chunks.map(({ start, bytes }) => {
    if (start + bytes.length !== payload.size) return { start, bytes };
    const children = bytes.indexOf(0x15, Buffer.from(bytes).indexOf("n0") + 2) + 1;
    const footer = Buffer.concat([bytes.subarray(0, children), MANY, bytes.subarray(children + 1)]);
    footer.writeUInt32LE(footer.length - 8, footer.length - 8);
    return { start, bytes: footer };
  });
  return { ...payload, chunks, size: payload.size + MANY.length - 1 };
}

/** 2^31 - 1, as thrift's compact protocol writes an i32. */
const MANY = Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f]);

describe("a value that can't be a JSON value", () => {
  it("is a fault of its row alone if a text is not UTF-8, and raw shows its bytes", async () => {
    const bytes = toParquet(
      { a: utf8(), b: int64() },
      [
        { a: "good", b: 1 },
        { a: "BROKEN", b: 2 },
        { a: "fine", b: 3 },
      ],
      { codec: "UNCOMPRESSED", dictionary: false },
    );
    const at = Buffer.from(bytes.buffer).indexOf("BROKEN");
    bytes[at] = 0xff;
    const file = await openParquet(createMemorySource(bytes), true);
    const slice = (await file.readSlices(FIRST_CURSOR).next()).value as Slice;
    const decoded = await decode(slice, true, "slow");
    expect(decoded.read(0)).toEqual({ a: "good", b: 1 });
    expect(decoded.read(2)).toEqual({ a: "fine", b: 3 });
    const broken = Buffer.from([0xff, ...Buffer.from("ROKEN")]).toString("base64");
    expect(() => decoded.read(1)).toThrow(`a: a text is not valid UTF-8; its first bytes, in base64: ${broken}`);
    expect(decoded.raw(1)).toEqual({ json: { a: { $base64: broken }, b: 2 } });
    const dying = new Worker(thread, { workerData: { payload: slice.payload } });
    expect(await once(dying, "error")).toHaveLength(1); // which is why the slow reader gets to see it
  });

  it.each(["fast", "slow"] as const)(
    "is a fault of its row alone if a timestamp is beyond the calendar, %s",
    async (how) => {
      const bytes = toParquet({ t: timestamp("ms", "UTC"), b: int64() }, [
        { t: 2n ** 62n, b: 1 },
        { t: 0n, b: 2 },
      ]);
      const file = await openParquet(createMemorySource(bytes), true);
      const slice = (await file.readSlices(FIRST_CURSOR).next()).value as Slice;
      const decoded = await decode(slice, true, how);
      expect(() => decoded.read(0)).toThrow(/^t: timestamp 4611686018427387904 can't be written/);
      expect(decoded.raw(0)).toEqual({
        json: { t: { $unreadable: "timestamp 4611686018427387904 can't be written as ISO 8601." }, b: 1 },
      });
      expect(decoded.read(1)).toEqual({ t: "1970-01-01T00:00:00Z", b: 2 });
      expect(decoded.raw(1)).toEqual({ json: decoded.read(1) });
    },
  );
});

it("the slow reader makes a value when it is asked for, and keeps none: rows can share a text of megabytes", async () => {
  const file = await openParquet(createMemorySource(toParquet({ a: list(utf8()) }, [{ a: ["text"] }], {})), true);
  const [slice] = await Array.fromAsync(file.readSlices(FIRST_CURSOR));
  const rows = await decodeParquetSlowly(slice?.payload as ParquetPayload, true);
  const [first, second] = [rows.read(0), rows.read(0)] as { a: string[] }[];
  expect(first).toEqual({ a: ["text"] });
  expect(second?.a).toEqual(first?.a);
  expect(second?.a).not.toBe(first?.a);
});

it("the slow reader looks once at what rows share", async () => {
  const [slice] = await Array.fromAsync(await readSlices(PARQUET_BOMB));
  const toText = vi.spyOn(Buffer.prototype, "toString");
  onTestFinished(() => toText.mockRestore());
  const { length } = await decodeParquetSlowly(slice!.payload as ParquetPayload, true);
  expect(length).toBe(2000);
  expect(toText.mock.calls.length).toBeLessThan(100);
});
