import fc from "fast-check";
import { expect, it } from "vitest";
import { isEmptyRow, loadersOf, MIX, MIX_SAMPLES, type MixDataset, selectMix, toScaled } from "./bench-mix.ts";

const countEmpty = (dataset: MixDataset, rows: number): number =>
  Array.from({ length: rows }, (_, index) => isEmptyRow(dataset, index)).filter(Boolean).length;

it("has the ancestor's samples", () => {
  expect(MIX_SAMPLES).toBe(338_212);
});

it("leaves as many rows without a call as the ancestor met", () => {
  for (const dataset of MIX) expect(countEmpty(dataset, dataset.rows)).toBe(dataset.rows - dataset.samples);
});

it("says how many samples a mix of another size gives", () => {
  const arbitraryScale = fc.double({ min: 0.001, max: 1.5, noNaN: true });
  const property = fc.property(fc.constantFrom(...MIX), arbitraryScale, (dataset, scale) => {
    const scaled = toScaled(dataset, scale);
    expect(scaled.rows).toBe(Math.max(1, Math.round(dataset.rows * scale)));
    expect(scaled.rows - scaled.samples).toBe(countEmpty(dataset, scaled.rows));
  });
  fc.assert(property, { seed: 5, numRuns: 40 });
});

it("selects datasets by the loaders that read them", () => {
  expect(selectMix([])).toBe(MIX);
  const [xlam, agentharm] = selectMix(["ruby/agentharm", "quartz/xlam"]);
  expect([xlam!.id, loadersOf(xlam!)]).toEqual(["quartz/xlam", ["quartz/xlam"]]);
  expect([agentharm!.id, loadersOf(agentharm!)]).toEqual(["jasper/agentharm", ["ruby/agentharm"]]);
  expect(() => selectMix(["quartz/xlam", "opal/none"])).toThrow(/^opal\/none: not in the mix/);
});
