import { hash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { move, transferableSymbol, valueSymbol } from "piscina";
import { isDrop, RowError } from "#contract";
import { freePayload } from "../formats/free-payload.ts";
import { ROW_BYTES_MAX } from "../formats/limits.ts";
import { decodeParquet, decodeParquetSlowly, warmParquet } from "../formats/parquet-rows.ts";
import type { RawRow, Rows } from "../formats/row-file.ts";
import { decodeText } from "../formats/text-rows.ts";
import { toCanonicalJson } from "../schema/canonical-json.ts";
import { toJsonHead } from "../schema/json-head.ts";
import { addCount, countNodes, createDistributions, createTally } from "../schema/tally.ts";
import type { MadeSample } from "./assemble-sample.ts";
import { withJoined } from "./joined-rows.ts";
import { decodeKept } from "./kept-rows.ts";
import { createLineBuffer } from "./line-buffer.ts";
import { createLlmStage } from "./llm-stage.ts";
import { type LoadedLoader, loadLoader } from "./load-plugins.ts";
import { mutateSlice } from "./mutate-slice.ts";
import { shortenMessage, toQuarantineLine } from "./quarantine-line.ts";
import { createFacts } from "./sample-facts.ts";
import type { ModelQuestion, SliceOutcome, SliceResult, SliceTask } from "./slice-task.ts";
import { createRowContext, type RowContext, type RowOutcome, toDrafts, toOutcome } from "./to-samples.ts";

/**
 * Runs in a pool thread: one slice of bytes to samples, drops and quarantine. A row can fail; the slice goes on.
 * Failures come back as data, because an error loses its class on the way between threads.
 */
export default async function runSlice(task: SliceTask | "warm"): Promise<SliceOutcome> {
  try {
    if (task === "warm") return await warm();
    const result = await toSliceResult(task);
    // What a loader's code has left to throw by itself (a promise that is rejected) must end this slice's thread. Met after
    // the answer it would be a matter of luck whether it counts.
    await setImmediate();
    return handOver(result);
  } catch (error) {
    if (error instanceof RowError) return { kind: "corrupt", reason: error.reason, message: error.message };
    return { kind: "bug", stack: (error as Error).stack ?? String(error) };
  }
}

/** Marks a result's bytes to be handed over to the main thread, not copied. */
function handOver(result: SliceResult): SliceResult {
  const buffers = [result.samples, result.quarantine].map((bytes) => bytes.buffer as ArrayBuffer);
  return move({
    get [transferableSymbol]() {
      return buffers;
    },
    get [valueSymbol]() {
      return result;
    },
  }) as unknown as SliceResult;
}

async function warm(): Promise<SliceOutcome> {
  await warmParquet();
  return { kind: "warm" };
}

async function toSliceResult(task: SliceTask): Promise<SliceResult> {
  if (task.mutate) return mutateSlice(task, task.mutate);
  const loader = await loadLoader(task.loader);
  const loaded = task.columns === undefined ? loader : { ...loader, columns: task.columns };
  const rows = await complete(await decode(task, loaded), task, loaded);
  const end = Math.min(rows.length, task.skip + task.rowsMax);
  const result = WORK[task.output](rows, end, task, loaded);
  rows.release?.();
  // This thread's copy: the main thread has its own.
  freePayload(task.payload);
  return result;
}

type Work = (rows: Rows, end: number, task: SliceTask, loaded: LoadedLoader) => SliceResult;

const WORK: Readonly<Record<SliceTask["output"], Work>> = {
  samples: toResult,
  digests: (rows, end, task) => toDigests(rows, task.skip, end),
  questions: toQuestions,
  failures: toFailures,
};

function decode({ payload, careful }: SliceTask, { columns }: LoadedLoader): Rows | Promise<Rows> {
  if (payload.kind === "text") return decodeText(payload, columns);
  if (payload.kind === "kept") return decodeKept(payload, columns);
  return careful ? decodeParquetSlowly(payload, columns) : decodeParquet(payload, columns);
}

function complete(rows: Rows, { joined }: SliceTask, { loader, columns }: LoadedLoader): Rows | Promise<Rows> {
  return joined && loader.join ? withJoined(rows, loader.join, joined, columns) : rows;
}

function toResult(rows: Rows, end: number, task: SliceTask, loaded: LoadedLoader): SliceResult {
  const context = toContext(task, loaded);
  const out = createOutput(task, loaded.loader.category);
  const only = task.only && new Set(task.only);
  let i = task.skip;
  for (; i < end && !out.isFull(); i++) {
    const index = rows.rowIndex(i);
    if (only && !only.has(index)) continue;
    try {
      const row = rows.read(i);
      const text = toCanonicalJson(row);
      if (text.length > ROW_BYTES_MAX) throw tooLarge(text.length);
      out.addRow(toOutcome(row, index, hash("sha256", text, "hex"), context));
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      out.addFailure(error, index, () => rows.raw(i));
    }
  }
  return out.toResult(i - task.skip);
}

/** What a model is to be asked about the rows. A row that fails here fails again, and is accounted for, when it is worked. */
function toQuestions(rows: Rows, end: number, task: SliceTask, loaded: LoadedLoader): SliceResult {
  const context = toContext(task, loaded);
  const asked = context.llm?.questions ?? [];
  const questions: ModelQuestion[] = [];
  for (let i = task.skip; i < end; i++) {
    try {
      toDrafts(rows.read(i), rows.rowIndex(i), context);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
    }
    for (const question of asked.slice(questions.length)) questions.push({ ...question, position: i - task.skip });
  }
  return { ...createOutput(task, loaded.loader.category).toResult(end - task.skip), questions };
}

/** Rows that end the thread when they are worked: kept whole, and nothing of the loader is run on them. */
function toFailures(rows: Rows, end: number, task: SliceTask, { loader }: LoadedLoader): SliceResult {
  const { failure } = task;
  if (!failure) throw new Error("rows are to fail for no reason");
  const out = createOutput(task, loader.category);
  let i = task.skip;
  for (; i < end && !out.isFull(); i++) out.addFailure(failure, rows.rowIndex(i), () => rows.raw(i));
  return out.toResult(i - task.skip);
}

function toContext(task: SliceTask, { loader, track }: LoadedLoader): RowContext {
  return createRowContext({ loader, track, place: task.place }, task.loader, createLlmStage(task, track.llm));
}

function tooLarge(chars: number): RowError {
  return new RowError("row", "row_too_large", `the row has ${chars} characters; the limit is ${ROW_BYTES_MAX}`);
}

type Failure = NonNullable<SliceTask["failure"]>;

// A thread works one slice at a time, so the buffers are free again when the next one begins.
const samples = createLineBuffer();
const quarantine = createLineBuffer();

function createOutput(task: SliceTask, category: string) {
  const { loader, place, samplesMax, identify, llm } = task;
  const loaderName = `${loader.track}/${loader.name}`;
  const tally = createTally();
  const distributions = createDistributions();
  const examples: Record<string, string> = {};
  const facts = createFacts();
  const max = samplesMax ?? Number.POSITIVE_INFINITY;
  const bytesMax = (llm?.answers ? undefined : task.outputBytesMax) ?? Number.POSITIVE_INFINITY;

  function addSample(sample: MadeSample, conversation: string | undefined): void {
    if (tally.samples >= max) {
      addCount(tally.dropped, "over_target");
      return;
    }
    tally.samples++;
    samples.add(sample.line);
    facts.add(sample, samples.bytes, identify, conversation);
    countNodes(distributions, category, sample.nodes);
  }

  return {
    isFull: () => tally.samples >= max || samples.bytes + quarantine.bytes >= bytesMax,
    addRow({ outcomes, conversation }: RowOutcome): void {
      tally.rows_read++;
      tally.added += outcomes.length - 1;
      for (const outcome of outcomes) {
        if (isDrop(outcome)) addCount(tally.dropped, outcome.reason);
        else addSample(outcome, conversation);
      }
    },
    addFailure({ stage, reason, message }: Failure, row: number, raw: () => RawRow): void {
      tally.rows_read++;
      addCount(tally.quarantined, reason);
      examples[reason] ??= shortenMessage(message);
      const kept = reason === "row_too_large" ? toHead(raw()) : raw();
      quarantine.add(toQuarantineLine(loaderName, place, { stage, reason, message, row, rows: 1 }, kept));
    },
    toResult: (rows: number): SliceResult => ({
      kind: "done",
      rows,
      tally,
      distributions,
      quarantineLines: quarantine.lines,
      sampleFacts: facts.take(),
      samples: samples.take(),
      quarantine: quarantine.take(),
      examples,
    }),
  };
}

/** Characters of a row that is too large to keep: enough to know it again; the rest is where the source says. */
const HEAD_CHARS = 1024;

function toHead(raw: RawRow): RawRow {
  if (raw.truncated) return raw;
  const text = raw.text ?? raw.base64 ?? toJsonHead(raw.json, HEAD_CHARS);
  return { text: text.slice(0, HEAD_CHARS).toWellFormed(), truncated: true, ...(raw.bytes && { bytes: raw.bytes }) };
}

function toDigests(rows: Rows, start: number, end: number): SliceResult {
  const rowIndexes = new Uint32Array(end - start);
  const sha256 = new Uint8Array(32 * (end - start));
  for (let i = start; i < end; i++) {
    rowIndexes[i - start] = rows.rowIndex(i);
    sha256.set(digestOf(rows, i), 32 * (i - start));
  }
  return {
    kind: "done",
    rows: end - start,
    tally: createTally(),
    distributions: createDistributions(),
    samples: new Uint8Array(0),
    quarantine: new Uint8Array(0),
    quarantineLines: 0,
    sampleFacts: createFacts().take(),
    examples: {},
    digests: { rowIndexes, sha256 },
  };
}

/** A row that can't be read has no samples, so zeros can't be mistaken for its digest. */
function digestOf(rows: Rows, i: number): Uint8Array {
  try {
    return hash("sha256", toCanonicalJson(rows.read(i)), "buffer");
  } catch (error) {
    if (error instanceof RowError) return new Uint8Array(32);
    throw error;
  }
}
