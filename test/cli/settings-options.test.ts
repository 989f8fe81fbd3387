import { expect, test } from "vitest";
import { toShare, toWorkers } from "../../src/cli/settings-options.ts";

test("a share in per cent is the very number that so many rows of a thousand come to", () => {
  for (let tenths = 0; tenths <= 1_000; tenths++) expect(toShare(`${tenths / 10}%`)).toBe(tenths / 1_000);
  expect(["0", "0.05", "5%", "1", "100%"].map(toShare)).toEqual([0, 0.05, 0.05, 1, 1]);
});

test.each(["", "5 percent", "-1%", "1.01", "101%", "1e-2", ".5", "NaN"])("%j is no share", (text) => {
  expect(() => toShare(text)).toThrow("Expected a share, such as 5% or 0.05.");
});

test("there are as many workers as are asked for, up to what a machine can bear", () => {
  expect(["1", "2", "128"].map(toWorkers)).toEqual([1, 2, 128]);
  for (const text of ["0", "-1", "129", "1000", "2.5", "two", "", "1e2"]) {
    expect(() => toWorkers(text)).toThrow("Expected a whole number from 1 to 128.");
  }
});
