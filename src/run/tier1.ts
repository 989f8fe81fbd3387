import { BudgetError, DefinitionError, type Loader, SourceError } from "#contract";
import type { Hub } from "../hub/hub.ts";
import type { Llm } from "../llm/open-llm.ts";
import { createSlicePool, type SlicePool } from "../pool/slice-pool.ts";
import type { JournalEvent } from "../schema/journal.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Settings } from "../schema/settings.ts";
import { openRunFolder, type RunFolder } from "../sink/run-folder.ts";
import { assertSameSettings, decideStart, type StartDecision } from "./decide-start.ts";
import { createDedupers } from "./dedupers.ts";
import { isByInterrupt } from "./is-by-interrupt.ts";
import { toColumnPaths } from "./manifest.ts";
import { createModelDesk, type ModelDesk } from "./model-desk.ts";
import { createOutputWriter } from "./output-writer.ts";
import { pinSource } from "./pin-source.ts";
import { runPipeline } from "./pipeline.ts";
import { type PreparedLoader, type PreparedLoaders, prepareLoaders, toPublishedLoaders } from "./prepare-loaders.ts";
import { publish } from "./publish.ts";
import { toFailedEnd } from "./read-loader.ts";
import type { Reporter } from "./reporter.ts";
import { applyEvent, type LoaderState, listOutputs, type Pin, type RunState, toRunState } from "./run-state.ts";
import { startStopwatch } from "./stopwatch.ts";
import { retryAll } from "./take-back.ts";
import { walkQuestions } from "./walk-questions.ts";

export type Tier1Options = {
  /** The project's folder: `loaders/` and `tracks/` lie in it. */
  readonly root: string;
  readonly output: string;
  readonly hub: Hub;
  readonly settings: Settings;
  readonly workers: number;
  /** The model that is asked as the settings say; undefined where they ask none. */
  readonly llm?: Llm | undefined;
  /** Ask it by the batch. Decides what a reply costs and when it comes, and no sample. */
  readonly batch?: boolean | undefined;
  /** Throw away what the folder holds. */
  readonly fresh: boolean;
  /** Make the loaders anew whose dataset or code has moved. */
  readonly update: boolean;
  /** See SliceTask; decides no byte. */
  readonly outputBytesMax?: number;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
};

/**
 * How a run ended. `unchanged`: the folder was finished and nothing had to be done. `out_of_budget`: nothing more may be
 * spent, `budget` says why; the same command goes on once it may.
 */
export type Tier1Result = {
  readonly kind: "finished" | "unchanged" | "interrupted" | "out_of_budget";
  readonly budget?: BudgetError;
  readonly manifest: Manifest | undefined;
  readonly moved: StartDecision["moved"];
  readonly changed: readonly string[];
  /** Those of the changed whose quarantine the present code has replayed. */
  readonly replayed: readonly string[];
  /** Loaders of a finished folder whose datasets could not be asked whether they have moved, with the reason. */
  readonly unchecked: readonly { readonly id: string; readonly reason: string }[];
};

/**
 * Tier I: streams the selected loaders' datasets into a run folder. Resumes a run that was cut off; does nothing on a
 * finished folder unless a loader is new, failed by its source, or `update` finds one that moved.
 * Throws DefinitionError, DamageError, and on a full disk or a bug; sources and rows fail inside.
 */
export async function runTier1(options: Tier1Options): Promise<Tier1Result> {
  const loaders = await prepareLoaders(options.root, options.settings);
  const folder = await openRunFolder(options.output, { fresh: options.fresh });
  // A read under way would be waited for: up to minutes, where the hub is slow or gone.
  const stopReading = () => void options.hub.close();
  options.signal.addEventListener("abort", stopReading, { once: true });
  try {
    return await runInFolder(options, loaders, folder);
  } catch (error) {
    const nothing = { manifest: undefined, moved: [], changed: [], replayed: [], unchecked: [] };
    if (error instanceof BudgetError) return { kind: "out_of_budget", budget: error, ...nothing };
    if (!isByInterrupt(error, options.signal)) throw error;
    return { kind: "interrupted", ...nothing };
  } finally {
    options.signal.removeEventListener("abort", stopReading);
    await folder.close();
  }
}

async function runInFolder(options: Tier1Options, loaders: PreparedLoaders, folder: RunFolder): Promise<Tier1Result> {
  const { settings, update, reporter, signal } = options;
  const stopwatch = startStopwatch();
  const state = toRunState(folder.events);
  if (state.settings) assertSameSettings(options.output, state.settings, settings);
  const published = state.finished && folder.isPublished();
  // A replay that was cut off before it was published is published here.
  const isMade = published || state.replaying;
  const now = await toPresent(options, loaders, state, isMade || update);
  const { disabled } = loaders;
  const decision = decideStart(state, now.loaders, { published: isMade, update, disabled });
  for (const { id, loader } of disabled) {
    if (state.loaders.has(id))
      reporter.note(`[${id}] is disabled now (${loader.disabled}): what it has made here stays as it is`);
  }
  const { moved, changed, replayed } = decision;
  if (published && decision.begin.length + decision.anew.length + decision.retry.length === 0) {
    const manifest = await folder.readManifest(listOutputs(state));
    return { kind: "unchanged", manifest, moved, changed, replayed, unchecked: now.unchecked };
  }
  await folder.recover(listOutputs(state));
  let rowsBefore = countRows(state);
  if (state.replaying) reporter.note("publishing a replay that was cut off");
  if (rowsBefore > 0 && !isMade) reporter.note(`going on after ${rowsBefore} rows of an earlier start`);
  const writer = createOutputWriter(folder);
  const pool = createSlicePool(options.workers);
  try {
    if (!state.settings) await tell(folder, state, [{ event: "start", format: 1, settings }]);
    await begin(options, loaders.running, decision, folder, state);
    // Those of loaders that begin anew are read in this start.
    rowsBefore = countRows(state);
    const dedupers = await createDedupers(settings.dedupe, state, folder.locate);
    const pinned = loaders.running.filter(({ id }) => state.loaders.get(id)?.pin);
    const models = toModelDesk(options, pinned, state, pool);
    await runPipeline({ ...options, loaders: pinned, state, pool, writer, dedupers, models });
  } finally {
    await Promise.all([writer.close(), pool.close()]);
  }
  if (signal.aborted)
    return { kind: "interrupted", manifest: undefined, moved, changed, replayed, unchecked: now.unchecked };
  const runText = stopwatch.toRunText({
    workers: options.workers,
    hub: options.hub.name,
    rows: countRows(state) - rowsBefore,
  });
  const manifest = await publish(folder, state, toPublishedLoaders(loaders, state), runText);
  return { kind: "finished", manifest, moved, changed, replayed, unchecked: now.unchecked };
}

