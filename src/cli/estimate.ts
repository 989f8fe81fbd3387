import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { estimate } from "../llm/estimate.ts";
import type { CallMode } from "../llm/prices.ts";
import { takeCensus } from "../run/census.ts";
import { type EstimateLine, toEstimateJson, toEstimateText } from "./estimate-text.ts";
import { EXIT } from "./exit-codes.ts";
import { createInterrupt } from "./interrupt.ts";
import { addPriceOptions, chooseModel, type ModelFlags, toModelSettings } from "./model-options.ts";
import { print } from "./print.ts";
import { openNamedHub, PROJECT_ROOT } from "./project.ts";
import { createQuoter } from "./quoter.ts";
import { addSelectionOptions, listOption, type SelectionOptions, toSettings } from "./settings-options.ts";

type EstimateFlags = SelectionOptions &
  Omit<ModelFlags, "model" | "llm"> & { model: string[]; llm: "uncertain" | "all"; seed: number; json?: true };

/** Compared unless models are named: the one a run asks by default, and others of both vendors' price ranges. */
const MODELS = ["anthropic/claude-haiku-4-5", "anthropic/claude-sonnet-4-5", "openai/gpt-5-mini", "openai/gpt-5-nano"];

/** Adds `estimate`. */
export function addEstimate(program: Command): void {
  const command = program.command("estimate").description("what asking a model would cost, before anything is sent");
  addPriceOptions(addSelectionOptions(command))
    .addOption(
      listOption("--model <models>", "models to compare, as vendor/model (comma-separated)", MODELS.join(", ")),
    )
    .option("--llm <mode>", "which rows would be asked about: all or uncertain", "all")
    .option("--seed <number>", "seed of the order in which rows would be taken", Number, 0)
    .option("--json", "as JSON on stdout, amounts in exact dollars")
    .addHelpText("after", EXAMPLES)
    .action(async (flags: EstimateFlags) => {
      process.exitCode = await runEstimate(flags);
    });
}

const EXAMPLES = `
Examples:
  planstream estimate --hub sample                                   the bundled sample, several models
  planstream estimate --model anthropic/claude-haiku-4-5             all conversations, one model
  planstream estimate --llm uncertain --limit 10000                  only rows that the rules are not sure of`;

const MODES: readonly CallMode[] = ["direct", "batch"];

async function runEstimate(flags: EstimateFlags): Promise<number> {
  const models = (flags.model.length > 0 ? flags.model : MODELS).map((model) => chooseModel(model, flags));
  const interrupt = createInterrupt(say);
  const hub = openNamedHub(flags.hub);
  try {
    const quoters = await Promise.all(models.map((chosen) => createQuoter(chosen, flags)));
    const llm = toModelSettings({ ...flags, model: "estimate/any" }, null);
    const settings = { ...toSettings({ ...flags, dedupe: "none", quarantineMax: 1 }), llm };
    const { signal } = interrupt;
    const workers = availableParallelism();
    const counted = await takeCensus({ root: PROJECT_ROOT, hub, settings, workers, quoters, note: say, signal });
    const lines = models.flatMap(({ model, price }, place): EstimateLine[] => {
      const { census } = counted[place] as (typeof counted)[number];
      const quoter = quoters[place] as (typeof quoters)[number];
      const input = { census, probe: [], price, maxTokens: quoter.maxTokens(), countError: quoter.countError };
      const modes = MODES.filter((mode) => mode === "direct" || price.batch_multiplier !== undefined);
      return modes.map((mode) => ({ model, mode, estimate: estimate({ ...input, mode }) }));
    });
    print(flags.json ? `${JSON.stringify(toEstimateJson(lines))}\n` : toEstimateText(lines));
    return EXIT.done;
  } finally {
    interrupt.release();
    await hub.close();
  }
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}
