import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Columns, SourceError, toColumns } from "#contract";
import { freePayload } from "../../src/formats/free-payload.ts";
import { PARQUET_SLICE_BYTES } from "../../src/formats/limits.ts";
import { openParquet } from "../../src/formats/parquet-file.ts";
import { FIRST_CURSOR, type ParquetPayload, type Slice } from "../../src/formats/row-file.ts";
import { createMemorySource } from "../support/memory-source.ts";
import { float64, int64, list, map, struct, toParquet, utf8 } from "../support/parquet-writer.ts";
import { decode, readAllRows, toValues } from "../support/read-parquet.ts";

const question = toParquet({ question: utf8(), answer: utf8() }, [{ question: "What?", answer: "That." }]);

async function refusal(bytes: Uint8Array, columns: Columns = true): Promise<SourceError> {
  return openParquet(createMemorySource(bytes), columns).then(
    () => expect.unreachable("it opened"),
    (error) => error,
  );
}

const ADVICE = "It is cut off, or no parquet file: download it again, or mend the loader's files or format.";

describe("a file that is not readable", () => {
  const encrypted = Uint8Array.from(question);
  encrypted.set(Buffer.from("PARE"), encrypted.length - 4);
  const tooLong = Uint8Array.from(question);
  new DataView(tooLong.buffer).setUint32(tooLong.length - 8, 999_999, true);

  it.each<[string, Uint8Array, string]>([
    ["empty", new Uint8Array(0), `it has 0 bytes. ${ADVICE}`],
    ["cut off", question.slice(0, -10), `expected "PAR1". ${ADVICE}`],
    ["text", Buffer.from('{"question":"What?"}...'), `it ends with "}...", expected "PAR1". ${ADVICE}`],
    ["encrypted", encrypted, "its footer is encrypted. Ask the dataset's owner for a plain copy."],
    ["a footer longer than the file", tooLong, `its footer claims 999999 bytes of ${question.length}. ${ADVICE}`],
  ])("is malformed: %s", async (_, bytes, message) => {
    const error = await refusal(bytes);
    expect(error).toBeInstanceOf(SourceError);
    expect(error.failure).toBe("malformed");
    expect(error.message).toContain("data/train.parquet: not a readable parquet file: ");
    expect(error.message).toContain(message);
  });

  it("is malformed wherever it is cut", async () => {
    for (let cut = 1; cut < question.length; cut += 7) {
      expect((await refusal(question.slice(0, -cut))).failure).toBe("malformed");
    }
  });

  it("passes on what the source throws", async () => {
    const gated = new SourceError("gated", "accept its terms");
    const source = { ...createMemorySource(question), read: () => Promise.reject(gated) };
    await expect(openParquet(source, true)).rejects.toBe(gated);
  });
});

describe("a file that lacks columns", () => {
  it("is drift, and the message lists what is missing and what is there", async () => {
    const row = z.object({ prompt: z.string(), answer: z.string(), id: z.string(), note: z.string().optional() });
    const error = await refusal(question, toColumns(row));
    expect(error.failure).toBe("drift");
    expect(error.message).toBe(
      "data/train.parquet: missing required columns: prompt, id; the file has question, answer. " +
        "The dataset's layout has changed, or the loader's row schema is wrong: mend the schema, or make the column optional.",
    );
  });

  it("is drift in a nested struct too, where the struct is there", async () => {
    const bytes = toParquet({ chat: list(struct({ from: utf8(), value: utf8() })) }, [{ chat: [] }]);
    const row = z.object({ chat: z.array(z.object({ role: z.string(), value: z.string() })) });
    const error = await refusal(bytes, toColumns(row));
    expect(error.message).toContain("missing required columns: chat.role; chat has from, value.");
  });

  it("is no drift where the member is optional, or its struct is", async () => {
    const row = z.object({
      question: z.string(),
      meta: z.object({ id: z.string() }).optional(),
      x: z.any().default(1),
    });
    expect(await readAllRows(question, toColumns(row))).toEqual([{ question: "What?" }]);
  });
});

describe("names", () => {
  const rows = [
    {
      "a.b": "dotted",
      a: { b: "nested", "b.c": "both" },
      größe: 1,
      größenklasse: 2,
      größ: 3,
      "x/y": 4,
      ["__proto__"]: "data",
    },
  ];
  const schema = {
    "a.b": utf8(),
    a: struct({ b: utf8(), "b.c": utf8() }),
    größe: int64(),
    größenklasse: int64(),
    größ: int64(),
    "x/y": int64(),
    ["__proto__"]: utf8(),
  };
  const bytes = toParquet(schema, rows);

  it.each<[z.ZodObject, string]>([
    [z.object({ "a.b": z.any() }), '{"a.b":"dotted"}'],
    [z.object({ a: z.object({ b: z.any() }) }), '{"a":{"b":"nested"}}'],
    [z.object({ a: z.object({ "b.c": z.any() }) }), '{"a":{"b.c":"both"}}'],
    [z.object({ größe: z.any(), größ: z.any() }), '{"größe":1,"größ":3}'],
    [z.object({ "x/y": z.any(), ["__proto__"]: z.any() }), '{"x/y":4,"__proto__":"data"}'],
  ])("are taken as they are: %#", async (row, expected) => {
    expect(JSON.stringify(await readAllRows(bytes, toColumns(row)))).toBe(`[${expected}]`);
    expect(JSON.stringify(await readAllRows(bytes, toColumns(row), "slow"))).toBe(`[${expected}]`);
  });
});

