import { existsSync } from "node:fs";
import { join } from "node:path";
import { DefinitionError, SourceError } from "#contract";
import type { Hub } from "../../hub/hub.ts";
import { createSlicePool } from "../../pool/slice-pool.ts";
import type { Settings } from "../../schema/settings.ts";
import { sumCounts } from "../../schema/tally.ts";
import { openRunFolder, type RunFolder } from "../../sink/run-folder.ts";
import { createDedupers } from "../dedupers.ts";
import { isByInterrupt } from "../is-by-interrupt.ts";
import { type PreparedLoaders, prepareLoaders, toPublishedLoaders } from "../prepare-loaders.ts";
import { publish } from "../publish.ts";
import { listOutputs, type RunState, toRunState } from "../run-state.ts";
import { startStopwatch } from "../stopwatch.ts";
import type { Deduper } from "../winnow.ts";
import { chooseLoaders } from "./choose-loaders.ts";
import { replayLoader, toRoom } from "./replay-loader.ts";
import { type ReplayedLoader, toReplayedLoader, toUntouchedLoader } from "./replayed-loader.ts";

export type ReplayOptions = {
  /** The project's folder: `loaders/` and `tracks/` lie in it. */
  readonly root: string;
  /** A finished run folder. */
  readonly output: string;
  readonly hub: Hub;
  readonly workers: number;
  /** Loaders to replay, as `<track>/<name>`; empty for all. */
  readonly loaders: readonly string[];
  /** Only rows that failed for these reasons; empty for all. */
  readonly reasons: readonly string[];
  /** Read nothing from the hub: rows that were not kept whole stay in quarantine. */
  readonly offline: boolean;
  readonly note: (message: string) => void;
  readonly signal: AbortSignal;
};

/** How a replay ended. `unchanged`: nothing came of it, and the folder is as it was. */
export type ReplayResult = {
  readonly kind: "finished" | "unchanged" | "interrupted";
  readonly loaders: readonly ReplayedLoader[];
  /** Loaders with rows that must be read again and can't be; they are as they were. */
  readonly unread: readonly { readonly id: string; readonly reason: string }[];
};

type Settled = RunState & { readonly settings: Settings };

/**
 * Works the quarantined rows of a finished run folder again, with the loaders as they are now, and publishes it anew.
 * Throws DefinitionError, DamageError, and on a full disk or a bug; sources and rows fail inside.
 */
export async function runReplay(options: ReplayOptions): Promise<ReplayResult> {
  // Opening a run folder would make one.
  if (!existsSync(join(options.output, ".run", "journal.jsonl"))) throw noRunFolder(options.output);
  const folder = await openRunFolder(options.output, { fresh: false });
  // A read under way would be waited for: up to minutes, where the hub is slow or gone.
  const stopReading = () => void options.hub.close();
  options.signal.addEventListener("abort", stopReading, { once: true });
  try {
    return await replayInFolder(options, folder);
  } finally {
    options.signal.removeEventListener("abort", stopReading);
    await folder.close();
  }
}

async function replayInFolder(options: ReplayOptions, folder: RunFolder): Promise<ReplayResult> {
  const { root, output, hub, signal, workers } = options;
  const stopwatch = startStopwatch();
  const state = toRunState(folder.events);
  assertFinished(state, folder, output);
  const loaders = await prepareLoaders(root, state.settings);
  const chosen = chooseLoaders(state, loaders, options);
  await recover(folder, state);
  const { replayed, unread } = await replayAll(options, folder, state, chosen);
  if (signal.aborted) return { kind: "interrupted", loaders: replayed, unread };
  // Also when the replay that is to be published was made by a start that was cut off.
  if (state.finished) return { kind: "unchanged", loaders: replayed, unread };
  const rows = replayed.reduce((sum, loader) => sum + loader.rows, 0);
  const runText = stopwatch.toRunText({ workers, hub: hub.name, rows });
  await publish(folder, state, toPublishedLoaders(loaders, state), runText);
  return { kind: "finished", loaders: replayed, unread };
}

