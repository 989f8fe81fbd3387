import type { Measured } from "./measure.ts";

/** One run of a size. */
export type ScaleRun = {
  /** Samples asked for. */
  readonly size: number;
  readonly dedupe: string;
  readonly rows: number;
  readonly samples: number;
  readonly measured: Measured;
};

/** A line of the table; its head without a run. Rows are what is divided by: a repeat that is left out is work, too. */
export function toScaleLine(run?: ScaleRun): string {
  const cells = run ? toCells(run) : ["samples", "dedupe", "wall s", "us/row", "CPU us/row", "peak MB", "1st sample s"];
  return `${cells.map((cell, i) => (i === 1 ? `  ${cell.padEnd(8)}` : cell.padStart(12))).join("")}\n`;
}

function toCells({ samples, dedupe, rows, measured }: ScaleRun): string[] {
  const { wall_s, cpu_s, peak_rss_bytes, first_sample_s } = measured;
  return [
    samples.toLocaleString("en"),
    dedupe,
    wall_s.toFixed(2),
    ((wall_s / rows) * 1e6).toFixed(2),
    ((cpu_s / rows) * 1e6).toFixed(2),
    (peak_rss_bytes / 1e6).toFixed(0),
    first_sample_s?.toFixed(2) ?? "",
  ];
}

/** For each way to dedupe, how far the worst run is above the best: 10 % at most is flat. Empty for a single size. */
export function toSpread(runs: readonly ScaleRun[]): string {
  const modes = [...new Set(runs.map(({ dedupe }) => dedupe))];
  const lines = modes.flatMap((mode) => {
    const same = runs.filter(({ dedupe }) => dedupe === mode);
    if (same.length < 2) return [];
    const times = spreadOf(same.map(({ rows, measured }) => measured.wall_s / rows));
    const cpu = spreadOf(same.map(({ rows, measured }) => measured.cpu_s / rows));
    const peaks = spreadOf(same.map(({ measured }) => measured.peak_rss_bytes));
    const from = Math.min(...same.map(({ size }) => size)).toLocaleString("en");
    return `dedupe ${mode}, from ${from} samples on: time per row within ${times}, CPU time within ${cpu}, peak within ${peaks}\n`;
  });
  return lines.join("");
}

/** The highest above the lowest. */
function spreadOf(values: readonly number[]): string {
  return `${(100 * (Math.max(...values) / Math.min(...values) - 1)).toFixed(1)} %`;
}
