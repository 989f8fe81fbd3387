import type { Measured } from "./measure.ts";
import { STAGES, type Stage } from "./profile-stages.ts";

/** What is measured against each other, in the order of a round. */
export const CONTESTANTS = ["two_workers", "duckdb", "one_worker", "two_workers_exact"] as const;
export type Contestant = (typeof CONTESTANTS)[number];

export type BenchFacts = {
  readonly scale: number;
  readonly loaders: readonly string[];
  readonly samples: number;
  /** Bytes of the datasets' files, and of the parts made of them. */
  readonly input_bytes: number;
  readonly output_bytes: number;
  readonly host: { readonly cpus: number; readonly node: string; readonly load: readonly number[] };
};

export type Rounds = readonly Readonly<Record<Contestant, Measured>>[];

/** Milliseconds of work by stage, of one run with V8's profiler on. */
export type Profile = Readonly<Record<"main_thread" | "workers", Readonly<Record<Stage, number>>>>;

/** What `make bench` writes into data/bench/result.json: medians over the rounds, and every run. */
export type BenchResult = BenchFacts & {
  readonly schema: "planstream/bench/1";
  readonly runs: number;
  readonly samples_per_s: number;
  readonly samples_per_s_one_worker: number;
  readonly samples_per_s_dedupe_exact: number;
  /** Wall time of planstream on two workers over DuckDB's. */
  readonly duckdb_wall_ratio: number;
  readonly duckdb_cpu_ratio: number;
  readonly input_mb_per_s: number;
  readonly output_mb_per_s: number;
  readonly cpu_s_per_million_samples: number;
  /** Of the process: the workers are its threads, and it starts no other. */
  readonly peak_rss_bytes: number;
  readonly first_sample_s: number | null;
  readonly medians: Readonly<Record<Contestant, Measured>>;
  readonly rounds: Rounds;
  readonly profile_ms?: Profile;
};

/** The numbers of a benchmark. Peaks are the highest of all rounds; everything else is a median. */
export function toResult(facts: BenchFacts, rounds: Rounds, profile: Profile | undefined): BenchResult {
  const medians = Object.fromEntries(
    CONTESTANTS.map((name) => [name, toMedians(rounds.map((round) => round[name]))]),
  ) as Record<Contestant, Measured>;
  const { two_workers, one_worker, two_workers_exact, duckdb } = medians;
  const { samples, input_bytes, output_bytes } = facts;
  return {
    schema: "planstream/bench/1",
    ...facts,
    runs: rounds.length,
    samples_per_s: samples / two_workers.wall_s,
    samples_per_s_one_worker: samples / one_worker.wall_s,
    samples_per_s_dedupe_exact: samples / two_workers_exact.wall_s,
    duckdb_wall_ratio: two_workers.wall_s / duckdb.wall_s,
    duckdb_cpu_ratio: two_workers.cpu_s / duckdb.cpu_s,
    input_mb_per_s: input_bytes / 1e6 / two_workers.wall_s,
    output_mb_per_s: output_bytes / 1e6 / two_workers.wall_s,
    cpu_s_per_million_samples: (two_workers.cpu_s / samples) * 1e6,
    peak_rss_bytes: two_workers.peak_rss_bytes,
    first_sample_s: two_workers.first_sample_s ?? null,
    medians,
    rounds,
    ...(profile && { profile_ms: profile }),
  };
}

/** Of an even number, the mean of the two in the middle. Throws RangeError for none. */
export function toMedian(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("there is no median of nothing");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

function toMedians(runs: readonly Measured[]): Measured {
  const firsts = runs.flatMap(({ first_sample_s }) => first_sample_s ?? []);
  return {
    wall_s: toMedian(runs.map(({ wall_s }) => wall_s)),
    cpu_s: toMedian(runs.map(({ cpu_s }) => cpu_s)),
    peak_rss_bytes: Math.max(...runs.map(({ peak_rss_bytes }) => peak_rss_bytes)),
    ...(firsts.length > 0 && { first_sample_s: toMedian(firsts) }),
  };
}

const NAMES: Readonly<Record<Contestant, string>> = {
  two_workers: "planstream, 2 workers",
  one_worker: "planstream, 1 worker",
  two_workers_exact: "planstream, 2 workers, dedupe exact",
  duckdb: "DuckDB copy, 2 threads",
};

/** The result for a reader. */
export function toText(result: BenchResult): string {
  const { samples, input_bytes, output_bytes, runs, host, medians, profile_ms } = result;
  const row = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(36) : cell.padStart(13))).join("");
  const rate = (value: number) => Math.round(value).toLocaleString("en");
  const lines = CONTESTANTS.map((name) => {
    const { wall_s, cpu_s, peak_rss_bytes, first_sample_s } = medians[name];
    return row([
      NAMES[name],
      wall_s.toFixed(2),
      rate(samples / wall_s),
      (output_bytes / 1e6 / wall_s).toFixed(0),
      cpu_s.toFixed(2),
      ((cpu_s / samples) * 1e6).toFixed(1),
      (peak_rss_bytes / 1e6).toFixed(0),
      first_sample_s?.toFixed(2) ?? "",
    ]);
  });
  return [
    `${rate(samples)} samples, ${(output_bytes / samples).toFixed(0)} bytes each, of ${(input_bytes / 1e6).toFixed(0)} MB; medians of ${runs} runs, the highest of the peaks`,
    `${host.cpus} processors, Node ${host.node}, load average ${host.load.map((load) => load.toFixed(1)).join(" ")} at the start`,
    "",
    row(["", "wall s", "samples/s", "MB/s out", "CPU s", "CPU s / 1M", "peak MB", "1st sample s"]),
    ...lines,
    "",
    `wall time over DuckDB's: ${result.duckdb_wall_ratio.toFixed(2)} (CPU time: ${result.duckdb_cpu_ratio.toFixed(2)})`,
    `one worker's rate: ${((100 * result.samples_per_s_one_worker) / result.samples_per_s).toFixed(0)} % of two workers'`,
    ...(profile_ms ? toProfileLines(profile_ms) : []),
    "",
  ].join("\n");
}

/** Where the threads' time goes. `idle` is waiting, so shares are of the rest. */
function toProfileLines({ main_thread, workers }: Profile): string[] {
  const busy = (stages: Readonly<Record<Stage, number>>) =>
    STAGES.reduce((sum, stage) => sum + (stage === "idle" ? 0 : stages[stage]), 0);
  const total = busy(main_thread) + busy(workers);
  const row = (stage: string, main: number, both: number) =>
    `${stage.padEnd(12)}${main.toFixed(0).padStart(12)}${both.toFixed(0).padStart(12)}`;
  const lines = STAGES.map((stage) => {
    const [main, worker] = [main_thread[stage], workers[stage]];
    const share = stage === "idle" ? "" : `${((100 * (main + worker)) / total).toFixed(1)} %`;
    return row(stage, main, worker) + share.padStart(10);
  });
  return [
    "",
    `profile of one more run on 2 workers, ms (ticks of V8's profiler; system calls made for JavaScript are in "other")`,
    `${"".padEnd(12)}${"main thread".padStart(12)}${"workers".padStart(12)}${"of busy".padStart(10)}`,
    ...lines,
  ];
}
