import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Settings } from "../schema/settings.ts";

/** The options that choose what is read. */
export type SelectionOptions = {
  excludeTrack: string[];
  track: string[];
  loader: string[];
  hub?: string;
  limit?: number;
  target?: number;
  seed: number;
  dedupe: Settings["dedupe"];
  quarantineMax: number;
  revision: Record<string, string>;
};

/** Adds the options that say what is read and how much of it. */
export function addSelectionOptions(command: Command): Command {
  return command
    .addOption(listOption("--exclude-track <tracks>", "leave these tracks out (comma-separated)", "none"))
    .addOption(listOption("--track <tracks>", "only these tracks", "all"))
    .addOption(
      listOption(
        "--loader <loaders>",
        "only these loaders, as <track>/<name>; also runs a disabled one",
        "all that are enabled",
      ),
    )
    .option(
      "--hub <hub>",
      "URL, directory in the Hugging Face cache layout, or `sample` (default: HF_ENDPOINT or the public Hub)",
    )
    .option("--limit <rows>", "read at most so many rows per loader", toCount)
    .option("--target <samples>", "make so many samples in all, shared evenly over the loaders", toCount)
    .addOption(
      new Option("--revision <loader=commit>", "pin a loader's dataset to a branch, tag or commit (repeatable)")
        .argParser(toRevisions)
        .default({}, "main"),
    );
}

/** An option that takes names, comma-separated or given several times; none of them means `byDefault`. */
export function listOption(flags: string, description: string, byDefault: string): Option {
  return new Option(flags, description).argParser(toNames).default([], byDefault);
}

/** Adds the options that only a run has a use for. */
export function addRunOptions(command: Command): Command {
  return command
    .option("--seed <number>", "seed of everything that is drawn by chance", toInteger, 0)
    .addOption(
      new Option(
        "--dedupe <mode>",
        "leave out plans that repeat, request and all, within a loader (exact) or over all (global)",
      )
        .choices(["none", "exact", "global"])
        .default("exact"),
    )
    .option(
      "--quarantine-max <share>",
      "share of a loader's rows that may fail before it counts as failed",
      toShare,
      0.05,
    );
}

/** Each thread takes about 40 MB before it has work, and one main thread reads and writes for all of them. */
const WORKERS_MAX = 128;

/** --workers: threads, one per processor unless said. */
export function workersOption(): Option {
  return new Option("--workers <threads>", "worker threads; the output is the same for any number")
    .argParser(toWorkers)
    .default(countWorkers(), "one per processor");
}

/** Worker threads where nobody has said how many. */
export function countWorkers(): number {
  return Math.min(availableParallelism(), WORKERS_MAX);
}

export function toWorkers(text: string): number {
  if (/^[1-9]\d*$/.test(text) && Number(text) <= WORKERS_MAX) return Number(text);
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${WORKERS_MAX}.`);
}

/** The settings of a run that asks no model. */
export function toSettings(options: SelectionOptions): Settings & { llm: "none" } {
  return {
    tier: "tier1",
    tracks: options.track,
    exclude_tracks: options.excludeTrack,
    loaders: options.loader,
    target: options.target ?? null,
    limit: options.limit ?? null,
    seed: options.seed,
    llm: "none",
    dedupe: options.dedupe,
    quarantine_max: options.quarantineMax,
    revisions: options.revision,
  };
}

/** "b, a,a" → ["a", "b"]: the order in which names are given decides nothing. */
function toNames(text: string, previous: string[]): string[] {
  const names = text.split(",").map((name) => name.trim());
  return [...new Set([...previous, ...names.filter((name) => name !== "")])].sort();
}

export function toCount(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number from 1.");
}

export function toInteger(text: string): number {
  const value = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError("Expected a whole number.");
}

export function toShare(text: string): number {
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim()) ?? [];
  // Not divided by 100: 0.7 / 100 is less than 7 / 1000.
  const share = Number(percent ? `${number}e-2` : number);
  if (share <= 1) return share;
  throw new InvalidArgumentError("Expected a share, such as 5% or 0.05.");
}

function toRevisions(text: string, previous: Record<string, string>): Record<string, string> {
  const [, loader, revision] = /^([\w-]+\/[\w-]+)=(\S+)$/.exec(text.trim()) ?? [];
  if (loader && revision) return Object.fromEntries(Object.entries({ ...previous, [loader]: revision }).sort());
  throw new InvalidArgumentError("Expected <track>/<name>=<commit>.");
}