describe("columns", () => {
  it("of maps are taken whole", async () => {
    const bytes = toParquet({ m: map(float64()) }, [
      {
        m: [
          ["x", 1],
          ["y", null],
        ],
      },
    ]);
    expect(await readAllRows(bytes, toColumns(z.object({ m: z.object({ x: z.number() }) })))).toEqual([
      { m: { x: 1, y: null } },
    ]);
  });

  it("may be none: the rows are counted all the same", async () => {
    const bytes = toParquet({ a: int64() }, [{ a: 1 }, { a: 2 }]);
    const none = toColumns(z.object({ gone: z.string().optional() }));
    expect(await readAllRows(bytes, none)).toEqual([{}, {}]);
    expect(await readAllRows(bytes, none, "slow")).toEqual([{}, {}]);
  });

  it("of a struct without any wanted member still tell null from empty", async () => {
    const bytes = toParquet({ s: struct({ m: map(utf8()), a: utf8() }) }, [{ s: null }, { s: { a: "x" } }]);
    const row = z.object({ s: z.object({ gone: z.string().optional() }).nullable() });
    expect(await readAllRows(bytes, toColumns(row))).toEqual([{ s: null }, { s: {} }]);
    expect(await readAllRows(bytes, toColumns(row), "slow")).toEqual([{ s: null }, { s: {} }]);
  });
});

describe("bytes", () => {
  const noise = (i: number, length: number) =>
    Buffer.from(Array.from({ length }, (_, k) => (i * 7919 + k * 104_729) % 251)).toString("base64");
  const rows = Array.from({ length: 400 }, (_, i) => ({ a: i, wide: noise(i, 900), b: `b${i}`, c: `c${i}` }));
  const bytes = toParquet({ a: int64(), wide: utf8(), b: utf8(), c: utf8() }, rows, {
    codec: "UNCOMPRESSED",
    dictionary: false,
    rowGroupRows: 200,
  });

  it("are read of the wanted columns only, once per row group, and as many as announced", async () => {
    const source = createMemorySource(bytes);
    const columns = toColumns(z.object({ a: z.number(), b: z.string(), c: z.string() }));
    const file = await openParquet(source, columns);
    expect(source.reads).toEqual([[bytes.length - 65_536, bytes.length]]);
    const slices = await Array.fromAsync(file.readSlices(FIRST_CURSOR));
    const values = (await Promise.all(slices.map((slice) => decode(slice, columns)))).flatMap(toValues);
    expect(values).toEqual(rows.map(({ a, b, c }) => ({ a, b, c })));
    const read = source.reads.slice(1);
    expect(read.length).toBe(4); // a, then b and c together, of two row groups
    expect(read.reduce((sum, [start, end]) => sum + end - start, 0)).toBe(file.bytes);
    expect(file.bytes).toBeLessThan(bytes.length / 20);
  });

  it("are exact for the whole file", async () => {
    const file = await openParquet(createMemorySource(bytes), true);
    expect([file.format, file.rows, file.slices]).toEqual(["parquet", 400, 2]);
    expect(file.bytes).toBeGreaterThan(rows.reduce((sum, row) => sum + row.wide.length, 0));
  });

  it("of a footer larger than the first read are fetched in a second one", async () => {
    const names = Array.from({ length: 900 }, (_, i) => `column ${i} with a rather long name`);
    const wide = toParquet(Object.fromEntries(names.map((name) => [name, int64()])), [
      Object.fromEntries(names.map((name, i) => [name, i])),
    ]);
    const source = createMemorySource(wide);
    const columns: Columns = new Map([["column 899 with a rather long name", { columns: true, required: true }]]);
    const file = await openParquet(source, columns);
    expect(source.reads.length).toBe(2);
    expect(source.reads[0]![0]).toBe(source.reads[1]![1]);
    const slice = (await file.readSlices(FIRST_CURSOR).next()).value as Slice;
    expect(toValues(await decode(slice, columns))).toEqual([{ "column 899 with a rather long name": 899 }]);
  });

  it("of a lone slice are its own, so that they can be given back when it is written", async () => {
    const file = await openParquet(createMemorySource(question), true);
    const { payload } = (await file.readSlices(FIRST_CURSOR).next()).value as Slice;
    const posted = structuredClone(payload);
    freePayload(posted);
    expect((posted as ParquetPayload).chunks.map(({ bytes }) => bytes.length)).toEqual([0, 0]);
    const { chunks } = payload as ParquetPayload;
    expect(chunks.map(({ bytes }) => bytes.buffer.byteLength)).toEqual(chunks.map(({ bytes }) => bytes.length));
    expect(toValues(await decode({ rows: 1, payload, next: FIRST_CURSOR }, true))).toEqual([
      { question: "What?", answer: "That." },
    ]);
  });

  it("are in shared memory where slices share them, and freeing one slice's leaves them to the others", async () => {
    const rows = Array.from({ length: 3 }, (_, i) => ({ text: String(i).repeat(PARQUET_SLICE_BYTES / 2) }));
    const file = await openParquet(createMemorySource(toParquet({ text: utf8() }, rows)), true);
    const [first, second] = await Array.fromAsync(file.readSlices(FIRST_CURSOR));
    const { chunks } = structuredClone(first!.payload as ParquetPayload);
    expect(chunks.every((chunk) => chunk.bytes.buffer instanceof SharedArrayBuffer)).toBe(true);
    freePayload(first!.payload);
    expect(toValues(await decode(second!, true))).toEqual([rows[1], rows[2]]);
  });
});

