import { resolve } from "node:path";
import { BudgetError } from "#contract";
import type { Hub } from "../hub/hub.ts";
import { toHeldByBatches } from "../llm/batch-shard.ts";
import { approve, fitRows } from "../llm/estimate-approval.ts";
import { chooseSample } from "../llm/estimate-sample.ts";
import { readLedger } from "../llm/ledger.ts";
import { formatUsd, type Nusd } from "../llm/money.ts";
import { type CallMode, isPaid } from "../llm/prices.ts";
import { takeCensus } from "../run/census.ts";
import { hasQuestions } from "../run/left-out.ts";
import type { Counted } from "../run/question-counter.ts";
import { readStartSettings } from "../run/read-start-settings.ts";
import type { ModelSettings, Settings } from "../schema/settings.ts";
import { toEstimateText, toSavedText } from "./estimate-text.ts";
import { type ChosenModel, hasReplies, type ModelFlags, toCallMode, toModelSettings } from "./model-options.ts";
import { PROJECT_ROOT } from "./project.ts";
import { createQuoter, type OpenQuoter } from "./quoter.ts";
import { listSaved } from "./saved-lines.ts";

export type ApproveOptions = {
  readonly flags: ModelFlags & { readonly output: string; readonly workers: number; readonly fresh?: true };
  /** The run's settings but for the model's part. */
  readonly settings: Settings;
  readonly chosen: ChosenModel;
  readonly hub: Hub;
  readonly note: (message: string) => void;
  readonly signal: AbortSignal;
};

/** The settings of a run, and whether any of its loaders has a question to a model. */
export type Approved = { readonly settings: Settings; readonly asks: boolean };

/**
 * Decides whether a run may ask its rows, before anything is sent: the estimate of what is left to ask must fit under the
 * cap. Says what the excluded tracks would have cost. Throws BudgetError when it may not be: `not_approved` without
 * --max-cost, `cap_reached` with one that is too low.
 */
export async function approveRun(options: ApproveOptions): Promise<Approved> {
  const { flags, settings, chosen, note } = options;
  const all = { ...settings, llm: toModelSettings(flags, null) };
  for (const line of await listSaved(all, [chosen])) note(toSavedText(line));
  if (!(await hasQuestions(PROJECT_ROOT, settings))) return { settings: all, asks: false };
  return { settings: { ...all, llm: await approveQuestions(options) }, asks: true };
}

/** What the run may ask. */
async function approveQuestions(options: ApproveOptions): Promise<ModelSettings> {
  const { flags, chosen, note } = options;
  const paid = isPaid(chosen.price);
  const all = toModelSettings(flags, null);
  if (paid && flags.maxCost === undefined && !hasReplies(flags.llmFolder)) throw notApproved(chosen.model);
  // A partial run that was cut off goes on with the rows it chose: counted again, they would be others.
  const chosenBefore = flags.partial && !flags.fresh ? await readChosenRank(resolve(flags.output), flags) : undefined;
  if (chosenBefore !== undefined) return toModelSettings(flags, chosenBefore);
  if (!paid) return all;

  const mode = toCallMode(flags);
  const quoter = await createQuoter(chosen, flags);
  const counted = await count(options, quoter);
  const made = quoter.estimate(counted, mode, chooseSample(await quoter.recall(counted)));
  if (made.rows > 0) note(toEstimateText([{ model: chosen.model, mode, estimate: made }]).trimEnd());
  const spentNusd = await readSpent(flags.llmFolder, mode, chosen.model);
  const verdict = approve({ paid, estimate: made, capNusd: flags.maxCost, spentNusd, partial: flags.partial ?? false });
  if (verdict.verdict === "refused") {
    throw new BudgetError(verdict.exitCode === 3 ? "not_approved" : "cap_reached", verdict.reason);
  }
  if (verdict.verdict === "all") return all;
  const rows = { ranks: counted.ranks, tokensIn: counted.census.tokensIn };
  const nusdPerTokenIn = chosen.price.in * (mode === "batch" ? (chosen.price.batch_multiplier ?? 1) : 1);
  const fits = fitRows(rows, { estimate: made, availableNusd: verdict.availableNusd, nusdPerTokenIn });
  note(`asking about ${fits.rows} of ${made.rows} rows: as many as fit under ${formatUsd(verdict.availableNusd)}`);
  return toModelSettings(flags, fits.rankMax);
}

function notApproved(model: string): BudgetError {
  return new BudgetError(
    "not_approved",
    `${model} costs money, and no amount was allowed. Nothing was sent. Allow one with --max-cost USD; \`planstream estimate\` says what it would take.`,
  );
}

async function count({ flags, settings, hub, note, signal }: ApproveOptions, quoter: OpenQuoter): Promise<Counted> {
  const llm = toModelSettings(flags, null);
  const { workers } = flags;
  const options = { root: PROJECT_ROOT, hub, settings: { ...settings, llm }, workers, quoters: [quoter], note, signal };
  const [counted] = await takeCensus(options);
  return counted as Counted;
}

/** What the ledger counts against its cap already. Of batches that go on with the run, the rows are in its estimate. */
async function readSpent(folder: string, mode: CallMode, model: string): Promise<Nusd> {
  const { fold } = await readLedger(`${folder}/ledger.jsonl`);
  return fold.settledNusd + fold.heldNusd - (mode === "batch" ? toHeldByBatches(fold, model) : 0);
}

/** The rank up to which a run that stands in the folder has chosen its rows, if it asked the same model in the same way. */
async function readChosenRank(folder: string, flags: ModelFlags): Promise<number | undefined> {
  const was = await readStartSettings(folder);
  if (!was || was.llm === "none") return undefined;
  const { rank_max, ...same } = was.llm;
  const { rank_max: _, ...now } = toModelSettings(flags, null);
  return rank_max !== null && JSON.stringify(same) === JSON.stringify(now) ? rank_max : undefined;
}
