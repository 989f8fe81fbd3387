import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { PROJECT, toFingerprint } from "../support/planstream.ts";
import { createRandom, type Synthetic } from "../support/synthetic.ts";
import { writeDataset } from "../support/write-dataset.ts";
import { launch } from "./launch.ts";

/** A hub made of one seed, the command that is run on it, and what an undisturbed run gives. */
export type World = {
  readonly name: string;
  /** The hub's directory. */
  readonly hub: string;
  readonly loaders: readonly string[];
  /** What one loader may give depends on the others. */
  readonly isShared: boolean;
  /** The command's arguments: from the hub's directory unless told another address. */
  toArgs(output: string, more?: readonly string[], hub?: string): string[];
  /** SHA-256 by path of an undisturbed run. */
  readonly reference: Readonly<Record<string, string>>;
  /** A finished folder to copy. */
  readonly finished: string;
};

/** Loaders of every format: parquet, a JSON array, JSON Lines, and two that read one JSON field. */
const ROWS: Readonly<Record<string, readonly [rowsMin: number, rowsMax: number]>> = {
  "jasper/gsm8k": [500, 900],
  "quartz/xlam": [600, 1_200],
  "quartz/mobile-actions": [200, 400],
  "jasper/agentharm": [208, 208],
};
const LOADERS = [...Object.keys(ROWS), "ruby/agentharm"];

/** Settings that lead through different code: repeats judged differently, rounds of a target. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  plain: ["--quarantine-max", "20%"],
  target: ["--quarantine-max", "20%", "--target", "901", "--dedupe", "global"],
};

/** Makes the worlds of a seed below `folder`, each with its undisturbed run. */
export async function makeWorlds(folder: string, seed: number): Promise<World[]> {
  const hub = join(folder, "hub");
  await writeHub(hub, seed);
  const worlds: World[] = [];
  for (const [name, settings] of Object.entries(SETTINGS)) worlds.push(await makeWorld(folder, hub, name, settings));
  return worlds;
}

/** Writes the datasets of a seed, in place of those that were there: another seed is another commit. */
export async function writeHub(hub: string, seed: number): Promise<void> {
  const random = createRandom(seed);
  for (const [name, [rowsMin, rowsMax]] of Object.entries(ROWS)) {
    const rows = random.int(rowsMin, rowsMax);
    const { default: synthetic } = (await import(join(PROJECT, "test/synthetic", `${name}.ts`))) as {
      default: Synthetic;
    };
    writeDataset(hub, synthetic, { rows, seed: random.int(1, 1_000_000), shardRowsMax: Math.ceil(rows / 3) });
  }
}

async function makeWorld(folder: string, hub: string, name: string, settings: readonly string[]): Promise<World> {
  const toArgs: World["toArgs"] = (output, more = [], address = hub) => [
    ...["tier1", "--hub", address, "--loader", LOADERS.join(), "--output", output],
    ...settings,
    ...more,
  ];
  const finished = join(folder, `finished-${name}`);
  mkdirSync(join(folder, "tmp"), { recursive: true });
  const ended = await launch(toArgs(finished, ["--workers", "1"]), { temporary: join(folder, "tmp") }).ended;
  if (ended.code !== 0) throw new Error(`the undisturbed run of world ${name} failed: ${ended.stderr}`);
  return {
    name,
    hub,
    loaders: LOADERS,
    isShared: name === "target",
    toArgs,
    reference: toFingerprint(finished),
    finished,
  };
}

/** A copy of the world's finished folder. */
export function copyFinished(world: World, output: string): void {
  cpSync(world.finished, output, { recursive: true, preserveTimestamps: true });
}
