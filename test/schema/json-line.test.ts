import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasLoneSurrogate, toJsonLine } from "../../src/schema/json-line.ts";
import { parseOwnJson } from "../../src/schema/json-text.ts";

describe("toJsonLine", () => {
  it("escapes what some readers take for the end of a line, and nothing else", () => {
    expect(toJsonLine({ a: "x\u0085y\u2028z\u2029\u2027\u0084é" })).toBe(
      '{"a":"x\\u0085y\\u2028z\\u2029\u2027\u0084é"}',
    );
    expect(toJsonLine({ "\u2028": 1 })).toBe('{"\\u2028":1}');
  });

  it("says what JSON.stringify says", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        expect(JSON.stringify(parseOwnJson(toJsonLine(value)))).toBe(JSON.stringify(value));
      }),
      { seed: 51 },
    );
  });
});

describe("hasLoneSurrogate", () => {
  it.each([
    ["\ud800", true],
    ["a\udfff", true],
    ["\ude00\ud83d", true],
    ["\\\ud83d", true],
    ["😀", false],
    ["\\ud800", false],
    ["\\\\ud800", false],
    ["\ud7ff\ue000", false],
    ["\\udabc \\\\\\udead", false],
  ])("tells whether %j is Unicode text: %j", (text, expected) => {
    expect(hasLoneSurrogate(toJsonLine({ text }))).toBe(expected);
    expect(hasLoneSurrogate(toJsonLine({ [text]: 1 }))).toBe(expected);
  });

  it("agrees with the language's own notion", () => {
    const text = fc.string({ unit: fc.constantFrom("\\", "u", "d8", "\ud83d", "\ude00", "a", '"') });
    fc.assert(
      fc.property(text, (one) => {
        expect(hasLoneSurrogate(toJsonLine(one))).toBe(!one.isWellFormed());
      }),
      { seed: 52, numRuns: 1000 },
    );
  });
});

describe("parseOwnJson", () => {
  it("keeps numbers as numbers and gets names with escapes right", () => {
    expect(parseOwnJson("[100000000000000000000,1e21,9007199254740992]")).toEqual([1e20, 1e21, 2 ** 53]);
    expect(JSON.parse('{"a":1,"\\\\":1}')).toEqual({ a: 1, "\\": 1 }); // misleads V8 below (nodejs/node#63785)
    expect(parseOwnJson('{"a":1,"\\n":100000000000000000000}')).toEqual({ a: 1, "\n": 1e20 });
    expect(Object.keys(parseOwnJson('{"__proto__":{"\\\\":1}}') as object)).toEqual(["__proto__"]);
  });
});
