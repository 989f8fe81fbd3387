import { expect, it } from "vitest";
import { type BenchFacts, type Rounds, toMedian, toResult, toText } from "./bench-result.ts";
import type { Measured } from "./measure.ts";
import { sumStages } from "./profile-stages.ts";

const FACTS: BenchFacts = {
  scale: 1,
  loaders: ["quartz/xlam"],
  samples: 1_000_000,
  input_bytes: 2e9,
  output_bytes: 1.4e9,
  host: { cpus: 2, node: "v24", load: [0.5, 1, 2] },
};

const took = (wall_s: number, cpu_s: number, peak_rss_bytes: number, first_sample_s?: number): Measured => ({
  wall_s,
  cpu_s,
  peak_rss_bytes,
  ...(first_sample_s !== undefined && { first_sample_s }),
});

const ROUNDS: Rounds = [
  [10, 12, 300e6, 0.9] as const,
  [30, 20, 500e6, 0.7] as const,
  [11, 14, 400e6, 0.8] as const,
].map(([wall, cpu, peak, first]) => ({
  two_workers: took(wall, cpu, peak, first),
  one_worker: took(wall * 2, cpu, peak, first),
  two_workers_exact: took(wall + 1, cpu, peak, first),
  duckdb: took(5, 7, 1e9),
}));

it("takes the middle", () => {
  expect(toMedian([3, 100, 1])).toBe(3);
  expect(toMedian([4, 1, 2, 100])).toBe(3);
  expect(() => toMedian([])).toThrow(RangeError);
});

it("puts medians, the highest peak and the ratios together", () => {
  expect(toResult(FACTS, ROUNDS, undefined)).toMatchObject({
    runs: 3,
    samples: 1_000_000,
    samples_per_s: 1_000_000 / 11,
    samples_per_s_one_worker: 1_000_000 / 22,
    samples_per_s_dedupe_exact: 1_000_000 / 12,
    duckdb_wall_ratio: 2.2,
    duckdb_cpu_ratio: 2,
    input_mb_per_s: 2_000 / 11,
    output_mb_per_s: 1_400 / 11,
    cpu_s_per_million_samples: 14,
    peak_rss_bytes: 500e6,
    first_sample_s: 0.8,
    medians: { two_workers: took(11, 14, 500e6, 0.8), duckdb: took(5, 7, 1e9) },
  });
});

it("prints them, with the shares of what is not waiting", () => {
  const none = sumStages([]);
  const profile = { main_thread: { ...none, read: 100, idle: 900 }, workers: { ...none, hash: 300 } };
  const text = toText(toResult(FACTS, ROUNDS, profile));
  expect(text).toMatch(/^1,000,000 samples, 1400 bytes each, of 2000 MB; medians of 3 runs/);
  expect(text).toMatch(/^planstream, 2 workers +11\.00 +90,909 +127 +14\.00 +14\.0 +500 +0\.80$/m);
  expect(text).toMatch(/^DuckDB copy, 2 threads +5\.00 +200,000 +280 +7\.00 +7\.0 +1000 *$/m);
  expect(text).toContain("wall time over DuckDB's: 2.20 (CPU time: 2.00)");
  expect(text).toContain("one worker's rate: 50 % of two workers'");
  expect(text).toMatch(/^read +100 +0 +25\.0 %$/m);
  expect(text).toMatch(/^hash +0 +300 +75\.0 %$/m);
  expect(text).toMatch(/^idle +900 +0 *$/m);
});
