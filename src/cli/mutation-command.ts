import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { listMutators } from "../run/mutate/list-mutators.ts";
import { runMutation } from "../run/mutate/run-mutation.ts";
import { toRatio } from "../run/mutate/to-ratio.ts";
import type { MutationSettings } from "../schema/settings.ts";
import { EXIT } from "./exit-codes.ts";
import { createInterrupt } from "./interrupt.ts";
import { toMutationJson, toMutationText } from "./mutation-summary.ts";
import { print } from "./print.ts";
import { createProgress } from "./progress.ts";
import { PROJECT_ROOT } from "./project.ts";
import { createRunLog } from "./run-log.ts";
import { toCount, toInteger, toShare, workersOption } from "./settings-options.ts";

export type MutationFlags = {
  from: string;
  output: string;
  target?: number;
  seed: number;
  ratio: Record<string, number>;
  variantsMax: number;
  insertSources: boolean;
  quarantineMax: number;
  workers: number;
  fresh?: true;
  json?: true;
};

/** Adds the options of a tier that is made from another. `target` says what is counted. */
export function addMutationOptions(command: Command, names: { output: string; target: string }): Command {
  return command
    .option("--from <folder>", "a finished tier1 folder: its samples are the parents", "data/tier1")
    .option("--output <folder>", "the run folder", names.output)
    .addOption(
      new Option(
        "--target <count>",
        `make so many ${names.target} in all, in exact shares; fewer if a mutator has fewer`,
      )
        .argParser(toCount)
        .default(undefined, "as many as there are"),
    )
    .option("--seed <number>", "seed of everything that is drawn by chance", toInteger, 0)
    .addOption(
      new Option("--ratio <name=part,...>", "parts of the whole by mutator; those not named make none")
        .argParser(toParts)
        .default({}, names.output.endsWith("2") ? "equal" : "20, 20, 15, 15, 15, 15"),
    )
    .addOption(
      new Option("--variants-max <count>", "how often an operator is tried on one parent, at most (1 to 16)")
        .argParser(toVariants)
        .default(8),
    )
    .option("--no-insert-sources", "leave out plans that need a call put in first (a page read, a record looked up)")
    .option(
      "--quarantine-max <share>",
      "share of a loader's samples that may fail before it counts as failed",
      toShare,
      0.05,
    )
    .addOption(workersOption())
    .option("--fresh", "throw away what the run folder holds")
    .option("--json", "a summary as JSON on stdout");
}

/** Runs a tier that is made from another; gives the exit code. */
export async function runMutationCommand(tier: MutationSettings["tier"], flags: MutationFlags): Promise<number> {
  const output = resolve(flags.output);
  const progress = await createProgress(process.stderr);
  const signal = createInterrupt(progress.note);
  const log = createRunLog(output);
  try {
    const result = await runMutation({
      root: PROJECT_ROOT,
      from: resolve(flags.from),
      output,
      settings: toSettings(tier, flags, toRatio(await listMutators(PROJECT_ROOT, tier), flags.ratio)),
      workers: flags.workers,
      fresh: flags.fresh ?? false,
      reporter: log.alsoTo(progress),
      signal,
    });
    progress.close();
    print(flags.json ? `${JSON.stringify(toMutationJson(result))}\n` : toMutationText(result, flags.output));
    return toExitCode(result);
  } finally {
    progress.close();
    log.close();
  }
}

function toSettings(
  tier: MutationSettings["tier"],
  { target, seed, variantsMax, insertSources, quarantineMax }: MutationFlags,
  ratio: MutationSettings["ratio"],
): MutationSettings {
  return {
    tier,
    target: target ?? null,
    ratio,
    seed,
    variants_max: variantsMax,
    insert_sources: insertSources,
    quarantine_max: quarantineMax,
  };
}

function toExitCode({ kind, manifest }: Awaited<ReturnType<typeof runMutation>>): number {
  if (kind === "interrupted") return EXIT.interrupted;
  const failed = Object.values(manifest?.loaders ?? {}).some(({ status }) => status !== "ok");
  return failed ? EXIT.someFailed : EXIT.done;
}

function toVariants(text: string): number {
  const count = toCount(text);
  if (count <= VARIANTS_MAX) return count;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${VARIANTS_MAX}.`);
}

const VARIANTS_MAX = 16;

function toParts(text: string, previous: Record<string, number>): Record<string, number> {
  const parts = new Map(Object.entries(previous));
  for (const entry of text.split(",")) {
    const [, name, part] = /^([a-z][a-z0-9_]*)=(\d{1,6})$/.exec(entry.trim()) ?? [];
    if (name === undefined || parts.has(name))
      throw new InvalidArgumentError("Expected name=part, comma-separated, with whole numbers: scope=25,flow=75.");
    parts.set(name, Number(part));
  }
  return Object.fromEntries(parts);
}
