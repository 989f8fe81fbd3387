import { type Command, InvalidArgumentError, Option } from "commander";
import { chooseSample, type Sample } from "../llm/estimate-sample.ts";
import { type Nusd, parseUsd } from "../llm/money.ts";
import type { CallMode } from "../llm/prices.ts";
import { takeCensus } from "../run/census.ts";
import { isByInterrupt } from "../run/is-by-interrupt.ts";
import {
  type EstimateLine,
  type ProbeLine,
  toEstimateJson,
  toEstimateText,
  toProbeText,
  toSavedText,
} from "./estimate-text.ts";
import { EXIT } from "./exit-codes.ts";
import { createInterrupt } from "./interrupt.ts";
import { addPriceOptions, type ChosenModel, chooseModel, type ModelFlags, toModelSettings } from "./model-options.ts";
import { print } from "./print.ts";
import { openNamedHub, PROJECT_ROOT } from "./project.ts";
import { createQuoter } from "./quoter.ts";
import { type OpenProbe, openProbe, toProbeLine } from "./run-probe.ts";
import { listSaved } from "./saved-lines.ts";
import {
  addSelectionOptions,
  countWorkers,
  listOption,
  type SelectionOptions,
  toCount,
  toInteger,
  toSettings,
} from "./settings-options.ts";

type EstimateFlags = SelectionOptions &
  Omit<ModelFlags, "model" | "llm"> & {
    model: string[];
    llm: "uncertain" | "all";
    seed: number;
    probe?: number;
    probeBudget: Nusd;
    json?: true;
  };

/** Compared unless models are named: the one a run asks by default, and others of both vendors' price ranges. */
const MODELS = ["anthropic/claude-haiku-4-5", "anthropic/claude-sonnet-4-5", "openai/gpt-5-mini", "openai/gpt-5-nano"];

const PROBE_BUDGET = "0.05";

/** Adds `estimate`. */
export function addEstimate(program: Command): void {
  const command = program.command("estimate").description("what asking a model would cost, before anything is sent");
  addPriceOptions(addSelectionOptions(command))
    .addOption(
      listOption("--model <models>", "models to compare, as vendor/model (comma-separated)", MODELS.join(", ")),
    )
    .addOption(
      new Option("--llm <mode>", "which rows would be asked about").choices(["uncertain", "all"]).default("all"),
    )
    .option("--probe <rows>", "ask the first model about so many rows, of all lengths, and go by its replies", toCount)
    .addOption(
      new Option("--probe-budget <usd>", "never spend more than this on the probe")
        .argParser(toNusd("--probe-budget"))
        .default(parseUsd(PROBE_BUDGET), PROBE_BUDGET),
    )
    .option("--max-cost <usd>", "the cap of the ledger that the probe is paid from, as in tier1", toNusd("--max-cost"))
    .option("--raise-cap", "let --max-cost raise the cap that the ledger holds")
    .option("--accept-exceeded", "go on although a request has cost more than was held for it")
    .option("--llm-requests <number>", "requests of the probe at once", toCount, 16)
    .option("--seed <number>", "seed of the order in which rows would be taken", toInteger, 0)
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
  planstream estimate --llm uncertain --limit 10000                  only rows that the rules are not sure of
  planstream estimate --model openai/gpt-5-mini --probe 100 --max-cost 50   by 100 replies, for $0.05 at most`;

const MODES: readonly CallMode[] = ["direct", "batch"];

async function runEstimate(flags: EstimateFlags): Promise<number> {
  const [first, ...others] = (flags.model.length > 0 ? flags.model : MODELS).map((model) => chooseModel(model, flags));
  const models = [first as ChosenModel, ...others] as const;
  const signal = createInterrupt(say);
  let probe: OpenProbe | undefined;
  try {
    probe = flags.probe === undefined ? undefined : await openProbe(models[0], flags);
    const made = await makeEstimate(flags, models, probe, signal);
    if (flags.json) print(`${JSON.stringify(toEstimateJson(made.lines, made))}\n`);
    else print(toWhole(made));
    return made.unread.length > 0 ? EXIT.someFailed : EXIT.done;
  } catch (error) {
    if (!isByInterrupt(error, signal)) throw error;
    say("Interrupted. Replies of the probe that were paid for are kept.");
    return EXIT.interrupted;
  } finally {
    await probe?.close();
  }
}

type Made = {
  readonly lines: readonly EstimateLine[];
  readonly probe: ProbeLine | undefined;
  readonly saved: Awaited<ReturnType<typeof listSaved>>;
  /** What could not be read, and so isn't in the estimate: a message each. */
  readonly unread: readonly string[];
};

function toWhole({ lines, probe, saved }: Made): string {
  const head = probe ? `${toProbeText(probe)}\n\n` : "";
  const tail = saved.length > 0 ? `\n${saved.map(toSavedText).join("\n")}\n` : "";
  return `${head}${toEstimateText(lines)}${tail}`;
}

/** Counts the rows, makes the probe if there is to be one, and says what each model would cost. */
async function makeEstimate(
  flags: EstimateFlags,
  models: readonly [ChosenModel, ...ChosenModel[]],
  probe: OpenProbe | undefined,
  signal: AbortSignal,
): Promise<Made> {
  const hub = openNamedHub(flags.hub);
  try {
    const quoters = await Promise.all(
      models.map((chosen, place) => createQuoter(chosen, flags, place === 0 ? flags.probe : undefined)),
    );
    const llm = toModelSettings({ ...flags, model: "estimate/any" }, null);
    const settings = { ...toSettings({ ...flags, dedupe: "none", quarantineMax: 1 }), llm };
    const workers = countWorkers();
    const unread: string[] = [];
    const note = (message: string) => {
      unread.push(message);
      say(message);
    };
    const counted = await takeCensus({ root: PROJECT_ROOT, hub, settings, workers, quoters, note, signal });
    const questions = counted[0]?.probe ?? [];
    const probed = await probe?.ask(questions, signal);
    const lines: EstimateLine[] = [];
    for (const [place, { model, price }] of models.entries()) {
      const quoter = quoters[place] as (typeof quoters)[number];
      const all = counted[place] as (typeof counted)[number];
      const origin = place === 0 ? "probe" : "borrowed";
      const own: Sample | undefined = probed && { probe: probed.rows, origin, chosen: true };
      const earlier = await quoter.recall(all);
      const sample = place === 0 ? chooseSample(own, earlier) : chooseSample(earlier, own);
      const left = place === 0 && probed ? all.without(probed.asked) : all;
      const modes = MODES.filter((mode) => mode === "direct" || price.batch_multiplier !== undefined);
      lines.push(...modes.map((mode) => ({ model, mode, estimate: quoter.estimate(left, mode, sample) })));
    }
    return {
      lines,
      probe: probed && toProbeLine(models[0].model, questions.length, probed, flags.probeBudget),
      saved: await listSaved(settings, models),
      unread,
    };
  } finally {
    await hub.close();
  }
}

function toNusd(option: string): (text: string) => Nusd {
  return (text) => {
    try {
      return parseUsd(text, option);
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  };
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}
