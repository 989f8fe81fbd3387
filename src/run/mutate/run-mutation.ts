import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { DefinitionError } from "#contract";
import { PARENTS_SLICE_BYTES } from "../../formats/limits.ts";
import type { MutateOrder } from "../../pool/mutate-order.ts";
import { createSlicePool } from "../../pool/slice-pool.ts";
import type { JournalEvent } from "../../schema/journal.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { readCount } from "../../schema/mutation-counts.ts";
import type { MutationSettings } from "../../schema/settings.ts";
import { openRunFolder, type RunFolder } from "../../sink/run-folder.ts";
import { assertSameSettings } from "../decide-start.ts";
import { isByInterrupt } from "../is-by-interrupt.ts";
import { createOutputWriter } from "../output-writer.ts";
import { runPipeline } from "../pipeline.ts";
import { publish } from "../publish.ts";
import type { Reporter } from "../reporter.ts";
import { applyEvent, listOutputs, type Pin, type RunState, toRunState } from "../run-state.ts";
import { startStopwatch } from "../stopwatch.ts";
import { type FoundMutator, listMutators } from "./list-mutators.ts";
import { type Input, openInput } from "./open-input.ts";
import { listBeginnings, listChanges, type Present } from "./present.ts";
import { discardRanks, rankParents } from "./rank-parents.ts";
import { type ParentLoader, type SliceItem, toSliceName } from "./read-parents.ts";
import { toShortage } from "./shares.ts";
import { type TakenCensus, takeCensus } from "./take-census.ts";
import { toYields } from "./to-yields.ts";

export type MutationOptions = {
  /** The project's folder: `transforms/` and `tracks/` lie in it. */
  readonly root: string;
  /** A finished Tier I folder. */
  readonly from: string;
  readonly output: string;
  /** With a ratio by toRatio. */
  readonly settings: MutationSettings;
  readonly workers: number;
  /** Throw away what the folder holds. */
  readonly fresh: boolean;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
};

/** How a run ended. `unchanged`: the folder was finished and nothing had to be done. */
export type MutationResult = {
  readonly kind: "finished" | "unchanged" | "interrupted";
  readonly manifest: Manifest | undefined;
  /** What is no longer as it was when a finished folder was made. */
  readonly changed: readonly string[];
};

/**
 * Tier II and Tier III: makes mutated plans from the samples of a finished folder, in exact shares. Resumes a run that was
 * cut off, does nothing on a finished folder.
 *
 * Census (what mutations may draw from), passes that try candidates, the draw, and a last pass that writes the records: see
 * docs/tiers.md. Throws DefinitionError, DamageError, and on a full disk or a bug.
 */
export async function runMutation(options: MutationOptions): Promise<MutationResult> {
  const mutators = await listMutators(options.root, options.settings.tier);
  const input = await openInput(options.from);
  await assertApart(options);
  const folder = await openRunFolder(options.output, { fresh: options.fresh });
  try {
    return await runInFolder(options, { mutators, input }, folder);
  } catch (error) {
    if (!isByInterrupt(error, options.signal)) throw error;
    return { kind: "interrupted", manifest: undefined, changed: [] };
  } finally {
    await folder.close();
  }
}

/** With --fresh a run that is written over its own input would throw that away first. */
async function assertApart({ from, output }: MutationOptions): Promise<void> {
  if (!existsSync(output) || (await realpath(from)) !== (await realpath(output))) return;
  throw new DefinitionError(`--output ${output} is the folder that --from names: it would be lost. Name another one.`);
}

