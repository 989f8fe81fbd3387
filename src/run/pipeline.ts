import { BudgetError, type Columns } from "#contract";
import type { Hub } from "../hub/hub.ts";
import type { MutateOrder } from "../pool/mutate-order.ts";
import type { SliceFailure } from "../pool/slice-pool.ts";
import type { SliceResult, SliceTask } from "../pool/slice-task.ts";
import { isByInterrupt } from "./is-by-interrupt.ts";
import { mapOrdered } from "./ordered-map.ts";
import { type ReadableLoader, readLoader, toFraction, type WorkItem } from "./read-loader.ts";
import { planRound } from "./rounds.ts";
import type { LoaderState, Pin } from "./run-state.ts";
import { end, endIfDrifted, judged, loaderState, record, release, type SettleOptions, settle } from "./settle.ts";

/** Slices under way beyond one per worker: one being read while one waits, so that no worker stands still. */
export const SLICES_AHEAD = 2;

export type PipelineOptions = SettleOptions & {
  /** The loaders to run, in schedule order; each has a pin in the state. */
  readonly loaders: readonly RunningLoader[];
  readonly hub: Hub;
  /** What is to be made of the rows, where they are samples to be mutated. */
  readonly mutate?: (item: SliceItem) => MutateOrder;
  /** See ReadOptions. */
  readonly sliceBytes?: number;
  readonly outputBytesMax?: number | undefined;
};

type SliceItem = Extract<WorkItem, { kind: "slice" }>;

export type RunningLoader = ReadableLoader & { readonly columns: Columns };

/**
 * Reads, transforms and writes until every loader has ended or the target is reached. Returns early, with all that was
 * written in the journal, when the signal aborts. Throws on a full disk and on a bug, never for a row or a source.
 */
export async function runPipeline(options: PipelineOptions): Promise<void> {
  const { state, writer, loaders, signal } = options;
  const target = state.settings?.tier === "tier1" ? state.settings.target : null;
  try {
    if (target) await runRounds(options, target);
    else await runRound(options, undefined);
  } catch (error) {
    // What was paid for is in the samples so far: they must not be lost by what could not be paid.
    if (error instanceof BudgetError) await writer.flush();
    throw error;
  }
  if (!signal.aborted) {
    // With a target, a loader that still had rows has given its share.
    for (const { id } of loaders) {
      if (loaderState(state, id).ended) continue;
      await release(options, id, 0);
      await end(options, id, judged(options, id, { status: "ok", retry: false }));
    }
  }
  await writer.flush();
}

async function runRounds(options: PipelineOptions, target: number): Promise<void> {
  const { state, loaders, signal } = options;
  // Loaders that are disabled by now have given theirs.
  const running = new Set(loaders.map(({ id }) => id));
  const given = [...state.loaders].reduce((sum, [id, { tally }]) => sum + (running.has(id) ? 0 : tally.samples), 0);
  // A run that was cut off first ends the round it was in.
  if (state.quotas) await runRound(options, state.quotas);
  while (!signal.aborted) {
    const quotas = planRound(
      target - given,
      loaders.map(({ id, loader }) => {
        const { tally, ended } = loaderState(state, id);
        return { id, samples: tally.samples, ended: !!ended, samplesMax: loader.samplesMax ?? Number.MAX_SAFE_INTEGER };
      }),
    );
    if (!quotas) return;
    await record(options, { event: "round", quotas });
    await runRound(options, quotas);
  }
}

type Quotas = Readonly<Record<string, number>>;

/** Runs each loader to its end, or until it has made its quota of samples. */
async function runRound(options: PipelineOptions, quotas: Quotas | undefined): Promise<void> {
  const { loaders, state, pool, signal } = options;
  const maxOf = new Map(loaders.map(({ id, loader }) => [id, toSamplesMax(id, loader.samplesMax, quotas)]));
  const isOver = (id: string) => {
    const { ended, tally } = loaderState(state, id);
    return !!ended || tally.samples >= (maxOf.get(id) as number);
  };
  // An earlier start may have been cut off between the slice that was too much and the end that it brings.
  for (const { id } of loaders) {
    const { ended, next } = loaderState(state, id);
    // In the midst of a slice nobody is judged.
    if (!ended && (next.skip === 0 || isOver(id))) await endIfDrifted(options, id, maxOf.get(id) as number);
  }
  const results = mapOrdered(readAll(options, isOver), pool.workers + SLICES_AHEAD, (item) => work(item, options));
  try {
    for await (const { item, outcome } of results) {
      if (signal.aborted) return;
      // Read ahead of the moment at which its loader was through.
      if (isOver(item.id)) continue;
      try {
        await settle(options, item, outcome, maxOf.get(item.id) as number);
      } catch (error) {
        // The run is over; what is being read ahead would be waited for.
        await options.hub.close();
        throw error;
      }
    }
  } catch (error) {
    if (!isByInterrupt(error, signal)) throw error;
  }
}

function toSamplesMax(id: string, samplesMax = Number.POSITIVE_INFINITY, quotas?: Quotas): number {
  // A loader without a quota in this round has nothing to do in it.
  return quotas ? (quotas[id] ?? 0) : samplesMax;
}

async function* readAll(
  { loaders, state, hub, dedupers, mutate, sliceBytes, outputBytesMax, reporter, signal }: PipelineOptions,
  isOver: (id: string) => boolean,
): AsyncGenerator<WorkItem> {
  const limit = (state.settings?.tier === "tier1" && state.settings.limit) || Number.POSITIVE_INFINITY;
  for (const found of loaders) {
    if (isOver(found.id)) continue;
    const own = loaderState(state, found.id) as LoaderState & { pin: Pin };
    reporter.started(found.id, own, toFraction(own.pin, own.next.file, 0));
    const rowsMax = limit - own.tally.rows_read;
    const identify = dedupers(found.id) !== undefined;
    const how = { rowsMax, identify, sliceBytes, outputBytesMax };
    const items = readLoader({ found, columns: found.columns, state: own, hub, ...how });
    for await (const item of items) {
      if (signal.aborted) return;
      if (isOver(found.id)) break;
      yield item.kind === "slice" && mutate ? { ...item, task: { ...item.task, mutate: mutate(item) } } : item;
    }
  }
}

type Worked = { readonly item: WorkItem; readonly outcome: SliceResult | SliceFailure | undefined };

async function work(item: WorkItem, { pool, models, signal }: PipelineOptions): Promise<Worked> {
  if (item.kind !== "slice") return { item, outcome: undefined };
  const asks = models?.asksFor(item.id) === true;
  const task = asks ? toQuestionTask(item.task, models.confidenceMin) : item.task;
  return { item, outcome: await pool.run(task, signal) };
}

/** What a model is to be asked about the slice's rows; the samples are made when the answers are there. */
export function toQuestionTask(task: SliceTask, confidenceMin: number): SliceTask {
  return { ...task, output: "questions", llm: { confidenceMin } };
}
