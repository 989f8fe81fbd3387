import fc from "fast-check";
import type { Columns, JsonObject, JsonValue } from "#contract";
import { setMember } from "#contract";
import * as writer from "./parquet-writer.ts";

/** A value to write, and what a reader must give for it. */
export type Cell = { readonly written: unknown; readonly expected: JsonValue };

/** A random column: its type, its values, and which of its members may be asked for. */
export type AnyColumn = {
  readonly type: writer.ColumnType;
  readonly cells: fc.Arbitrary<Cell>;
  readonly columns: fc.Arbitrary<Columns>;
};

/** Names that trip a reader: dots that look like paths, separators, members of every object, not ASCII. */
const NAMES = ["a", "b", "a.b", "a.b.c", "list", "item", "key", "x/y", "k-l", "__proto__", "constructor", "größe", ""];

/** Random nested columns. */
export function anyColumn(depth: number): fc.Arbitrary<AnyColumn> {
  if (depth === 0) return anyLeaf();
  const below = anyColumn(depth - 1);
  return fc.oneof(
    { weight: 3, arbitrary: anyLeaf() },
    { weight: 2, arbitrary: below.map((item) => toList(writer.list(item.type), item)) },
    { weight: 1, arbitrary: below.map((item) => toList(writer.largeList(item.type), item)) },
    { weight: 1, arbitrary: below.map(toMap) },
    { weight: 3, arbitrary: anyStruct(depth - 1) },
  );
}

/** Random structs, and so random rows. */
export function anyStruct(depth: number): fc.Arbitrary<AnyColumn & { members: Record<string, writer.ColumnType> }> {
  const name = fc.constantFrom(...NAMES.filter((one) => one !== ""));
  const members = fc.uniqueArray(fc.tuple(name, anyColumn(depth)), {
    minLength: 1,
    maxLength: 5,
    selector: ([key]) => key,
  });
  return members.map((entries) => {
    const types = Object.fromEntries(entries.map(([key, { type }]) => [key, type]));
    const cells = fc.tuple(...entries.map(([, { cells }]) => cells)).map((values) => toObject(entries, values));
    return { type: writer.struct(types), members: types, cells: nullable(cells), columns: anyColumns(entries) };
  });
}

/** Rows of a struct are never null. */
export function anyRows(struct: AnyColumn, rowsMax: number): fc.Arbitrary<Cell[]> {
  return fc.array(
    struct.cells.filter(({ expected }) => expected !== null),
    { maxLength: rowsMax },
  );
}

function anyColumns(entries: readonly (readonly [string, AnyColumn])[]): fc.Arbitrary<Columns> {
  const needs = entries.map(([name, { columns }]) =>
    fc.option(
      columns.map((below): [string, { columns: Columns; required: boolean }] => [
        name,
        { columns: below, required: true },
      ]),
    ),
  );
  const chosen = fc.tuple(...needs).map((all) => new Map(all.filter((need) => need !== null)));
  return fc.oneof({ weight: 1, arbitrary: fc.constant<Columns>(true) }, { weight: 3, arbitrary: chosen });
}

function toObject(entries: readonly (readonly [string, AnyColumn])[], values: readonly Cell[]): Cell {
  const written = Object.fromEntries(entries.map(([name], index) => [name, values[index]!.written]));
  const expected: JsonObject = {};
  for (const [index, [name]] of entries.entries()) setMember(expected, name, values[index]!.expected);
  return { written, expected };
}

function toList(type: writer.ColumnType, item: AnyColumn): AnyColumn {
  const cells = fc.array(item.cells, { maxLength: 4 }).map((items) => ({
    written: items.map(({ written }) => written),
    expected: items.map(({ expected }) => expected),
  }));
  return { type, cells: nullable(cells), columns: item.columns };
}

function toMap(value: AnyColumn): AnyColumn {
  const key = fc.oneof(fc.constantFrom(...NAMES), fc.string());
  const cells = fc.array(fc.tuple(key, value.cells), { maxLength: 3 }).map((entries) => {
    const expected: JsonObject = {};
    for (const [name, cell] of entries) setMember(expected, name, cell.expected);
    return { written: entries.map(([name, { written }]) => [name, written]), expected };
  });
  return { type: writer.map(value.type), cells: nullable(cells), columns: fc.constant(true) };
}

