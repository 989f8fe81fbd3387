import { type LlmTransform, SourceError } from "#contract";
import type { BatchProgress, LlmBatches } from "../llm/batches.ts";
import type { ModelQuestion, SlicePlace } from "../pool/slice-task.ts";
import type { Walked } from "./walk-questions.ts";

/** What is left unanswered is asked directly if it is no more than this: the price is that of so many rows, twice. */
const DIRECT_MAX = 100;
/** Rounds of batches in a row that may answer nothing at all. */
const IDLE_MAX = 2;
/** Rows that are added at once. */
const ADDED_AT_ONCE = 256;
/** Looks without news after which the waiting is told again: with two minutes between them, each ten minutes. */
const QUIET_LOOKS_MAX = 5;

export type GatherOptions = {
  readonly batches: LlmBatches;
  /** The transform that asks for a loader. */
  readonly transformOf: (id: string) => LlmTransform;
  /** Whether the run asks about a row (see rank_max). */
  readonly isChosen: (place: SlicePlace, question: ModelQuestion) => boolean;
  /** The questions of all rows that the run will probably come to. */
  readonly walk: () => AsyncIterable<Walked>;
  readonly note: (message: string) => void;
};

/**
 * Sees to it that replies are there before a run asks for them, by batches. The first question without a reply sends the
 * questions of all rows ahead, and waits for them. What comes back unanswered, or must be asked again, goes with the next
 * round of batches, which begins at the first row that needs it.
 */
export type Gatherer = {
  /**
   * Returns when each of these questions is answered, or is one that batches won't answer: too few are left, or there is
   * no money for it. Throws what `LlmBatches.finish` throws, and SourceError when batches have answered nothing, twice.
   */
  gather(asked: Walked): Promise<void>;
};

export function createGatherer(options: GatherOptions): Gatherer {
  const { batches, note } = options;
  /** Questions ahead that are left for direct requests. */
  let left = 0;
  let idle = 0;
  batches.watch(createTeller(note));

  /** One round. Returns how many questions it leaves for direct requests. */
  const playRound = async (asked: Walked): Promise<number> => {
    const before = batches.stand();
    if (before.out > 0 && before.sent === 0)
      note(`batch: ${countOf(before.out, "question")} of an earlier start are out`);
    const waiting = await addAhead(options, asked);
    const after = await batches.finish();
    // The run goes on as far as replies reach; there the gate says why there are no more.
    if (after.unaffordable > before.unaffordable) return Number.POSITIVE_INFINITY;
    idle = after.answered > before.answered ? 0 : idle + 1;
    if (idle < IDLE_MAX) return 0;
    if (waiting > DIRECT_MAX) throw unanswered(waiting);
    idle = 0;
    note(`batch: ${countOf(waiting, "question")} came back unanswered, twice: asked directly, at the full price`);
    return waiting;
  };

  return {
    async gather(asked) {
      let open = await countOpen(options, asked);
      while (open > left) {
        left = await playRound(asked);
        open = await countOpen(options, asked);
      }
      left = Number.isFinite(left) ? left - open : 0;
    },
  };
}

async function countOpen(options: GatherOptions, asked: Walked): Promise<number> {
  const transform = options.transformOf(asked.id);
  const open = await Promise.all(
    listChosen(options, asked).map(({ draft }) => options.batches.isOpen(transform, draft)),
  );
  return open.filter(Boolean).length;
}

/**
 * Adds what was asked, then the questions of all rows ahead, unless there is no more money. Returns how many wait for a
 * reply. What was asked is added even where the source can't be read a second time.
 */
async function addAhead(options: GatherOptions, asked: Walked): Promise<number> {
  const { unaffordable } = options.batches.stand();
  const atLeast = await addSome(options, asked);
  let waiting = 0;
  for await (const walked of options.walk()) {
    if (options.batches.stand().unaffordable > unaffordable) break;
    waiting += await addSome(options, walked);
  }
  return Math.max(waiting, atLeast);
}

async function addSome(options: GatherOptions, walked: Walked): Promise<number> {
  const { batches, transformOf } = options;
  const { id } = walked;
  const chosen = listChosen(options, walked);
  let waiting = 0;
  for (let from = 0; from < chosen.length; from += ADDED_AT_ONCE) {
    const some = chosen.slice(from, from + ADDED_AT_ONCE);
    const added = await Promise.all(some.map(({ draft }) => batches.add(transformOf(id), draft, { loader: id })));
    waiting += added.filter((what) => what === "waiting").length;
  }
  return waiting;
}

function listChosen({ isChosen }: GatherOptions, { place, questions }: Walked): ModelQuestion[] {
  return questions.filter((question) => isChosen(place, question));
}

/** Says where the batches stand when that has changed, and now and then that it has not. */
function createTeller(note: (message: string) => void): (progress: BatchProgress) => void {
  let said = "";
  let quiet = 0;
  return (progress) => {
    const text = toProgressText(progress);
    quiet += 1;
    if (text === said && quiet < QUIET_LOOKS_MAX) return;
    [said, quiet] = [text, 0];
    note(text);
  };
}

function toProgressText({ out, batches, queued, answered, unanswered, lost }: BatchProgress): string {
  const where = out > 0 ? `waiting for ${countOf(out, "question")} in ${countOf(batches, "batch")}` : "none is out";
  const unsent = queued > 0 ? `, ${queued} not sent yet` : "";
  const failed = unanswered + lost > 0 ? `, ${unanswered + lost} came back without an answer` : "";
  return `batch: ${where}${unsent}; ${answered} answered${failed}`;
}

function countOf(count: number, what: "question" | "batch"): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}${what === "batch" ? "es" : "s"}`;
}

function unanswered(rows: number): SourceError {
  return new SourceError(
    "unreachable",
    `the questions of ${rows} rows were sent by the batch ${IDLE_MAX} times, and none was answered: they came back expired, refused or with errors of the vendor's. What was answered is kept. Look at the vendor's status and the limits of the account, then run the same command again; without --batch they are asked directly, at the full price.`,
  );
}
