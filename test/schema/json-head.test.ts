import fc from "fast-check";
import { expect, it } from "vitest";
import type { JsonValue } from "../../src/schema/json.ts";
import { toJsonHead } from "../../src/schema/json-head.ts";

it("begins as JSON.stringify does, and is all of it where that is short", () => {
  const property = fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 60 }), (value, charsMax) => {
    const whole = JSON.stringify(value);
    const head = toJsonHead(value as JsonValue, charsMax);
    expect(head.slice(0, charsMax)).toBe(whole.slice(0, charsMax));
    if (whole.length < charsMax) expect(head).toBe(whole);
  });
  fc.assert(property, { seed: 4, numRuns: 2000 });
});

it("looks at no more than it writes", () => {
  const long = "a".repeat(2 ** 28);
  const row = { first: 1, texts: [long, long, long, long] };
  expect(() => JSON.stringify(row)).toThrow("Invalid string length");
  expect(toJsonHead(row, 40).slice(0, 40)).toBe(`{"first":1,"texts":["${"a".repeat(19)}`);
});
