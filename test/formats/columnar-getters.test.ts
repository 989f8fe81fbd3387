import * as arrow from "apache-arrow";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Columns, type JsonValue, toColumns } from "#contract";
import { createGetter } from "../../src/formats/columnar-getters.ts";

function readAll(data: arrow.Data, columns: Columns = true): JsonValue[] {
  const get = createGetter(data, columns);
  return Array.from({ length: data.length }, (_, i) => get(i));
}

const message = new arrow.Struct([
  new arrow.Field("role", new arrow.Utf8(), true),
  new arrow.Field("n", new arrow.Int32(), true),
]);
const messages = new arrow.List(new arrow.Field("item", message, true));

function toData(type: arrow.DataType, values: readonly unknown[]): arrow.Data {
  return arrow.vectorFromArray(values, type).data[0]!;
}

describe("a getter", () => {
  it.each<[string, arrow.DataType, unknown[], JsonValue[]]>([
    ["texts", new arrow.Utf8(), ["a", null, "", "日本 😀"], ["a", null, "", "日本 😀"]],
    ["texts with 64-bit offsets", new arrow.LargeUtf8(), ["a", null, "日本"], ["a", null, "日本"]],
    [
      "texts in views",
      new arrow.Utf8View(),
      ["a", null, "longer than twelve bytes"],
      ["a", null, "longer than twelve bytes"],
    ],
    [
      "bytes",
      new arrow.Binary(),
      [Uint8Array.of(255), null, new Uint8Array(0)],
      [{ $base64: "/w==" }, null, { $base64: "" }],
    ],
    ["bytes in views", new arrow.BinaryView(), [Uint8Array.of(255), null], [{ $base64: "/w==" }, null]],
    ["bytes of one size", new arrow.FixedSizeBinary(2), [Uint8Array.of(1, 2), null], [{ $base64: "AQI=" }, null]],
    ["booleans", new arrow.Bool(), [true, null, false, true], [true, null, false, true]],
    ["nulls", new arrow.Null(), [null, null], [null, null]],
    [
      "64-bit integers",
      new arrow.Int64(),
      [2n ** 53n - 1n, null, 2n ** 53n, -(2n ** 63n), -1n],
      [2 ** 53 - 1, null, "9007199254740992", "-9223372036854775808", -1],
    ],
    ["unsigned integers", new arrow.Uint64(), [2n ** 64n - 1n, 2n ** 32n, 0n], ["18446744073709551615", 2 ** 32, 0]],
    ["small integers", new arrow.Int8(), [-128, null, 127], [-128, null, 127]],
    ["floats", new arrow.Float64(), [0.1, null, Number.NaN, Number.NEGATIVE_INFINITY], [0.1, null, "NaN", "-Infinity"]],
    ["single floats", new arrow.Float32(), [0.5, null, Number.POSITIVE_INFINITY], [0.5, null, "Infinity"]],
    ["days", new arrow.DateDay(), [new Date("2024-02-29"), null], ["2024-02-29", null]],
    [
      "days in milliseconds",
      new arrow.DateMillisecond(),
      [new Date("1969-12-31T23:00:00Z"), null],
      ["1969-12-31", null],
    ],
    ["seconds", new arrow.TimestampSecond(), [1_700_000_000_000, null], ["2023-11-14T22:13:20", null]],
    [
      "seconds of a time zone",
      new arrow.TimestampSecond("Europe/Paris"),
      [1_700_000_000_000],
      ["2023-11-14T22:13:20Z"],
    ],
    ["durations", new arrow.DurationMillisecond(), [1_500n, null], [1500, null]],
    ["times", new arrow.TimeSecond(), [3_723, null], ["01:02:03", null]],
    ["lists", messages, [[{ role: "user", n: 1 }, null], null, []], [[{ role: "user", n: 1 }, null], null, []]],
    [
      "lists of one size",
      new arrow.FixedSizeList(2, new arrow.Field("item", new arrow.Int32(), true)),
      [[1, 2], null, [3, null]],
      [[1, 2], null, [3, null]],
    ],
    [
      "dictionaries",
      new arrow.Dictionary(new arrow.Utf8(), new arrow.Int16()),
      ["x", null, "y", "x"],
      ["x", null, "y", "x"],
    ],
  ])("reads %s", (_, type, values, expected) => {
    expect(readAll(toData(type, values))).toEqual(expected);
  });

  it("reads a part of a column as it reads the whole", () => {
    const values = Array.from({ length: 40 }, (_, i) =>
      i % 3 === 2 ? null : [{ role: `r${i}`, n: i % 5 ? i : null }, null],
    );
    const flags = Array.from({ length: 40 }, (_, i) => (i % 3 === 2 ? null : i % 4 === 0));
    for (const [start, length] of [
      [0, 40],
      [1, 11],
      [9, 8],
      [31, 9],
    ] as const) {
      expect(readAll(toData(messages, values).slice(start, length))).toEqual(values.slice(start, start + length));
      expect(readAll(toData(new arrow.Bool(), flags).slice(start, length))).toEqual(flags.slice(start, start + length));
    }
  });

  it("gives only the wanted members, through lists", () => {
    const columns = toColumns(z.array(z.object({ n: z.any(), gone: z.any() })));
    expect(readAll(toData(messages, [[{ role: "user", n: 1 }], null]), columns)).toEqual([[{ n: 1 }], null]);
  });

  it("keeps members for data that are special in JavaScript", () => {
    const type = new arrow.Struct([
      new arrow.Field("__proto__", new arrow.Utf8(), true),
      new arrow.Field("constructor", new arrow.Utf8(), true),
    ]);
    const children = [toData(new arrow.Utf8(), ["p"]), toData(new arrow.Utf8(), ["c"])];
    const [row] = readAll(arrow.makeData({ type, length: 1, nullCount: 0, children }));
    expect(JSON.stringify(row)).toBe('{"__proto__":"p","constructor":"c"}');
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
  });

  it("reads decimals of 128 and 256 bits exactly", () => {
    const words = (value: bigint, count: number) =>
      Array.from({ length: count }, (_, k) => Number(BigInt.asUintN(32, value >> BigInt(32 * k))));
    for (const bits of [128, 256]) {
      const values = [-(10n ** 37n) - 5n, 12_345n, 0n];
      const data = Uint32Array.from(values.flatMap((value) => words(value, bits / 32)));
      const decimals = arrow.makeData({ type: new arrow.Decimal(2, 38, bits), length: 3, nullCount: 0, data });
      expect(readAll(decimals)).toEqual(["-100000000000000000000000000000000000.05", "123.45", "0.00"]);
    }
  });

  it("refuses, value by value, what has no JSON form", () => {
    const data = toData(new arrow.IntervalYearMonth(), [Int32Array.of(1, 2), null]);
    const get = createGetter(data, true);
    expect(() => get(0)).toThrow("has no JSON form");
    expect(get(1)).toBe(null);
  });
});