describe("row groups", () => {
  it("without rows give no slice", async () => {
    const bytes = toParquet({ a: int64() }, []);
    const file = await openParquet(createMemorySource(bytes), true);
    expect([file.rows, file.slices, file.bytes]).toEqual([0, 0, 0]);
    expect(await Array.fromAsync(file.readSlices(FIRST_CURSOR))).toEqual([]);
  });

  it("are slices in order, and a cursor leads to the rest of them", async () => {
    const rows = Array.from({ length: 25 }, (_, a) => ({ a }));
    const file = await openParquet(createMemorySource(toParquet({ a: int64() }, rows, { rowGroupRows: 10 })), true);
    const slices = await Array.fromAsync(file.readSlices(FIRST_CURSOR));
    expect(slices.map((slice) => slice.next)).toEqual([
      { slice: 1, offset: 0, row: 10 },
      { slice: 2, offset: 0, row: 20 },
      { slice: 3, offset: 0, row: 25 },
    ]);
    const [last] = await Array.fromAsync(file.readSlices(slices[1]!.next));
    const decoded = await decode(last!, true);
    expect(decoded.rowIndex(0)).toBe(20);
    expect(toValues(decoded)).toEqual(rows.slice(20));
    expect(await Array.fromAsync(file.readSlices(slices[2]!.next))).toEqual([]);
  });

  const text = "x".repeat(1_000_000);
  const rows = Array.from({ length: 41 }, (_, i) => ({
    i,
    text: `${i} ${text}`,
    tags: i % 3 ? [`t${i}`, null] : null,
  }));
  const big = toParquet({ i: int64(), text: utf8(), tags: list(utf8()) }, rows, {
    codec: "ZSTD",
    dictionary: false,
    rowGroupRows: 40,
  });

  it("that are large are divided into equal runs of rows, and give the same rows", async () => {
    expect(PARQUET_SLICE_BYTES).toBe(16 * 2 ** 20);
    const source = createMemorySource(big);
    const file = await openParquet(source, true);
    const slices = await Array.fromAsync(file.readSlices(FIRST_CURSOR));
    expect(file.slices).toBe(4);
    expect(slices.map(({ rows: count }) => count)).toEqual([13, 13, 14, 1]);
    expect(slices.map(({ next }) => [next.slice, next.row])).toEqual([
      [1, 13],
      [2, 26],
      [3, 40],
      [4, 41],
    ]);
    expect(source.reads.length).toBe(3); // the footer, and each group once
    for (const how of ["fast", "slow"] as const) {
      const values = [];
      for (const slice of slices) values.push(...toValues(await decode(slice, true, how)));
      expect(values).toEqual(rows);
    }
  });

  it("are divided by what they decode to, though a dictionary keeps it short", async () => {
    const same = Array.from({ length: 40 }, () => ({ text }));
    const bytes = toParquet({ text: utf8() }, same, { codec: "UNCOMPRESSED" });
    expect(bytes.length).toBeLessThan(3_000_000);
    expect((await openParquet(createMemorySource(bytes), true)).slices).toBe(3);
    expect(await readAllRows(bytes)).toEqual(same);
  });

  it("that are divided are read on from a cursor inside", async () => {
    const file = await openParquet(createMemorySource(big), true);
    const slices = await Array.fromAsync(file.readSlices({ slice: 2, offset: 0, row: 26 }));
    const decoded = await decode(slices[0]!, true);
    expect([slices.length, decoded.rowIndex(0), (decoded.read(0) as { i: number }).i]).toEqual([2, 26, 26]);
  });

  it("are divided by the wanted columns alone", async () => {
    const columns = toColumns(z.object({ i: z.number() }));
    expect((await openParquet(createMemorySource(big), columns)).slices).toBe(2);
  });
});