function nullable(cells: fc.Arbitrary<Cell>): fc.Arbitrary<Cell> {
  const none: Cell = { written: null, expected: null };
  return fc.oneof({ weight: 1, arbitrary: fc.constant(none) }, { weight: 5, arbitrary: cells });
}

function leaf<T>(type: writer.ColumnType, values: fc.Arbitrary<T>, expect: (value: T) => JsonValue): AnyColumn {
  const cells = values.map((written): Cell => ({ written, expected: expect(written) }));
  return { type, cells: nullable(cells), columns: fc.constant(true) };
}

function anyLeaf(): fc.Arbitrary<AnyColumn> {
  const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("", "plain", "日本語", "a".repeat(300)));
  const ms = fc.date({ noInvalidDate: true, min: new Date("0001-01-01"), max: new Date("9999-12-31") });
  const integer = (value: bigint) => (value >= -(2n ** 53n) + 1n && value < 2n ** 53n ? Number(value) : `${value}`);
  const float = (value: number) => (Number.isFinite(value) ? value : `${value}`);
  const base64 = (bytes: Uint8Array) => ({ $base64: Buffer.from(bytes).toString("base64") });
  // Made anew for each column: two columns can't share a dictionary.
  const makers: (() => AnyColumn)[] = [
    () => leaf(writer.utf8(), text, (value) => value),
    () => leaf(writer.utf8(), text, (value) => value),
    () => leaf(writer.largeUtf8(), text, (value) => value),
    () => leaf(writer.dictionary(), fc.constantFrom("x", "y", "日本"), (value) => value),
    () => leaf(writer.int64(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), integer),
    () => leaf(writer.uint64(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), integer),
    () => leaf(writer.int64(), fc.integer().map(BigInt), integer),
    () => leaf(writer.int32(), fc.integer(), (value) => value),
    () => leaf(writer.int16(), fc.integer({ min: -32768, max: 32767 }), (value) => value),
    () => leaf(writer.int8(), fc.integer({ min: -128, max: 127 }), (value) => value),
    () => leaf(writer.uint32(), fc.nat({ max: 2 ** 32 - 1 }), (value) => value),
    () => leaf(writer.uint8(), fc.nat({ max: 255 }), (value) => value),
    () => leaf(writer.float64(), fc.double(), float),
    () => leaf(writer.float32(), fc.float(), float),
    () => leaf(writer.float16(), fc.constantFrom(0.5, -2, 65504, Number.NaN), float),
    () => leaf(writer.bool(), fc.boolean(), (value) => value),
    () => leaf(writer.nullType(), fc.constant(null), () => null),
    () => leaf(writer.timestamp("ms", "UTC"), ms, (value) => value.toISOString().replace(".000Z", "Z")),
    () => leaf(writer.timestamp("us"), ms, (value) => value.toISOString().replace(/(\.000)?Z$/, "")),
    () => leaf(writer.date(), ms, (value) => value.toISOString().slice(0, 10)),
    () => leaf(writer.binary(), fc.uint8Array({ maxLength: 40 }), base64),
    () => leaf(writer.fixedBinary(3), fc.uint8Array({ minLength: 3, maxLength: 3 }), base64),
    () =>
      leaf(writer.decimal(30, 0), fc.bigInt({ min: -(10n ** 30n) + 1n, max: 10n ** 30n - 1n }), (value) => `${value}`),
  ];
  return fc.nat({ max: makers.length - 1 }).map((index) => makers[index]!());
}

/** Random ways to write the same rows. */
export function anyWriteOptions(): fc.Arbitrary<writer.WriteOptions> {
  return fc.record({
    codec: fc.constantFrom<writer.Codec>("UNCOMPRESSED", "SNAPPY", "GZIP", "BROTLI", "ZSTD", "LZ4_RAW"),
    rowGroupRows: fc.integer({ min: 1, max: 20 }),
    dictionary: fc.boolean(),
    v2: fc.boolean(),
    pageBytes: fc.constantFrom(16, 100, 1_000_000),
  });
}
