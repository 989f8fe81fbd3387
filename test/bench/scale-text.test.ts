import { expect, it } from "vitest";
import { type ScaleRun, toScaleLine, toSpread } from "./scale-text.ts";

const run = (size: number, dedupe: string, wall_s: number, peak: number): ScaleRun => ({
  size,
  dedupe,
  rows: size,
  samples: size - 1,
  measured: { wall_s, cpu_s: 2 * wall_s, peak_rss_bytes: peak, first_sample_s: 0.5 },
});

it("prints time and memory of a run", () => {
  expect(
    toScaleLine(run(100_000, "exact", 2, 4e8))
      .trim()
      .split(/ +/),
  ).toEqual(["99,999", "exact", "2.00", "20.00", "40.00", "400", "0.50"]);
});

it("compares the sizes of each mode", () => {
  const runs = [
    run(100_000, "none", 1, 100e6),
    run(1_000_000, "none", 11, 108e6),
    run(4_000_000, "none", 42, 105e6),
    run(4_000_000, "global", 80, 300e6),
  ];
  expect(toSpread(runs)).toBe(
    "dedupe none, from 100,000 samples on: time per row within 10.0 %, CPU time within 10.0 %, peak within 8.0 %\n",
  );
});
