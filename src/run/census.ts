import { type LlmTransform, SourceError } from "#contract";
import type { Hub } from "../hub/hub.ts";
import { createSlicePool, type SlicePool } from "../pool/slice-pool.ts";
import type { JournalEvent } from "../schema/journal.ts";
import type { ModelSettings, Settings } from "../schema/settings.ts";
import { mapOrdered } from "./ordered-map.ts";
import { pinSource } from "./pin-source.ts";
import { toQuestionTask } from "./pipeline.ts";
import { type PreparedLoader, prepareLoaders } from "./prepare-loaders.ts";
import { type Counted, createQuestionCounter, type QuestionCounter, type Quoter } from "./question-counter.ts";
import { readLoader, type WorkItem } from "./read-loader.ts";
import { type LoaderState, type Pin, toRunState } from "./run-state.ts";

export type CensusOptions = {
  /** The project's folder. */
  readonly root: string;
  readonly hub: Hub;
  readonly settings: Omit<Settings, "llm"> & { readonly llm: ModelSettings };
  readonly workers: number;
  readonly quoters: readonly Quoter[];
  /** Hears of each loader, and each file, whose rows could not be read. */
  readonly note: (message: string) => void;
  readonly signal: AbortSignal;
};

const SLICES_AHEAD = 2;

/**
 * Reads the rows that a run with these settings would ask a model about, and counts what that takes. Sends nothing, writes
 * nothing. With a target it counts each loader's rows until they could give its share. A source that can't be read is left
 * out, and said.
 */
export async function takeCensus(options: CensusOptions): Promise<Counted[]> {
  const { root, settings, workers, quoters } = options;
  const { running } = await prepareLoaders(root, { ...settings, llm: "none" });
  const asking = running.filter(({ trackDefinition }) => trackDefinition.llm !== undefined);
  const counters = quoters.map((quoter) => createQuestionCounter(quoter, settings.seed));
  const share = settings.target === null ? Number.POSITIVE_INFINITY : Math.ceil(settings.target / running.length);
  const pool = createSlicePool(workers);
  try {
    for (const loader of asking) await countLoader(options, loader, pool, counters, share);
  } finally {
    await pool.close();
  }
  return counters.map((counter) => counter.toCounted());
}

async function countLoader(
  options: CensusOptions,
  loader: PreparedLoader,
  pool: SlicePool,
  counters: readonly QuestionCounter[],
  share: number,
): Promise<void> {
  const { settings, signal } = options;
  const transform = loader.trackDefinition.llm as LlmTransform;
  let asked = 0;
  const items = readItems(options, loader, () => asked >= share);
  const results = mapOrdered(items, pool.workers + SLICES_AHEAD, async (item) =>
    item.kind === "slice"
      ? { item, outcome: await pool.run(toQuestionTask(item.task, settings.llm.confidence_min), signal) }
      : { item, outcome: undefined },
  );
  for await (const { item, outcome } of results) {
    signal.throwIfAborted();
    const unread = item.kind === "unreadable" ? item.message : item.kind === "end" ? item.reason : undefined;
    if (unread !== undefined) options.note(`[${loader.id}] left out of the estimate: ${unread}`);
    if (item.kind !== "slice" || outcome?.kind !== "done" || asked >= share) continue;
    const questions = outcome.questions ?? [];
    asked += questions.length;
    for (const question of questions) {
      const { draft } = question;
      for (const counter of counters) counter.add({ transform, draft, loader: loader.id }, question, item.task.place);
    }
  }
}

async function* readItems(
  { hub, settings, note }: CensusOptions,
  found: PreparedLoader,
  isOver: () => boolean,
): AsyncGenerator<WorkItem> {
  const { id, loader, columns, codeSha256 } = found;
  const rowsMax = settings.limit ?? Number.POSITIVE_INFINITY;
  try {
    const { why: _, files, ...pinned } = await pinSource(hub, loader, settings.revisions[id]);
    const pin: JournalEvent = { event: "pin", loader: id, ...pinned, code_sha256: codeSha256, files: [...files] };
    const state = toRunState([pin]).loaders.get(id) as LoaderState & { pin: Pin };
    for await (const item of readLoader({ found, columns, state, hub, rowsMax, identify: false })) {
      if (isOver()) return;
      yield item;
    }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    note(`[${id}] left out of the estimate: ${error.message}`);
  }
}
