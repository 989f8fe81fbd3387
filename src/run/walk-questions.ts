import { freePayload } from "../formats/free-payload.ts";
import type { Hub } from "../hub/hub.ts";
import type { SlicePool } from "../pool/slice-pool.ts";
import type { ModelQuestion, SlicePlace } from "../pool/slice-task.ts";
import { ROWS_ASKED } from "./model-desk.ts";
import { mapOrdered } from "./ordered-map.ts";
import { type RunningLoader, SLICES_AHEAD, toQuestionTask } from "./pipeline.ts";
import { readLoader } from "./read-loader.ts";
import type { LoaderState, Pin, RunState } from "./run-state.ts";
import { loaderState } from "./settle.ts";

export type WalkOptions = {
  /** The loaders that have something to ask, in schedule order; each has a pin in the state. */
  readonly loaders: readonly RunningLoader[];
  readonly state: RunState;
  readonly hub: Hub;
  readonly pool: SlicePool;
  readonly confidenceMin: number;
  readonly signal: AbortSignal;
};

/** Questions of one slice. */
export type Walked = {
  readonly id: string;
  readonly place: SlicePlace;
  readonly questions: readonly ModelQuestion[];
};

/**
 * Reads ahead of a run: the questions of the rows that it has not dealt with, loader by loader, as far as it will probably
 * come. Nothing is written, and no more than a few slices are held. What can't be read is left out: the run itself will
 * meet it and say so.
 */
export async function* walkQuestions(options: WalkOptions): AsyncGenerator<Walked> {
  for (const found of options.loaders) yield* walkLoader(options, found);
}

async function* walkLoader(options: WalkOptions, found: RunningLoader): AsyncGenerator<Walked> {
  const { state, hub, pool, confidenceMin, signal } = options;
  const own = loaderState(state, found.id) as LoaderState & { readonly pin: Pin };
  const rowsMax = own.ended ? 0 : toRowsAhead(state, own, found);
  if (rowsMax === 0) return;
  const items = readLoader({ found, columns: found.columns, state: own, hub, rowsMax, identify: false });
  const walked = mapOrdered(items, pool.workers + SLICES_AHEAD, async (item) => {
    if (item.kind !== "slice") return undefined;
    const outcome = await pool.run(toQuestionTask(item.task, confidenceMin), signal);
    freePayload(item.task.payload);
    return outcome.kind === "done" ? { item, questions: outcome.questions ?? [] } : undefined;
  });
  for await (const slice of walked) {
    signal.throwIfAborted();
    if (slice) yield { id: found.id, place: slice.item.task.place, questions: slice.questions };
  }
}

/**
 * How many rows of a loader the run will still read. With a target: as many as make the samples that are missing in this
 * round, if the next rows give as many as those so far (one each, where there were none), in the steps in which rows are
 * asked about.
 */
export function toRowsAhead(
  { settings, quotas }: RunState,
  { tally }: Pick<LoaderState, "tally">,
  { id, loader }: Pick<RunningLoader, "id" | "loader">,
): number {
  const limit = (settings?.tier === "tier1" && settings.limit) || Number.POSITIVE_INFINITY;
  const left = limit - tally.rows_read;
  const max = quotas ? (quotas[id] ?? 0) : (loader.samplesMax ?? Number.POSITIVE_INFINITY);
  const missing = Math.max(0, max - tally.samples);
  if (!Number.isFinite(missing)) return left;
  const rows = (missing * (tally.rows_read + 1)) / (tally.samples + 1);
  return Math.min(left, Math.ceil(rows / ROWS_ASKED) * ROWS_ASKED);
}
