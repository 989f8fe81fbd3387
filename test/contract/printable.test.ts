import fc from "fast-check";
import { expect, it } from "vitest";
import { shorten, toPrintable, toPrintableLines } from "../../src/contract/printable.ts";
import { HOSTILE_TEXTS, hostileText } from "../support/hostile-texts.ts";

const UNSAFE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const examples = HOSTILE_TEXTS.map((text): [string] => [text]);

it("leaves nothing that a terminal acts on, and all else as it is", () => {
  const property = fc.property(hostileText(), (text) => {
    const printable = toPrintable(text);
    expect(printable).not.toMatch(UNSAFE);
    const kept = [...text].filter((sign) => !UNSAFE.test(sign)).join("");
    expect(printable.replace(/\\(u[0-9a-f]{4}|[nrt])/g, "").length).toBeLessThanOrEqual(kept.length);
    if (!UNSAFE.test(text)) expect(printable).toBe(text);
    expect(toPrintable(printable)).toBe(printable);
  });
  fc.assert(property, { seed: 61, numRuns: 500, examples });
  expect(toPrintable("a\u001b[1m\tb\r\n\u202ec")).toBe("a\\u001b[1m\\tb\\r\\n\\u202ec");
});

it("leaves JSON the same JSON", () => {
  const property = fc.property(fc.oneof(hostileText(), fc.json().map(JSON.parse)), (value) => {
    expect(JSON.parse(toPrintable(JSON.stringify(value)))).toEqual(value);
    expect(JSON.parse(toPrintableLines(JSON.stringify(value, null, 2)))).toEqual(value);
  });
  fc.assert(property, { seed: 62, numRuns: 500 });
});

it("keeps the ends of lines where there are several, and no lone carriage return", () => {
  expect(toPrintableLines("one\ntwo\r\nthree\rfour\n\u2028\u0085")).toBe("one\ntwo\r\nthree\\rfour\n\\u2028\\u0085");
});

it("cuts what is long, never inside a character", () => {
  expect(shorten("four", 4)).toBe("four");
  expect(shorten("fives", 4)).toBe("five…");
  expect(shorten("abc😀d", 4)).toBe("abc…");
  expect(shorten("abc😀d", 5)).toBe("abc😀…");
});
