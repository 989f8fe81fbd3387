import { BudgetError } from "#contract";
import type { ProbeRow } from "./estimate.ts";
import { type CountedQuestion, toProbeRow, toUsages } from "./estimate-sample.ts";
import type { Nusd } from "./money.ts";
import type { Llm } from "./open-llm.ts";

/** What came of a probe. */
export type Probed = {
  /** The rows that got a reply. */
  readonly rows: readonly ProbeRow[];
  /** Keys of the questions that need not be asked again, with a reply or without. */
  readonly asked: ReadonlySet<string>;
  /** Rows that cost nothing, since all of their replies were in the cache already. */
  readonly cached: number;
  readonly spentNusd: Nusd;
  /** Why not all questions were asked, if they were not: the gate's words. */
  readonly stopped: string | undefined;
};

/**
 * Asks the questions of a probe in their order, so many at once, until all are asked or the gate refuses one: for the cap,
 * or for what this opening of the ledger may spend. Each reply is in the cache when it is counted here, so a run that asks
 * the same does not pay for it again. After an abort no more are asked, and what is under way comes to its end. Throws
 * what `Llm.ask` throws but for that refusal, and the signal's reason.
 */
export async function askProbe(
  llm: Llm,
  questions: readonly CountedQuestion[],
  { atOnce, signal }: { readonly atOnce: number; readonly signal: AbortSignal },
): Promise<Probed> {
  // By the question's place: the estimate must not depend on which reply comes first.
  const rows = new Array<ProbeRow | undefined>(questions.length);
  const asked = new Set<string>();
  let cached = 0;
  let next = 0;
  let stop: { readonly error: unknown } | undefined;

  const askOne = async (question: CountedQuestion, place: number): Promise<void> => {
    const { transform, draft, loader, key } = question;
    const answer = await llm.ask(transform, draft, { loader });
    asked.add(key);
    if (answer.uses.every((use) => use.cached)) cached += 1;
    rows[place] = toProbeRow(question, toUsages(answer));
  };
  const askOn = async (): Promise<void> => {
    for (let place = next++; place < questions.length && !stop && !signal.aborted; place = next++) {
      try {
        await askOne(questions[place] as CountedQuestion, place);
      } catch (error) {
        stop ??= { error };
      }
    }
  };
  // What is under way when one is refused comes to its end, too: it is paid for.
  await Promise.all(Array.from({ length: atOnce }, askOn));
  signal.throwIfAborted();
  const stopped = stop ? toRefusal(stop.error) : undefined;
  const answered = rows.filter((row) => row !== undefined);
  return { rows: answered, asked, cached, spentNusd: llm.books().spentNusd, stopped };
}

/** The words of a refusal for money; any other error is thrown. */
function toRefusal(error: unknown): string {
  if (error instanceof BudgetError && error.stop === "cap_reached") return error.message;
  throw error;
}