async function runInFolder(options: MutationOptions, now: Present, folder: RunFolder): Promise<MutationResult> {
  const { settings, reporter, signal } = options;
  const stopwatch = startStopwatch();
  const state = toRunState(folder.events);
  if (state.settings) assertSameSettings(options.output, state.settings, settings);
  const changed = listChanges(state, now);
  if (state.finished && folder.isPublished()) {
    return { kind: "unchanged", manifest: await folder.readManifest(listOutputs(state)), changed };
  }
  if (changed.length > 0) throw changedMidway(options.output, changed);
  await folder.recover(listOutputs(state));
  const rowsBefore = countRows(state);
  if (state.mutation.input) reporter.note("going on with a run that was cut off");
  const writer = createOutputWriter(folder);
  const pool = createSlicePool(options.workers, { warmParquet: false });
  let census: TakenCensus;
  try {
    const tell = (events: readonly JournalEvent[]) => tellAll(folder, state, events);
    await tell(listBeginnings(state, settings, now));
    const loaders = toParentLoaders(options.root, now.input, state);
    const order = toOrder(settings, now.mutators);
    const reading = { hub: now.input.hub, pool, loaders, signal };
    census = await takeCensus(reading, order);
    await tellCensus(census, state, tell);
    const { parents, repeats } = census;
    const corpus = toCorpus(census, settings);
    const dead = await rankParents({
      ...reading,
      settings,
      mutation: state.mutation,
      folder,
      order,
      corpus,
      parents,
      repeats,
      reporter,
      tell,
    });
    const { lanes } = state.mutation.cut ?? { lanes: {} };
    if (Object.keys(lanes).length === 0) throw nothingToMake(settings, state);
    await discardRanks(folder);
    const work = { kind: "record" as const, ...corpus, lanes, ratio: settings.ratio };
    const mutate = (item: SliceItem): MutateOrder => {
      const name = toSliceName(item);
      return { ...order, work: { ...work, known: { repeats: repeats.get(name), dead: dead.get(name) } } };
    };
    const running = loaders.map((loader) => ({ ...loader, columns: true as const }));
    const keepAll = () => undefined;
    const rest = { state, writer, dedupers: keepAll, models: undefined, reporter, signal };
    await runPipeline({ ...rest, loaders: running, hub: now.input.hub, pool, mutate, sliceBytes: PARENTS_SLICE_BYTES });
  } finally {
    await Promise.all([writer.close(), pool.close()]);
  }
  if (signal.aborted) return { kind: "interrupted", manifest: undefined, changed };
  assertShares(state);
  const rows = countRows(state) - rowsBefore;
  const runText = stopwatch.toRunText({ workers: options.workers, hub: now.input.hub.name, rows });
  const ran = now.input.loaders.map(({ id, license, origin }) => ({
    id,
    loader: { license },
    origin,
    columns: true as const,
  }));
  const manifest = await publish(folder, state, { ran, idle: [] }, runText, census.poolsText);
  return { kind: "finished", manifest, changed };
}

/** A near miss may well be some other parent's plan: there it keeps another policy's line. */
function toCorpus({ corpus }: TakenCensus, { tier }: MutationSettings): TakenCensus["corpus"] {
  return tier === "tier2" ? corpus : { ...corpus, positives: new BigUint64Array(0) };
}

async function tellCensus(
  { parents, pools }: TakenCensus,
  state: RunState,
  tell: (events: readonly JournalEvent[]) => Promise<void>,
): Promise<void> {
  const told = state.mutation.census;
  if (!told) await tell([{ event: "census", parents, pools }]);
  else if (told.parents !== parents || told.pools.sha256 !== pools.sha256) {
    throw new DefinitionError(
      "the parents give other pools than when this run began, though input and mutators are the same: planstream itself has changed. --fresh starts over.",
    );
  }
}

function toParentLoaders(root: string, input: Input, state: RunState): ParentLoader[] {
  return input.loaders.map(({ id }) => {
    const [track = "", name = ""] = id.split("/");
    const trackPath = join(root, "tracks", `${track}.ts`);
    if (!existsSync(trackPath)) {
      throw new DefinitionError(
        `the input holds samples of ${id}, but there is no ${trackPath}, whose stages they need.`,
      );
    }
    const pin = state.loaders.get(id)?.pin as Pin;
    // Of a loader nothing is run: its samples are there.
    return { id, track, name, path: trackPath, trackPath, loader: {}, pin };
  });
}

function toOrder(
  { tier, seed, insert_sources }: MutationSettings,
  mutators: readonly FoundMutator[],
): Omit<MutateOrder, "work"> {
  return {
    tier,
    seed: String(seed),
    insertSources: insert_sources,
    mutators: mutators.map(({ name, url }) => ({ name, url })),
  };
}

/** Throws if what was written is not what was drawn: a bug. */
function assertShares({ mutation: { cut, made } }: RunState): void {
  for (const [lane, { taken }] of Object.entries(cut?.lanes ?? {})) {
    const found = readCount(made, "taken", lane);
    if (found !== taken) throw new Error(`${lane}: ${taken} were drawn, but ${found} written: the shares are off`);
  }
}

async function tellAll(folder: RunFolder, state: RunState, events: readonly JournalEvent[]): Promise<void> {
  for (const event of events) applyEvent(state, event);
  if (events.length > 0) await folder.append(events);
}

function countRows(state: RunState): number {
  return [...state.loaders.values()].reduce((sum, { tally }) => sum + tally.rows_read, 0);
}

function changedMidway(output: string, changed: readonly string[]): DefinitionError {
  return new DefinitionError(
    `since the run in ${output} began, these have changed: ${changed.join(", ")}. Put them back to go on with it, or start over with --fresh.`,
  );
}

function nothingToMake(settings: MutationSettings, { mutation }: RunState): DefinitionError {
  const orInsert = settings.insert_sources ? "" : ", take away --no-insert-sources,";
  const { mutator = "the target", available = 0 } = toShortage(settings, toYields(settings, mutation)) ?? {};
  return new DefinitionError(
    `nothing can be made in the ratio that is asked for: ${mutator} has ${available} candidates that pass. Leave it out by --ratio${orInsert} or give more parents.`,
  );
}
