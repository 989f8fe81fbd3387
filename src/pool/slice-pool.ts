import { setFlagsFromString } from "node:v8";
import { Piscina } from "piscina";
import { DefinitionError } from "#contract";
import { isolate } from "./isolate.ts";
import type { SliceOutcome, SliceResult, SliceTask } from "./slice-task.ts";
import { createTurns } from "./turns.ts";

/** Threads that turn slices into samples. */
export type SlicePool = {
  readonly workers: number;
  /**
   * Runs one slice. A thread that dies of it, or doesn't come to an end, is replaced, and the slice is tried once more with
   * the careful reader, which names what is wrong. If that fails too, rows that end their thread are looked for and put
   * into quarantine alone; where that is no way, the SliceFailure says how it failed. Throws on abort and on a bug.
   */
  run(task: SliceTask, signal?: AbortSignal): Promise<SliceResult | SliceFailure>;
  close(): Promise<void>;
};

/** A slice that could not be decoded: all its rows go to quarantine. */
export type SliceFailure = {
  readonly kind: "failed";
  readonly stage: "decode" | "worker";
  readonly reason: string;
  readonly message: string;
};

/**
 * MiB of JavaScript heap per thread. The old generation's limit is far above what a slice needs. The young one's is small:
 * rows are garbage soon, and left to itself V8 lets each thread's young heap grow to a multiple of what is alive in it. (V8
 * heeds --max-semi-space-size, which the Makefile sets, before it.)
 */
const HEAP_MIB_MAX = { old: 1024, young: 8 };

/**
 * Milliseconds that a thread may work on one slice. A slice takes a second; only code that does not come to an end takes
 * ten minutes, so the limit decides nothing that a slower machine would decide otherwise.
 */
const SLICE_MS_MAX = 10 * 60_000;

/**
 * Starts `workers` threads and warms them, so that the first slice doesn't wait for the parquet reader to compile; without
 * `warmParquet` they never load it.
 */
export function createSlicePool(
  workers: number,
  { warmParquet = true }: { readonly warmParquet?: boolean } = {},
): SlicePool {
  const sliceMsMax = readSliceMsMax();
  keepCollectorsApart();
  const piscina = new Piscina<SliceTask | "warm", SliceOutcome>({
    filename: new URL("./worker.ts", import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 1,
    atomics: "disabled",
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX.old, maxYoungGenerationSizeMb: HEAP_MIB_MAX.young },
  });
  // A loader may leave something behind that throws when its thread has no slice: the thread is replaced, nothing is lost.
  piscina.on("error", () => undefined);
  // A thread that can't be warmed shows itself at its first slice, where it is reported.
  for (let i = 0; warmParquet && i < workers; i++) void piscina.run("warm").catch(() => undefined);
  // Piscina would queue, too, but does not tell when a slice's time begins.
  const turns = createTurns(workers);

  /** Errors are deaths of the thread: a trap of the decoder, the heap's limit, an exit; or its time was over. */
  async function attempt(task: SliceTask, signal: AbortSignal | undefined): Promise<SliceOutcome | Error> {
    signal?.throwIfAborted();
    const stop = new AbortController();
    const onAbort = () => stop.abort();
    signal?.addEventListener("abort", onAbort);
    const timer = setTimeout(() => stop.abort(), sliceMsMax);
    try {
      return await piscina.run(task, { signal: stop.signal });
    } catch (error) {
      signal?.throwIfAborted();
      return stop.signal.aborted ? new SliceTimeout(sliceMsMax) : (error as Error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  async function tryTwice(task: SliceTask, signal: AbortSignal | undefined): Promise<SliceOutcome | Error> {
    const outcome = await attempt(task, signal);
    if (!(outcome instanceof Error) && outcome.kind !== "corrupt") return outcome;
    return attempt({ ...task, careful: true }, signal);
  }

  async function runWhole(
    task: SliceTask,
    signal: AbortSignal | undefined,
    tryIt = tryTwice,
  ): Promise<SliceResult | SliceFailure> {
    const outcome = await turns.take(() => tryIt(task, signal));
    if (outcome instanceof Error) return toWorkerFailure(outcome);
    if (outcome.kind === "done") return outcome;
    if (outcome.kind === "corrupt") return { ...outcome, kind: "failed", stage: "decode" };
    throw new Error(`a worker answered with a bug: ${outcome.kind === "bug" ? outcome.stack : outcome.kind}`);
  }

  return {
    workers,
    async run(task, signal) {
      const outcome = await runWhole(task, signal);
      // Not what never comes to an end: each try of it takes minutes.
      const isDeadly = outcome.kind === "failed" && outcome.reason === WORKER_DIED;
      if (!isDeadly || task.output !== "samples" || task.only) return outcome;
      return isolate((part) => runWhole({ ...part, careful: true }, signal, attempt), task, outcome);
    },
    close: () => piscina.destroy(),
  };
}

/**
 * A young heap of this size is swept in a third of a millisecond. V8 would share that out among helper threads, which
 * compete with the workers for the processors and are waited for: measured, 4 % to 10 % of the CPU of a run of 34,000
 * samples, nothing that shows in one of 338,000, but there 40 to 100 MB of peak memory.
 */
function keepCollectorsApart(): void {
  setFlagsFromString("--no-parallel-scavenge");
}

const WORKER_DIED = "worker_died";

class SliceTimeout extends Error {
  constructor(limitMs: number) {
    super(`the thread had not come to the slice's end after ${limitMs / 1000} s, twice, and was stopped`);
  }
}

function toWorkerFailure(error: Error): SliceFailure {
  const reason = error instanceof SliceTimeout ? "worker_timeout" : WORKER_DIED;
  return { kind: "failed", stage: "worker", reason, message: error.message };
}

/** Tests set a shorter limit. */
function readSliceMsMax(): number {
  const text = process.env.PLANSTREAM_SLICE_MS_MAX;
  if (text === undefined || text === "") return SLICE_MS_MAX;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new DefinitionError(
    `PLANSTREAM_SLICE_MS_MAX=${text}: expected a whole number of milliseconds, from 1. Unset it.`,
  );
}