async function replayAll(
  { hub, workers, reasons, offline, note, signal }: ReplayOptions,
  folder: RunFolder,
  state: Settled,
  chosen: PreparedLoaders["running"],
): Promise<Pick<ReplayResult, "unread"> & { replayed: ReplayedLoader[] }> {
  const replayed: ReplayedLoader[] = [];
  const unread: { id: string; reason: string }[] = [];
  const pool = createSlicePool(workers);
  let createDeduper = createDeduperSource(state, folder);
  const options = { folder, state, hub, pool, offline, signal, reasons: toSet(reasons) };
  try {
    for (const found of chosen) {
      if (signal.aborted) break;
      const own = state.loaders.get(found.id);
      if (own && toRoom(found, own, state) === 0) {
        note(`[${found.id}] has as many samples as it may have: its quarantine is left as it is`);
        continue;
      }
      note(`[${found.id}] replaying ${sumCounts(own?.tally.quarantined ?? {})} rows`);
      try {
        const event = await replayLoader({ ...options, createDeduper }, found);
        replayed.push(event ? toReplayedLoader(event, state) : toUntouchedLoader(found.id, state));
      } catch (error) {
        if (isByInterrupt(error, signal)) break;
        if (!(error instanceof SourceError)) throw error;
        unread.push({ id: found.id, reason: error.message });
        // It has remembered plans of samples that were not kept.
        createDeduper = createDeduperSource(state, folder);
      }
    }
  } finally {
    await pool.close();
  }
  return { replayed, unread };
}

/**
 * Makes the deduper of a loader when its turn comes, from what the folder holds then; with `global` one serves all. A run
 * reads back only loaders that go on, so this one is shown as going on.
 */
function createDeduperSource(state: Settled, { locate }: RunFolder): (id: string) => Promise<Deduper | undefined> {
  const { dedupe } = state.settings;
  let shared: Promise<(id: string) => Deduper | undefined> | undefined;
  return async (id) => {
    if (dedupe === "global") {
      shared ??= createDedupers(dedupe, state, locate);
      return (await shared)(id);
    }
    const own = state.loaders.get(id);
    const loaders = new Map(state.loaders);
    if (own) loaders.set(id, { ...own, ended: undefined });
    return (await createDedupers(dedupe, { ...state, loaders }, locate))(id);
  };
}

/** Checks all outputs and takes away what a replay that was cut off has left. A finished folder's growing files are copies. */
async function recover(folder: RunFolder, state: Settled): Promise<void> {
  const marks = listOutputs(state);
  if (state.finished) for (const { path } of marks) await folder.discard(path);
  await folder.recover(marks);
}

function assertFinished(state: RunState, folder: RunFolder, output: string): asserts state is Settled {
  if (state.settings && state.settings.tier !== "tier1") {
    throw new DefinitionError(
      `${output} holds ${state.settings.tier}: its quarantine can't be replayed. Make it anew.`,
    );
  }
  if (state.settings && (state.replaying || (state.finished && folder.isPublished()))) return;
  throw new DefinitionError(
    `The run in ${output} hasn't finished. The command that began it, run again, goes on and finishes it; then its quarantine can be replayed.`,
  );
}

function noRunFolder(output: string): DefinitionError {
  if (existsSync(join(output, "manifest.json"))) {
    return new DefinitionError(
      `${output} is a copy of a run folder without its journal (.run/journal.jsonl): it can be read, but not replayed. Copy .run along from where it was made.`,
    );
  }
  return new DefinitionError(
    `${output} is no run folder that can be replayed: it has no .run/journal.jsonl. Name a folder that \`planstream tier1 --output\` has made.`,
  );
}

function toSet(reasons: readonly string[]): ReadonlySet<string> | undefined {
  return reasons.length > 0 ? new Set(reasons) : undefined;
}