function toModelDesk(
  { llm, batch, settings, hub, reporter, signal }: Tier1Options,
  pinned: readonly PreparedLoader[],
  state: RunState,
  pool: SlicePool,
): ModelDesk | undefined {
  if (!llm || settings.llm === "none") return undefined;
  const modelSettings = { ...settings.llm, seed: settings.seed };
  const { batches } = llm;
  if (!batch) {
    const out = batches?.stand().out ?? 0;
    if (out > 0)
      reporter.note(`${out} questions of an earlier start are out by the batch; --batch would wait for them`);
    return createModelDesk(llm, pinned, modelSettings);
  }
  if (!batches) throw new DefinitionError(`${settings.llm.model} is not asked by the batch. Leave out --batch.`);
  const loaders = pinned.filter(({ trackDefinition }) => trackDefinition.llm !== undefined);
  const { confidence_min: confidenceMin } = settings.llm;
  const walk = () => walkQuestions({ loaders, state, hub, pool, confidenceMin, signal });
  return createModelDesk(llm, pinned, modelSettings, { batches, walk, note: (message) => reporter.note(message) });
}

/** The loaders' code and, if asked for, the commits their datasets are at. */
async function toPresent(
  { hub, settings }: Tier1Options,
  { running }: PreparedLoaders,
  state: RunState,
  resolve: boolean,
) {
  const unchecked: { id: string; reason: string }[] = [];
  const revisions = await Promise.all(
    running.map(async ({ id, loader }) => {
      if (!resolve) return undefined;
      try {
        return await hub.resolve(state.loaders.get(id)?.pin?.dataset ?? loader.dataset, settings.revisions[id]);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        unchecked.push({ id, reason: error.message });
        return undefined;
      }
    }),
  );
  const loaders = running.map(({ id, codeSha256, columns }, place) => {
    return { id, codeSha256, columns: toColumnPaths(columns), revision: revisions[place] };
  });
  return { loaders, unchecked: unchecked.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** Pins the loaders that begin, now or anew, and wakes those that go on. One that can't be pinned has ended. */
async function begin(
  { hub, settings, reporter }: Tier1Options,
  running: readonly PreparedLoader[],
  decision: StartDecision,
  folder: RunFolder,
  state: RunState,
): Promise<void> {
  const beginning = running.filter(({ id }) => decision.begin.includes(id) || decision.anew.includes(id));
  for (const id of decision.anew) {
    const { rows_read: rows } = (state.loaders.get(id) as LoaderState).tally;
    reporter.note(`[${id}] tried again from its first row: its code has changed since it failed after ${rows} rows.`);
  }
  const pins = await Promise.all(
    beginning.map(async ({ id, loader, columns, codeSha256 }): Promise<JournalEvent> => {
      try {
        const kept = decision.anew.includes(id) ? toKeptRevision(loader, state.loaders.get(id)?.pin) : undefined;
        const { why, files, ...pinned } = await pinSource(hub, loader, kept ?? settings.revisions[id]);
        if (why) reporter.note(`[${id}] ${why} Reading ${pinned.dataset}, the loader's fallback, in its place.`);
        return {
          event: "pin",
          loader: id,
          ...pinned,
          code_sha256: codeSha256,
          columns: toColumnPaths(columns),
          files: [...files],
        };
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        return { event: "loader", loader: id, ...toFailedEnd(error), retry: true };
      }
    }),
  );
  const retries = decision.retry.map((loader) => ({ event: "retry" as const, loader }));
  await retryAll(folder, state, decision.retry, () => tell(folder, state, [...pins, ...retries]));
  for (const { id } of beginning) {
    const own = state.loaders.get(id);
    if (own?.ended) reporter.ended(id, own);
  }
}

/** The commit that a loader had, if it still reads that dataset. */
function toKeptRevision({ dataset, fallbackDataset }: Loader, pin: Pin | undefined): string | undefined {
  return pin && [dataset, fallbackDataset].includes(pin.dataset) ? pin.revision : undefined;
}

async function tell(folder: RunFolder, state: RunState, events: readonly JournalEvent[]): Promise<void> {
  for (const event of events) applyEvent(state, event);
  if (events.length > 0) await folder.append(events);
}

function countRows(state: RunState): number {
  return [...state.loaders.values()].reduce((sum, { tally }) => sum + tally.rows_read, 0);
}
