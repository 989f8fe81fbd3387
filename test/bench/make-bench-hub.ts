import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { toCodeSha256 } from "../../src/run/code-digest.ts";
import { PROJECT } from "../support/planstream.ts";
import type { Synthetic } from "../support/synthetic.ts";
import { loadersOf, type MixDataset, selectMix, toScaled } from "./bench-mix.ts";

// node test/bench/make-bench-hub.ts [--scale 1] [--loaders a,b]
// Makes the ancestor's mix below data/bench-hub/<scale>, in the Hugging Face cache layout, unless it is there.

/** A hub of the mix, on disk. */
export type BenchHub = {
  readonly directory: string;
  /** Bytes of the datasets' files. */
  readonly bytes: number;
  /** Samples that the loaders make of it with --dedupe none. */
  readonly samples: number;
  readonly loaders: readonly string[];
};

export type BenchHubOptions = {
  /** 1 is the ancestor's mix, 338,212 samples. */
  readonly scale: number;
  /** The loaders whose datasets are wanted; all of the mix if empty. */
  readonly loaders?: readonly string[];
};

const SEED = 1;
/** Datasets made at a time. */
const PROCESSES = 2;
/** Where a dataset lies until it is whole. */
const MAKING = `.making-${process.pid}`;
/** What the bytes of a parquet file depend on beside our own code. */
const WRITERS = ["parquet-wasm", "apache-arrow", "pure-rand"] as const;

/**
 * The hub of a scale, made where it is missing. A dataset stays until the code that makes it changes, and stands under
 * its name only when it is whole. Throws RangeError for a loader outside the mix or a scale that is no number above 0.
 */
export async function makeBenchHub({ scale, loaders = [] }: BenchHubOptions): Promise<BenchHub> {
  if (!(scale > 0 && scale < Infinity)) throw new RangeError(`scale ${scale}: expected a number above 0`);
  const directory = join(PROJECT, "data", "bench-hub", String(scale));
  const datasets = selectMix(loaders);
  mkdirSync(directory, { recursive: true });
  const waiting = [...datasets];
  const make = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await makeDataset(directory, next, scale);
  };
  try {
    await Promise.all(Array.from({ length: PROCESSES }, make));
  } finally {
    rmSync(join(directory, MAKING), { recursive: true, force: true });
  }
  const names = await Promise.all(datasets.map(({ id }) => toFolderName(id)));
  return {
    directory,
    bytes: names.reduce((sum, name) => sum + sizeOf(join(directory, name)), 0),
    samples: datasets.reduce((sum, one) => sum + toScaled(one, scale).samples * loadersOf(one).length, 0),
    loaders: datasets.flatMap(loadersOf),
  };
}

async function makeDataset(directory: string, { id }: MixDataset, scale: number): Promise<void> {
  const name = await toFolderName(id);
  const marker = join(directory, `${name}.key`);
  const key = await toKey(id, scale);
  if (existsSync(marker) && readFileSync(marker, "utf8") === key) return;
  const started = performance.now();
  const making = join(directory, MAKING, id);
  mkdirSync(making, { recursive: true });
  await runWriter([id, making, "--scale", String(scale), "--seed", String(SEED)]);
  rmSync(marker, { force: true });
  rmSync(join(directory, name), { recursive: true, force: true });
  renameSync(join(making, name), join(directory, name));
  writeFileSync(marker, key);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stderr.write(`${id}: ${(sizeOf(join(directory, name)) / 1e6).toFixed(1)} MB made in ${seconds} s\n`);
}

function runWriter(args: readonly string[]): Promise<void> {
  const script = join(import.meta.dirname, "write-bench-dataset.ts");
  const child = spawn(process.execPath, ["--max-old-space-size=4096", script, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("exit", (code, signal) => {
      if (code === 0) done();
      else fail(new Error(`${script} ${args.join(" ")} ended with ${signal ?? code}`));
    });
  });
}

/** Says what a dataset was made by: another key, another dataset. */
async function toKey(id: string, scale: number): Promise<string> {
  const writer = join(import.meta.dirname, "write-bench-dataset.ts");
  const code = await toCodeSha256(PROJECT, [writer, join(PROJECT, "test", "synthetic", `${id}.ts`)]);
  const { devDependencies, dependencies } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8"));
  const versions = WRITERS.map((name) => `${name} ${{ ...dependencies, ...devDependencies }[name]}`);
  return [`${id} x ${scale}, seed ${SEED}`, ...versions, code, ""].join("\n");
}

async function toFolderName(id: string): Promise<string> {
  const { default: synthetic }: { default: Synthetic } = await import(`../synthetic/${id}.ts`);
  return `datasets--${synthetic.dataset.replace("/", "--")}`;
}

function sizeOf(folder: string): number {
  const blobs = join(folder, "blobs");
  return readdirSync(blobs).reduce((sum, name) => sum + statSync(join(blobs, name)).size, 0);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { scale: { type: "string" }, loaders: { type: "string" } } });
  const { directory, bytes, samples } = await makeBenchHub({
    scale: Number(values.scale ?? 1),
    loaders: values.loaders?.split(",").filter(Boolean) ?? [],
  });
  process.stdout.write(`${directory}: ${samples} samples to be made of ${(bytes / 1e6).toFixed(1)} MB\n`);
}
