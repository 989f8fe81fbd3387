import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isJsonObject, type JsonValue } from "#contract";
import { parseTwice, parseValue } from "../../loaders/_values.ts";
import { toCarried } from "../support/text-file.ts";

/** What Python's repr writes for the value that json.loads would give. */
function toPythonRepr(value: JsonValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return Object.is(value, -0) ? "-0.0" : String(value);
  if (typeof value === "string") return toPythonString(value);
  if (Array.isArray(value)) return `[${value.map(toPythonRepr).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([key, member]) => `${toPythonString(key)}: ${toPythonRepr(member)}`)
    .join(", ")}}`;
}

function toPythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let repr = "";
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    if (char === "\\" || char === quote) repr += `\\${char}`;
    else if (char === "\n") repr += "\\n";
    else if (char === "\r") repr += "\\r";
    else if (char === "\t") repr += "\\t";
    else if (code < 0x20 || (code >= 0x7f && code < 0xa1) || code === 0xad)
      repr += `\\x${code.toString(16).padStart(2, "0")}`;
    else if (/\p{C}|\p{Zl}|\p{Zp}/u.test(char)) {
      repr += code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
    } else repr += char;
  }
  return quote + repr + quote;
}

describe("parseValue", () => {
  it.each<[string, JsonValue]>([
    ['{"a": [1, 2.5, null, true]}', { a: [1, 2.5, null, true] }],
    [
      "{'name': 'f', 'arguments': {'x': None, 'y': True, 'z': [False]}}",
      { name: "f", arguments: { x: null, y: true, z: [false] } },
    ],
    [`{'text': "it's", 'other': 'say "hi"'}`, { text: "it's", other: 'say "hi"' }],
    ["[1, 2, ]", [1, 2]],
    ['{"a": 1,}', { a: 1 }],
    ["{'a': true, 'b': null}", { a: true, b: null }],
    ["(1, 'two', (3,), ())", [1, "two", [3], []]],
    ["('one' )", "one"],
    ["{1, 2, 'x'}", [1, 2, "x"]],
    ["{None}", [null]],
    ["set()", []],
    ["{}", {}],
    ["'a' \"b\"\n'c'", "abc"],
    ["b'bytes\\xe9\\u0041'", "bytesé\\u0041"],
    ["u'x' r'\\n\\'' Rb\"\\d\"", "x\\n\\'\\d"],
    ['\'\'\'it\'s "three"\n\'\'\' """a"b"""', 'it\'s "three"\na"b'],
    ["'\\n\\t\\r\\\\\\'\\\"\\a\\b\\f\\v\\0\\101\\x41\\u00e9\\U0001F600\\\nz'", "\n\t\r\\'\"\x07\b\f\v\0AAé😀z"],
    ["'\\ud83d\\ude00'", "😀"],
    ["'\\d\\/'", "\\d\\/"],
    ['"line\nbreak \\/"', "line\nbreak /"],
    ["[1_000, 1., .5, 1e5, 1_0.2_5e-1_0, +3, -4, 00, -0]", [1000, 1, 0.5, 1e5, 10.25e-10, 3, -4, 0, 0]],
    ["[0xFF, 0o17, 0b101, -0x_f, 0x1_E]", [255, 15, 5, -15, 30]],
    [
      "{1: 'a', 2.5: 'b', True: 'c', None: 'd', (1, 2): 'e', -1: 'f'}",
      { "1": "a", "2.5": "b", True: "c", None: "d", "(1, 2)": "e", "-1": "f" },
    ],
    ["{'a': 1, 'a': 2}", { a: 2 }],
    [
      "{'id': 12345678901234567890, 12345678901234567890: -9007199254740993}",
      { id: "12345678901234567890", "12345678901234567890": "-9007199254740993" },
    ],
    ["[0xFFFFFFFFFFFFFFFF, 1e400, ]", ["18446744073709551615", "1e400"]],
    ['{"id": 12345678901234567890}', { id: "12345678901234567890" }],
    [" \n[ 'a' ,\t'b' ] \n", ["a", "b"]],
    ['"text"', "text"],
  ])("reads %s", (text, expected) => {
    expect(parseValue(text)).toEqual(expected);
  });

  it.each([
    "",
    "  ",
    "plain words",
    "nan",
    "[inf]",
    "[-inf]",
    "NaN",
    "[Infinity]",
    "1j",
    "1+2j",
    "[1, 2",
    "[1 2]",
    "[,]",
    "(,)",
    "{,}",
    "{'a'}}",
    "{'a': }",
    "{'a' 1}",
    "{'a': 1, 2}",
    "{1, 'a': 2}",
    "{'a': 1 'b': 2}",
    "{{'a': 1}}",
    "{[1]: 2}",
    "{([1],): 2}",
    "{1, [2]}",
    "'open",
    "'''open''",
    "'\\x4'",
    "'\\U00110000'",
    "'\\N{DASH}'",
    "'\\NTrue",
    "f'x'",
    "012",
    "1__0",
    "1_",
    "_1",
    "1_.5",
    "1._5",
    "0x",
    "0x1_",
    ".",
    "-",
    "1.2.3",
    "1abc",
    "True1",
    "datetime.date(2024, 1, 2)",
    "set([1])",
    "[1] [2]",
    "...",
    "{**a}",
  ])("takes %s for no value", (text) => {
    expect(parseValue(text)).toBeUndefined();
  });

  it("keeps members named like prototypes as data", () => {
    const row = parseValue("{'__proto__': {'a': 1}, 'constructor': 2}") as Record<string, unknown>;
    expect(Object.entries(row)).toEqual([
      ["__proto__", { a: 1 }],
      ["constructor", 2],
    ]);
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
  });

  it("reads 120 levels and no more", () => {
    const nest = (levels: number, [open, close]: [string, string], inner: string) =>
      open.repeat(levels) + inner + close.repeat(levels);
    for (const pair of [
      ["[", "]"],
      ["{'a':", "}"],
      ["(", ",)"],
    ] as [string, string][]) {
      expect(parseValue(nest(120, pair, "None"))).toBeDefined();
      expect(parseValue(nest(121, pair, "None"))).toBeUndefined();
      expect(parseValue(nest(100_000, pair, "None"))).toBeUndefined();
    }
    expect(parseValue(nest(121, ["[", "]"], "null"))).toBeUndefined();
  });

  it("survives megabytes of one thing", () => {
    const many = 2 ** 20;
    expect(parseValue(`'${"\\n".repeat(many)}'`)).toBe("\n".repeat(many));
    expect(parseValue(`'${"a".repeat(many)}`)).toBeUndefined();
    expect(parseValue("'a' ".repeat(many))).toBe("a".repeat(many));
    expect(parseValue(`0x${"f".repeat(many)}`)).toBe(`0x${"f".repeat(many)}`);
    expect(parseValue(`${"1_".repeat(many)}0`)).toBe(`${"1".repeat(many)}0`);
    expect(parseValue("(".repeat(many))).toBeUndefined();
    expect(parseValue("{1:".repeat(many))).toBeUndefined();
    expect(parseValue(`'''${"''\\".repeat(many)}`)).toBeUndefined();
    expect(parseValue(`[${"None,".repeat(99_998)}]`)).toHaveLength(99_998);
    expect(parseValue(`[${"None,".repeat(many)}]`)).toBeUndefined(); // more values than a row may have
    expect(parseValue(" ".repeat(many))).toBeUndefined();
  });

  const value = fc.jsonValue({ maxDepth: 4, stringUnit: "binary" }).map((one) => one as JsonValue);

  it("gives back what repr wrote", () => {
    fc.assert(
      fc.property(value, (one) => {
        // A top-level text is written as a text.
        expect(toCarried(parseValue(toPythonRepr(one)))).toEqual(toCarried(one));
      }),
      { seed: 51, numRuns: 1000 },
    );
  });

  it("gives back what JSON.stringify wrote", () => {
    fc.assert(
      fc.property(value, (one) => {
        expect(parseValue(JSON.stringify(one))).toEqual(toCarried(one));
      }),
      { seed: 52, numRuns: 500 },
    );
  });

  it("never throws, and gives a JSON value or undefined", () => {
    const piece = fc.constantFrom(
      ..."[](){}:,'\"\\ \n_.-+xujbr019eENTF".split(""),
      "'''",
      "True",
      "None",
      "nan",
      "0x",
      "\\U",
      "set(",
    );
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece, { maxLength: 30 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const one = parseValue(text);
        if (one !== undefined) expect(toCarried(parseValue(JSON.stringify(one)))).toEqual(toCarried(one));
      }),
      { seed: 53, numRuns: 5000 },
    );
  });

  it("takes what repr wrote, cut short, for no value", () => {
    fc.assert(
      fc.property(
        value.filter((one) => isJsonObject(one) || Array.isArray(one)),
        fc.nat(),
        (one, cut) => {
          const text = toPythonRepr(one);
          expect(parseValue(text.slice(0, cut % text.length))).toBeUndefined();
        },
      ),
      { seed: 54, numRuns: 500 },
    );
  });
});

it("parseValue holds a Python literal to as many values as JSON", () => {
  // To JSON's eyes all that follows the mark is one string.
  const list = (values: number) =>
    `['"', ${Array(values - 1)
      .fill("None")
      .join(", ")}]`;
  expect(parseValue(list(99_999))).toHaveLength(99_999);
  expect(parseValue(list(100_000))).toBeUndefined();
});

describe("parseTwice", () => {
  it.each<[JsonValue, JsonValue | undefined]>([
    [{ a: "[1]" }, { a: "[1]" }],
    [5, 5],
    [null, null],
    ["[1]", [1]],
    [JSON.stringify("[1]"), [1]],
    [JSON.stringify("{'a': None}"), { a: null }],
    [JSON.stringify(JSON.stringify("[1]")), undefined],
    ["no value", undefined],
    ['"no value"', undefined],
    ["", undefined],
    ["null", null],
  ])("of %j is %j", (value, expected) => {
    expect(parseTwice(value)).toEqual(expected);
  });
});
