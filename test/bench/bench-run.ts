import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Loader, toColumns } from "../../src/contract/index.ts";
import { toColumnPaths } from "../../src/run/manifest.ts";
import type { Manifest } from "../../src/schema/manifest.ts";
import { PROJECT, readManifest } from "../support/planstream.ts";
import type { Profile } from "./bench-result.ts";
import type { CopyJob } from "./duck-copy.ts";
import type { BenchHub } from "./make-bench-hub.ts";
import { type Measured, measure } from "./measure.ts";
import { type CpuProfile, type Stage, sumStages, toStages } from "./profile-stages.ts";

export type RunOptions = {
  readonly workers: number;
  readonly dedupe: "none" | "exact" | "global";
  /** Options of node, as the Makefile gives them. */
  readonly nodeOptions: readonly string[];
};

/** Runs write here, one after the other. */
const OUTPUT = join(PROJECT, "data", "bench", "run");

/** Runs the whole command into a fresh folder, which is removed again, and tells what it took and what came of it. */
export async function runTier1(
  hub: BenchHub,
  options: RunOptions,
): Promise<{ readonly measured: Measured; readonly manifest: Manifest }> {
  clear();
  try {
    const measured = await measure({ args: toArguments(hub, options), output: OUTPUT });
    return { measured, manifest: readManifest(OUTPUT) };
  } finally {
    clear();
  }
}

/** Lets DuckDB copy what the run of that manifest has read. */
export async function runDuckCopy(manifest: Manifest, hub: BenchHub, threads: number): Promise<Measured> {
  clear();
  mkdirSync(OUTPUT, { recursive: true });
  const jobs = join(OUTPUT, "jobs.json");
  writeFileSync(jobs, JSON.stringify(await toCopyJobs(manifest, hub.directory)));
  try {
    const script = join(import.meta.dirname, "duck-copy.ts");
    return await measure({ args: [script, jobs, join(OUTPUT, "copy"), String(threads)] });
  } finally {
    clear();
  }
}

/** One more run with the profiler of V8 on, in every thread. It is slower by what the profiler takes. */
export async function profileTier1(hub: BenchHub, options: RunOptions): Promise<Profile> {
  const folder = mkdtempSync(join(tmpdir(), "planstream-profile-"));
  const profiling = ["--cpu-prof", `--cpu-prof-dir=${folder}`];
  try {
    await runTier1(hub, { ...options, nodeOptions: [...options.nodeOptions, ...profiling] });
    const threads = readdirSync(folder).map((name) => ({
      isMain: name.split(".")[4] === "0",
      stages: toStages(JSON.parse(readFileSync(join(folder, name), "utf8")) as CpuProfile),
    }));
    const sumOf = (isMain: boolean): Record<Stage, number> =>
      sumStages(threads.filter((thread) => thread.isMain === isMain).map(({ stages }) => stages));
    return { main_thread: sumOf(true), workers: sumOf(false) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function clear(): void {
  rmSync(OUTPUT, { recursive: true, force: true });
}

function toArguments(hub: BenchHub, { workers, dedupe, nodeOptions }: RunOptions): string[] {
  return [
    ...nodeOptions,
    join("src", "main.ts"),
    "tier1",
    ...["--hub", hub.directory],
    ...["--loader", hub.loaders.join(",")],
    ...["--workers", String(workers)],
    ...["--dedupe", dedupe],
    ...["--output", OUTPUT],
  ];
}

/** The files that a run has read, each with the columns its loader uses. */
async function toCopyJobs({ sources }: Manifest, directory: string): Promise<CopyJob[]> {
  const jobs = sources.map(async ({ loader: id, dataset, revision, files }) => {
    const { default: loader }: { default: Loader } = await import(join(PROJECT, "loaders", `${id}.ts`));
    const columns = new Set(toColumnPaths(toColumns(loader.row)).map((path) => path.split(".")[0] as string));
    const snapshot = join(directory, `datasets--${dataset.replace("/", "--")}`, "snapshots", revision);
    return files.map(({ path }) => ({
      path: join(snapshot, path),
      columns: [...columns],
      ...(loader.field !== undefined && { field: loader.field }),
    }));
  });
  return (await Promise.all(jobs)).flat();
}
