import { parseArgs } from "node:util";
import { MIX_SAMPLES } from "./bench-mix.ts";
import { runTier1 } from "./bench-run.ts";
import { type BenchHub, makeBenchHub } from "./make-bench-hub.ts";
import { toScaleLine, toSpread } from "./scale-text.ts";

// node test/bench/run-scale.ts [--max 4000000] [-- options of node]
// Runs the mix at 10 thousand, 100 thousand, 1 and 4 million samples and prints time and memory per run: time per sample
// and peak should not grow. Each size with --dedupe none and exact, the largest also with global. Four million samples
// take about 11 GB below data/: half of it stays, for the next time.

const SIZES = [10_000, 100_000, 1_000_000, 4_000_000];
/** The size from which on start-up no longer counts. */
const SETTLED = 100_000;

const { values, positionals: nodeOptions } = parseArgs({
  allowPositionals: true,
  options: { max: { type: "string", default: String(SIZES.at(-1)) } },
});
const max = Number(values.max);
const sizes = SIZES.filter((size) => size <= max);
if (sizes.length === 0) throw new RangeError(`--max ${values.max}: expected at least ${SIZES[0]} samples`);

process.stdout.write(toScaleLine());
const lines = [];
for (const size of sizes) {
  const hub: BenchHub = await makeBenchHub({ scale: Number((size / MIX_SAMPLES).toPrecision(4)) });
  const modes = size === sizes.at(-1) ? (["none", "exact", "global"] as const) : (["none", "exact"] as const);
  for (const dedupe of modes) {
    const { measured, manifest } = await runTier1(hub, { workers: 2, dedupe, nodeOptions });
    const line = { size, dedupe, rows: manifest.totals.rows_read, samples: manifest.totals.samples, measured };
    process.stdout.write(toScaleLine(line));
    lines.push(line);
  }
}
process.stdout.write(toSpread(lines.filter(({ size }) => size >= SETTLED)));
