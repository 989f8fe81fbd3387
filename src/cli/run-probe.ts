import { join } from "node:path";
import { BudgetError } from "#contract";
import { askProbe, type Probed } from "../llm/ask-probe.ts";
import type { CountedQuestion } from "../llm/estimate-sample.ts";
import { readLedger } from "../llm/ledger.ts";
import type { Nusd } from "../llm/money.ts";
import { isPaid } from "../llm/prices.ts";
import type { ProbeLine } from "./estimate-text.ts";
import { type ChosenModel, type OpenFlags, openModel } from "./model-options.ts";

/** The options of a probe. */
export type ProbeFlags = OpenFlags & { readonly probeBudget: Nusd };

/** A probe that may be made: the ledger is open, there is a cap, and the vendor's key is there. */
export type OpenProbe = {
  ask(questions: readonly CountedQuestion[], signal: AbortSignal): Promise<Probed>;
  close(): Promise<void>;
};

/**
 * Opens the ledger for a probe, which is paid for under the same cap as runs are, and by its own budget at most. Throws
 * BudgetError when there is no cap and none is given, with nothing written, and what openLlm throws.
 */
export async function openProbe(chosen: ChosenModel, flags: ProbeFlags): Promise<OpenProbe> {
  const { llmFolder, maxCost, llmRequests, probeBudget } = flags;
  const { fold } = await readLedger(join(llmFolder, "ledger.jsonl"));
  if (isPaid(chosen.price) && maxCost === undefined && fold.capNusd === undefined) throw notApproved(chosen.model);
  const llm = await openModel(chosen, flags, "estimate", { spendNusdMax: probeBudget });
  return {
    ask: (questions, signal) => askProbe(llm, questions, { atOnce: llmRequests, signal }),
    close: () => llm.close(),
  };
}

/** What a probe came to, to be said. */
export function toProbeLine(
  model: string,
  chosen: number,
  { rows, cached, spentNusd, stopped }: Probed,
  budgetNusd: Nusd,
): ProbeLine {
  return { model, chosen, replies: rows.length, cached, nusd: spentNusd, budgetNusd, stopped };
}

function notApproved(model: string): BudgetError {
  return new BudgetError(
    "not_approved",
    `${model} costs money, and the ledger has no cap yet. Nothing was sent. A probe is paid for under the cap of the runs: say with --max-cost USD what they may cost in all; of that the probe takes --probe-budget at most.`,
  );
}
