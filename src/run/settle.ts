import { freeBytes } from "../contract/free-bytes.ts";
import { freePayload } from "../formats/free-payload.ts";
import type { SliceFailure, SlicePool } from "../pool/slice-pool.ts";
import type { SliceResult, SliceTask } from "../pool/slice-task.ts";
import type { JournalEvent, LoaderEnd, Position } from "../schema/journal.ts";
import type { ModelUse } from "../schema/model-use.ts";
import { createDistributions, createTally } from "../schema/tally.ts";
import { judgeNames } from "./judge-names.ts";
import { judgeQuarantine } from "./judge-quarantine.ts";
import { type Answered, type ModelDesk, ROWS_ASKED } from "./model-desk.ts";
import type { OutputWriter } from "./output-writer.ts";
import type { WorkItem } from "./read-loader.ts";
import type { Reporter } from "./reporter.ts";
import { applyEvent, type LoaderState, type Pin, type RunState } from "./run-state.ts";
import { inside, type SliceWrite, toFailedRows, toResultEvent, toUnreadableFile } from "./slice-event.ts";
import { type Deduper, winnow } from "./winnow.ts";

export type SettleOptions = {
  readonly state: RunState;
  readonly pool: SlicePool;
  readonly writer: OutputWriter;
  /** Who leaves out a loader's repeats; undefined where they are kept. */
  readonly dedupers: (id: string) => Deduper | undefined;
  /** Who asks a model, in a run that has one. */
  readonly models: ModelDesk | undefined;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
};

/** Writes and journals what one item gave. */
export async function settle(
  options: SettleOptions,
  item: WorkItem,
  outcome: SliceResult | SliceFailure | undefined,
  max: number,
): Promise<void> {
  const own = loaderState(options.state, item.id) as Own;
  if (item.kind === "end") {
    await release(options, item.id, max, { isTriedAgain: item.retry });
    await end(options, item.id, judged(options, item.id, item));
    return;
  }
  if (item.kind === "unreadable") await write(options, toUnreadableFile(item, item.place, own), 0);
  else if (outcome?.kind === "done") await settleSlice(options, item, outcome, max);
  else await write(options, toFailedRows(item, outcome as SliceFailure, own), item.fraction);
  if (item.kind === "slice") freePayload(item.task.payload);
  await endIfDrifted(options, item.id, max);
}

/** Ends a loader that has too much in quarantine already, or more tool names than can be counted. */
export async function endIfDrifted(options: SettleOptions, id: string, max: number): Promise<void> {
  const own = loaderState(options.state, id);
  const drift = judgeQuarantine(id, own, quarantineMax(options), false);
  const reason = drift ?? judgeNames(id, own);
  if (!reason) return;
  await release(options, id, max);
  await end(options, id, { status: "failed", reason, retry: false, ...(drift && { by: "quarantine" }) });
}

type SliceItem = Extract<WorkItem, { kind: "slice" }>;
type Own = LoaderState & { readonly pin: Pin };

/**
 * Writes what a slice gave, up to `max` samples of the loader. One that has made more is worked again with a stop, as often
 * as it takes: what is left out as a repeat makes room for others. One that gave a part of its rows, because they make so
 * much, is gone on with.
 */
async function settleSlice(options: SettleOptions, item: SliceItem, outcome: SliceResult, max: number): Promise<void> {
  const own = loaderState(options.state, item.id) as Own;
  const ask = createAsker(options, item, outcome);
  for (let done = 0; done < item.rows && own.tally.samples < max; ) {
    const room = max - own.tally.samples - (own.held ? 1 : 0);
    if (room === 0) {
      // The one that is held back fills the last place.
      await writeHeld(options, item.id, inside(item.at, done), item.fraction);
      continue;
    }
    const { result, use } = await workOn(options, item, { outcome, ask }, done, room);
    if (result.kind === "failed") {
      await write(options, toFailedRows(restOf(item, done), result, own), item.fraction);
      return;
    }
    done += result.rows;
    const next = done < item.rows ? inside(item.at, done) : item.after;
    const winnowed = winnow(result, own.held, options.dedupers(item.id), { atEnd: false });
    const made = toResultEvent(item, result, winnowed, next, own);
    await write(options, use ? { ...made, event: { ...made.event, model: use } } : made, item.fraction);
  }
}

/** The rows of a slice after its first `done`. */
function restOf(item: SliceItem, done: number): SliceItem {
  return { ...item, rows: item.rows - done, task: { ...item.task, skip: item.task.skip + done } };
}

type WorkedOn = { readonly result: SliceResult | SliceFailure; readonly use: ModelUse | undefined };

/** The samples of the slice's rows after the first `done`, at most `room`; with a model, of the next few rows. */
async function workOn(
  options: SettleOptions,
  item: SliceItem,
  { outcome, ask }: { readonly outcome: SliceResult; readonly ask: Asker | undefined },
  done: number,
  room: number,
): Promise<WorkedOn> {
  const { models } = options;
  if (!models || !ask) {
    const fits = done === 0 && outcome.tally.samples <= room;
    if (fits) return { result: outcome, use: undefined };
    const result = await workAgain(options, item, { done, room });
    // Rows that have not been worked before may fail.
    if (result.kind === "failed" && done < outcome.rows) throw undecodable(item, result);
    return { result, use: undefined };
  }
  const end = Math.min(item.rows, done + ROWS_ASKED);
  const { answers, use } = await ask(done);
  // While a thread puts these answers in, the next ones are asked for; not where a quota may end before they are used.
  if (end < item.rows && room >= 2 * ROWS_ASKED) ask(end).catch(() => undefined);
  const llm = { confidenceMin: models.confidenceMin, answers };
  const result = await workAgain(options, item, { done, room, rows: end - done, llm });
  if (result.kind === "failed") throw undecodable(item, result);
  return { result, use };
}

