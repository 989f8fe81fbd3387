import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Manifest } from "../../src/schema/manifest.ts";
import { PROJECT } from "../support/planstream.ts";
import { type BenchFacts, CONTESTANTS, type Contestant, type Rounds, toResult, toText } from "./bench-result.ts";
import { profileTier1, runDuckCopy, runTier1 } from "./bench-run.ts";
import { type BenchHub, makeBenchHub } from "./make-bench-hub.ts";
import type { Measured } from "./measure.ts";

// node test/bench/run-bench.ts [--scale 1] [--loaders a,b] [--runs 5] [-- options of node]
// Measures the whole command on the ancestor's mix, beside DuckDB copying the same columns of the same files to JSON. The
// same can be said by SCALE, BENCH_LOADERS and BENCH_RUNS. Writes data/bench/result.json.

const { values, positionals: nodeOptions } = parseArgs({
  allowPositionals: true,
  options: { scale: { type: "string" }, loaders: { type: "string" }, runs: { type: "string" } },
});
const scale = toPositive("scale", values.scale || process.env.SCALE || "1");
const runs = Math.ceil(toPositive("runs", values.runs || process.env.BENCH_RUNS || "5"));
const loaders = (values.loaders || process.env.BENCH_LOADERS || "").split(",").filter(Boolean);

const RESULT = join(PROJECT, "data", "bench", "result.json");

const hub = await makeBenchHub({ scale, loaders });
const facts = await toFacts(hub);
const rounds = await runRounds(hub, facts.manifest);
say("profile");
const profile = await profileTier1(hub, { workers: 2, dedupe: "none", nodeOptions });
const result = toResult(facts.facts, rounds, profile);
mkdirSync(join(PROJECT, "data", "bench"), { recursive: true });
writeFileSync(RESULT, `${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(toText(result));

/** A first run, not counted: the files are in memory after it, and it tells what is read and made. */
async function toFacts(hub: BenchHub): Promise<{ readonly facts: BenchFacts; readonly manifest: Manifest }> {
  say("a run that is not counted");
  const load = loadavg();
  const { manifest } = await runTier1(hub, { workers: 2, dedupe: "none", nodeOptions });
  const { samples } = manifest.totals;
  if (samples !== hub.samples) {
    throw new Error(`${samples} samples came of the mix, expected ${hub.samples}: a loader refuses rows of its own.`);
  }
  const output_bytes = manifest.parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const host = { cpus: availableParallelism(), node: process.version, load };
  return { facts: { scale, loaders: hub.loaders, samples, input_bytes: hub.bytes, output_bytes, host }, manifest };
}

/** The contestants in turn, so that what else the machine does falls on all of them. */
async function runRounds(hub: BenchHub, manifest: Manifest): Promise<Rounds> {
  const run: Readonly<Record<Contestant, () => Promise<Measured>>> = {
    two_workers: async () => (await runTier1(hub, { workers: 2, dedupe: "none", nodeOptions })).measured,
    duckdb: () => runDuckCopy(manifest, hub, 2),
    one_worker: async () => (await runTier1(hub, { workers: 1, dedupe: "none", nodeOptions })).measured,
    two_workers_exact: async () => (await runTier1(hub, { workers: 2, dedupe: "exact", nodeOptions })).measured,
  };
  const rounds: Record<Contestant, Measured>[] = [];
  for (let round = 1; round <= runs; round++) {
    const measured: [Contestant, Measured][] = [];
    for (const name of CONTESTANTS) {
      const one = await run[name]();
      say(`round ${round}, ${name}: ${one.wall_s.toFixed(2)} s, CPU ${one.cpu_s.toFixed(2)} s`);
      measured.push([name, one]);
    }
    rounds.push(Object.fromEntries(measured) as Record<Contestant, Measured>);
  }
  return rounds;
}

function toPositive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new RangeError(`--${name} ${text}: expected a number above 0`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
