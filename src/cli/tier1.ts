import { resolve } from "node:path";
import type { Command } from "commander";
import { readBatchPolicy } from "../llm/batch-shard.ts";
import type { Llm } from "../llm/open-llm.ts";
import { isByInterrupt } from "../run/is-by-interrupt.ts";
import { runTier1, type Tier1Result } from "../run/tier1.ts";
import { approveRun } from "./approve-run.ts";
import { BUDGET_EXITS, EXIT } from "./exit-codes.ts";
import { createInterrupt } from "./interrupt.ts";
import {
  addModelOptions,
  assertBatches,
  type ChosenModel,
  chooseModel,
  type ModelFlags,
  openModel,
} from "./model-options.ts";
import { toMoneyLine } from "./money-line.ts";
import { print } from "./print.ts";
import { createProgress } from "./progress.ts";
import { openNamedHub, PROJECT_ROOT } from "./project.ts";
import { createRunLog } from "./run-log.ts";
import {
  addRunOptions,
  addSelectionOptions,
  type SelectionOptions,
  toSettings,
  workersOption,
} from "./settings-options.ts";
import { toJsonSummary, toSummaryText } from "./summary.ts";

type Tier1Flags = SelectionOptions &
  ModelFlags & {
    output: string;
    workers: number;
    fresh?: true;
    update?: true;
    json?: true;
  };

export function addTier1(program: Command): void {
  const command = program.command("tier1").description("make benign samples: stream the datasets into a run folder");
  addModelOptions(addRunOptions(addSelectionOptions(command)))
    .option("--output <folder>", "the run folder", "data/tier1")
    .addOption(workersOption())
    .option("--fresh", "throw away what the run folder holds")
    .option("--update", "make the loaders anew whose dataset or code has moved; the other parts stay as they are")
    .option("--json", "a summary as JSON on stdout")
    .addHelpText("after", EXAMPLES)
    .action(async (flags: Tier1Flags) => {
      process.exitCode = await tier1(flags);
    });
}

const EXAMPLES = `
Examples:
  planstream tier1 --exclude-track topaz --hub sample     the bundled sample, offline
  planstream tier1 --loader jasper/gsm8k --limit 1000     a first look at one dataset
  planstream tier1 --exclude-track topaz --update         daily: only what has moved
  planstream tier1 --track topaz --llm uncertain --max-cost 50   a model where the rules are not sure, for $50 at most
  planstream tier1 --track topaz --llm all --max-cost 50 --batch   by the vendor's batches, for half the price`;

async function tier1(flags: Tier1Flags): Promise<number> {
  const output = resolve(flags.output);
  const progress = await createProgress(process.stderr);
  const signal = createInterrupt(progress.note);
  const log = createRunLog(output);
  const hub = openNamedHub(flags.hub, log.request);
  let llm: Llm | undefined;
  try {
    const plain = toSettings(flags);
    const chosen = flags.llm === "none" ? undefined : chooseModel(flags.model, flags);
    assertBatches(chosen, flags);
    const { note } = progress;
    const approved = chosen && (await approveRun({ flags, settings: plain, chosen, hub, note, signal }));
    const settings = approved?.settings ?? plain;
    const asking = { batch: readBatchPolicy(process.env), signal };
    llm = approved?.asks ? await openModel(chosen as ChosenModel, flags, "tier1", asking) : undefined;
    progress.watch(llm && (() => toMoneyLine((llm as Llm).books())));
    const result = await runTier1({
      root: PROJECT_ROOT,
      output,
      hub,
      settings,
      workers: flags.workers,
      fresh: flags.fresh ?? false,
      update: flags.update ?? false,
      llm,
      batch: flags.batch,
      reporter: log.alsoTo(progress),
      signal,
    });
    progress.close();
    if (llm) process.stderr.write(`${toMoneyLine(llm.books())}\n`);
    if (flags.json) print(`${JSON.stringify(toJsonSummary(result))}\n`);
    else print(toSummaryText(result, flags.output));
    return toExitCode(result);
  } catch (error) {
    // Stopped before the run began: while its cost was estimated.
    if (isByInterrupt(error, signal)) return EXIT.interrupted;
    throw error;
  } finally {
    progress.close();
    await llm?.close();
    await hub.close();
    log.close();
  }
}

function toExitCode({ kind, budget, manifest, unchecked }: Tier1Result): number {
  if (kind === "interrupted") return EXIT.interrupted;
  if (budget) return BUDGET_EXITS[budget.stop];
  const failed = Object.values(manifest?.loaders ?? {}).some(({ status }) => status === "failed" || status === "gated");
  return failed || unchecked.length > 0 ? EXIT.someFailed : EXIT.done;
}