/** Asks about the next few of a slice's rows from the given one on, or goes on waiting for what was asked of it before. */
type Asker = (done: number) => Promise<Answered>;

function createAsker(
  { models }: SettleOptions,
  { id, task }: SliceItem,
  { questions }: SliceResult,
): Asker | undefined {
  if (!models || !questions) return undefined;
  let latest: { readonly done: number; readonly answered: Promise<Answered> } | undefined;
  return (done) => {
    if (latest?.done === done) return latest.answered;
    const asked = questions.filter(({ position }) => position >= done && position < done + ROWS_ASKED);
    latest = { done, answered: models.ask(id, task.place, asked) };
    return latest.answered;
  };
}

async function workAgain(
  { pool, signal }: SettleOptions,
  { task, rows: rowsAll }: SliceItem,
  { done, room, rows = rowsAll - done, llm }: { done: number; room: number; rows?: number; llm?: SliceTask["llm"] },
): Promise<SliceResult | SliceFailure> {
  const samplesMax = Math.min(room, MAX_SAFE);
  const again = { ...task, skip: task.skip + done, rowsMax: rows, samplesMax, ...(llm && { llm }) };
  return pool.run(again, signal);
}

function undecodable({ id }: SliceItem, { message }: SliceFailure): Error {
  return new Error(`[${id}] a slice that was decoded once can't be decoded again: ${message}`);
}

const MAX_SAFE = Number.MAX_SAFE_INTEGER;

/** Lets go of the sample that a loader holds back, when no more of the loader comes, or not before it is tried again. */
export async function release(
  options: SettleOptions,
  id: string,
  max: number,
  { isTriedAgain = false }: { readonly isTriedAgain?: boolean } = {},
): Promise<void> {
  const own = loaderState(options.state, id);
  if (!own.held) return;
  if (own.tally.samples < max) await writeHeld(options, id, own.next, 1, isTriedAgain);
  else await dropHeld(options, id);
}

async function writeHeld(
  options: SettleOptions,
  id: string,
  next: Position,
  fraction: number,
  isTriedAgain = false,
): Promise<void> {
  const own = loaderState(options.state, id) as Own;
  const nothing = toEmptyResult();
  const winnowed = winnow(nothing, own.held, options.dedupers(id), { atEnd: true });
  const { event, lines } = toResultEvent({ id, file: own.next.file }, nothing, winnowed, next, own);
  await write(options, { event: isTriedAgain ? { ...event, released: true } : event, lines }, fraction);
}

async function dropHeld(options: SettleOptions, id: string): Promise<void> {
  const own = loaderState(options.state, id) as Own;
  const nothing = toEmptyResult();
  const winnowed = winnow(nothing, undefined, undefined, { atEnd: true });
  const tally = { ...createTally(), dropped: { over_target: 1 } };
  await write(options, toResultEvent({ id, file: own.next.file }, nothing, { ...winnowed, tally }, own.next, own), 1);
}

async function write(
  { writer, state, reporter }: SettleOptions,
  { event, lines }: SliceWrite,
  fraction: number,
): Promise<void> {
  const own = loaderState(state, event.loader);
  const marked = await writer.write(event, lines, own.outputs);
  applyEvent(state, marked);
  await writer.record(marked);
  for (const bytes of [lines.samples, lines.quarantine]) freeBytes(bytes);
  reporter.progressed(event.loader, own, fraction);
}

/** A loader that came to its end may still have failed, by what it put into quarantine. */
export function judged(options: SettleOptions, id: string, { status, reason, retry }: LoaderEnd): LoaderEnd {
  const drift = status === "ok" && judgeQuarantine(id, loaderState(options.state, id), quarantineMax(options), true);
  if (drift) return { status: "failed", reason: drift, retry: false, by: "quarantine" };
  return { status, retry, ...(reason !== undefined && { reason }) };
}

export async function end(options: SettleOptions, loader: string, ended: LoaderEnd): Promise<void> {
  await record(options, { event: "loader", loader, ...ended });
  options.reporter.ended(loader, loaderState(options.state, loader));
}

export async function record({ writer, state }: SettleOptions, event: JournalEvent): Promise<void> {
  applyEvent(state, event);
  await writer.record(event);
}

function quarantineMax({ state }: SettleOptions): number {
  return state.settings?.quarantine_max ?? 1;
}

export function loaderState(state: RunState, id: string): LoaderState {
  const own = state.loaders.get(id);
  if (!own) throw new Error(`${id} runs without a state`);
  return own;
}

/** The result of no rows. */
export function toEmptyResult(): SliceResult {
  const none = new Uint8Array(0);
  return {
    kind: "done",
    rows: 0,
    tally: createTally(),
    distributions: createDistributions(),
    samples: none,
    quarantine: none,
    quarantineLines: 0,
    sampleFacts: { lineEnds: new Uint32Array(0), nodes: none, identities: none, conversations: none },
    examples: {},
  };
}
