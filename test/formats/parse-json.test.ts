import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RowError } from "#contract";
import { findJsonFault } from "../../src/formats/json-fault.ts";
import { parseJson } from "../../src/formats/parse-json.ts";
import { toCarried } from "../support/text-file.ts";

const failure = (text: string): RowError => {
  try {
    parseJson(text);
  } catch (error) {
    expect(error).toBeInstanceOf(RowError);
    return error as RowError;
  }
  throw new Error(`no error for ${text}`);
};

describe("parseJson", () => {
  it("keeps the digits of integers beyond 2^53", () => {
    expect(parseJson('{"id":12345678901234567890,"ids":[-9007199254740993,9007199254740991]}')).toEqual({
      id: "12345678901234567890",
      ids: ["-9007199254740993", 9007199254740991],
    });
    expect(parseJson("9007199254740992")).toBe("9007199254740992");
    expect(parseJson('"12345678901234567890"')).toBe("12345678901234567890");
  });

  it("keeps a number that no double holds as its text, and leaves other floats alone", () => {
    expect(parseJson("[1e400,-1E+999,1e300,1e20,1.5,123456789012345678.5,5e-400]")).toEqual([
      "1e400",
      "-1E+999",
      1e300,
      1e20,
      1.5,
      123456789012345680,
      0,
    ]);
  });

  it.each([
    ["plain", '{"__proto__":{"a":1},"constructor":2}', { a: 1 }],
    ["with large integers", '{"__proto__":{"a":12345678901234567890},"constructor":2}', { a: "12345678901234567890" }],
  ])("keeps members named like prototypes as data, %s", (_, text, expected) => {
    const row = parseJson(text) as Record<string, unknown>;
    expect(Object.keys(row)).toEqual(["__proto__", "constructor"]);
    expect(Object.getOwnPropertyDescriptor(row, "__proto__")?.value).toEqual(expected);
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
  });

  it("gets names with escapes right, whatever was parsed before", () => {
    // Without care, V8 then reads each of the names below as one of these (nodejs/node#63785).
    const before = [parseJson('{"a":1,"\\\\":1}'), parseJson('{"b":1,"\\\\u":1}'), JSON.parse('{"a":1,"\\\\":1}')];
    expect(before).toHaveLength(3);
    for (const name of ["\n", '"', "\\", "\u0001"]) {
      const row = { a: 1, [name]: [name, { b: 1.5, [name]: null }], c: true };
      for (const indent of [0, 2]) expect(parseJson(JSON.stringify(row, null, indent))).toEqual(row);
    }
    expect(parseJson('{"b":1,"\\u0041B":"\\u0041","a\\/":2, "a":{}, "c":[ ]}')).toEqual({
      b: 1,
      AB: "A",
      "a/": 2,
      a: {},
      c: [],
    });
  });

  it("takes 120 levels and no more, in short texts and long ones", () => {
    for (const filling of ["", " ".repeat(70_000), `"${'[\\"'.repeat(30_000)}"`]) {
      const nest = (levels: number) => "[".repeat(levels) + filling + "]".repeat(levels);
      expect(JSON.stringify(parseJson(nest(120)))).toBe(JSON.stringify(JSON.parse(nest(120))));
      expect(failure(nest(121))).toMatchObject({ stage: "decode", reason: "too_deep" });
    }
    expect(failure(`${'{"a":'.repeat(121)}1${"}".repeat(121)}`).message).toBe(
      "nested deeper than 120 levels. Read fewer columns, or leave the file out.",
    );
    expect(failure("[".repeat(2 ** 20)).reason).toBe("too_deep");
  });

  it("takes 100,000 values and no more; commas in strings are none", () => {
    const list = (values: number) => `["${",[".repeat(999)}"${",0".repeat(values - 2)}]`; // the list is a value, too
    expect(parseJson(list(100_000))).toHaveLength(99_999);
    expect(failure(list(100_001))).toMatchObject({ stage: "decode", reason: "too_many_values" });
    expect(failure(`[${"[],".repeat(2 ** 20)}[]]`).reason).toBe("too_many_values");
  });

  it.each([
    ["", "not JSON after 0 characters: found the end, expected a value"],
    ['{"a":1', 'not JSON after 6 characters: found the end, expected "," or "}"'],
    ['{"a" 1}', 'not JSON at character 5: found "1", expected ":"'],
    ["{'a':1}", `not JSON at character 1: found "'", expected a member name in double quotes or "}"`],
    ['{"a":1,}', 'not JSON at character 7: found "}", expected a member name in double quotes'],
    ["[1,]", 'not JSON at character 3: found "]", expected a value'],
    ["[1 2]", 'not JSON at character 3: found "2", expected "," or "]"'],
    ["[1}", 'not JSON at character 2: found "}", expected "," or "]"'],
    ["[NaN]", 'not JSON at character 1: found "N", expected a value or "]"'],
    ["01", 'not JSON at character 1: found "1", expected the end of the row'],
    ['"ab', "not JSON after 3 characters: found the end, expected the rest of the string"],
    ['"a\u0000"', 'not JSON at character 2: found "\\u0000", expected the rest of the string'],
    ['"a\\x"', 'not JSON at character 2: found "\\\\", expected a JSON escape'],
    ["{} 😀", 'not JSON at character 3: found "😀", expected the end of the row'],
  ])("says where %j goes wrong", (text, message) => {
    const error = failure(text);
    expect(error).toMatchObject({ stage: "decode", reason: "bad_json" });
    expect(error.message).toBe(message);
  });

  it("says so of a string of megabytes too", () => {
    const text = `"${"a\\n".repeat(2 ** 20)}`;
    expect(failure(text).message).toContain(`after ${text.length} characters`);
  });

  it("gives back what JSON.stringify wrote, but large integers as their digits", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), fc.nat(2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseJson(text)).toEqual(toCarried(value));
        expect(findJsonFault(text)).toBeUndefined();
      }),
      { seed: 41 },
    );
  });

  it("agrees with JSON.parse on what is JSON, for texts that are nearly so", () => {
    const near = fc.tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom("", "]", "}", ",", '"', "\\", "0", "-", ".", "e", "\u0000"),
    );
    fc.assert(
      fc.property(near, ([text, place, put]) => {
        const at = place % (text.length + 1);
        const mutant = text.slice(0, at) + put + text.slice(at + 1);
        let isJson = true;
        try {
          JSON.parse(mutant);
        } catch {
          isJson = false;
        }
        expect(findJsonFault(mutant) === undefined).toBe(isJson);
      }),
      { seed: 42, numRuns: 2000 },
    );
  });
});
