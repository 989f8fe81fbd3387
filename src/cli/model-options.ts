import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { DefinitionError } from "#contract";
import { createMockProvider } from "../llm/mock-provider.ts";
import { type Nusd, parseUsd } from "../llm/money.ts";
import { type Llm, type LlmOptions, openLlm } from "../llm/open-llm.ts";
import { openProvider } from "../llm/open-provider.ts";
import { overlayPriceOption } from "../llm/price-option.ts";
import {
  assertFresh,
  findPrice,
  overlayPrices,
  type PriceTable,
  readBundledPrices,
  readPriceFile,
} from "../llm/price-table.ts";
import type { CallMode, ModelPrice } from "../llm/prices.ts";
import type { Provider } from "../llm/provider.ts";
import type { ModelSettings } from "../schema/settings.ts";
import { toCount } from "./settings-options.ts";
import { SPEND_FOLDER } from "./spend.ts";
import { toUserName } from "./user-name.ts";

/** The options that say which model is asked, about what, and for how much. */
export type ModelFlags = {
  llm: "none" | "uncertain" | "all";
  model: string;
  modelUrl?: string;
  confidenceMin: number;
  maxCost?: Nusd;
  raiseCap?: true;
  partial?: true;
  batch?: true;
  prices?: string;
  price: string[];
  acceptOldPrices?: true;
  acceptExceeded?: true;
  trustZeroPrice?: true;
  llmFolder: string;
  llmRequests: number;
};

/** Cheap, and with a schema mode of its own. */
const MODEL = "anthropic/claude-haiku-4-5";
/** Rules that are this sure were right on nearly all rows that were looked at. */
const CONFIDENCE_MIN = 0.8;

/** Adds the options that a model is chosen, priced and found by. */
export function addPriceOptions(command: Command): Command {
  return command
    .option("--model-url <url>", "server with an OpenAI-compatible interface, such as vLLM, Ollama or llama.cpp")
    .option("--prices <file>", "price table laid over the bundled one", (path: string) => resolve(path))
    .addOption(
      new Option("--price <model=in,out>", "price of one model in $ per million tokens (repeatable)")
        .argParser((text: string, previous: string[]) => [...previous, text])
        .default([], "as bundled"),
    )
    .option("--accept-old-prices", "use prices that are older than 90 days")
    .option("--trust-zero-price", "ask a model on another machine that is said to cost nothing")
    .addOption(
      new Option("--llm-folder <folder>", "where the ledger and the replies lie")
        .argParser(resolveFolder)
        .default(SPEND_FOLDER, "data/llm"),
    )
    .option(
      "--confidence-min <share>",
      "with --llm uncertain: ask where the rules are less sure",
      toConfidence,
      CONFIDENCE_MIN,
    );
}

/** Adds the options of a run that may ask a model. */
export function addModelOptions(command: Command): Command {
  return addPriceOptions(
    command
      .addOption(
        new Option("--llm <mode>", "which rows a model is asked about, where a track has a question to one")
          .choices(["none", "uncertain", "all"])
          .default("none"),
      )
      .option("--model <vendor/model>", "the model that is asked", MODEL)
      .option("--max-cost <usd>", "never spend more than this, over all runs on the ledger", toNusd)
      .option("--raise-cap", "let --max-cost raise the cap that the ledger holds")
      .option("--partial", "where the cap is too low for all rows, ask about as many as fit")
      .option("--batch", "ask by the vendor's batches, for half the price; answers may take a day")
      .option("--accept-exceeded", "go on although a request has cost more than was held for it"),
  ).option("--llm-requests <number>", "requests to the model at once", toCount, 16);
}

/** A model, its price, and how to reach it. */
export type ChosenModel = { readonly model: string; readonly prices: PriceTable; readonly price: ModelPrice };

/** The price table of the options. Throws DefinitionError. */
export function toPrices({ prices, price }: Pick<ModelFlags, "prices" | "price">): PriceTable {
  const table = prices === undefined ? readBundledPrices() : overlayPrices(readBundledPrices(), readPriceFile(prices));
  return price.reduce(overlayPriceOption, table);
}

/** Finds a model's price, which must be there and not too old. Throws DefinitionError. */
export function chooseModel(
  model: string,
  flags: Pick<ModelFlags, "prices" | "price" | "acceptOldPrices">,
): ChosenModel {
  const prices = toPrices(flags);
  const price = findPrice(prices, model);
  assertFresh(prices, model, new Date().toISOString().slice(0, 10), flags.acceptOldPrices ?? false);
  return { model, prices, price };
}

/**
 * With --batch, makes sure that there is something to send by the batch, to a vendor that takes batches at a known price.
 * Throws DefinitionError. Sends nothing.
 */
export function assertBatches(chosen: ChosenModel | undefined, flags: Pick<ModelFlags, "batch" | "modelUrl">): void {
  if (!flags.batch) return;
  if (!chosen) throw new DefinitionError("--batch is about how a model is asked, and --llm none asks none. Add --llm.");
  const { model, price } = chosen;
  if (price.batch_multiplier === undefined) {
    throw new DefinitionError(
      `${model} has no price for batches${price.local ? ": it runs on a machine of yours" : ""}. Leave out --batch, or state its batch_multiplier in a table of --prices if its vendor takes batches.`,
    );
  }
  if (!openModelProvider(chosen, flags, { quoteOnly: true }).batches) {
    throw new DefinitionError(`${model} takes no batches. Leave out --batch.`);
  }
}

/** How the options ask, as prices tell it apart. */
export function toCallMode({ batch }: Pick<ModelFlags, "batch">): CallMode {
  return batch ? "batch" : "direct";
}

/** Opens the interface of a model's vendor. `quoteOnly`: nothing will be sent, so no key is needed. */
export function openModelProvider(
  { model }: ChosenModel,
  { modelUrl, llmRequests = 16 }: Pick<Partial<ModelFlags>, "modelUrl" | "llmRequests">,
  { quoteOnly }: { quoteOnly: boolean },
): Provider {
  const vendor = model.slice(0, model.indexOf("/"));
  if (vendor === "mock") return createMockProvider();
  const noKeys = { ANTHROPIC_API_KEY: "none", OPENAI_API_KEY: "none" };
  const env = quoteOnly ? noKeys : process.env;
  const options = { baseUrl: modelUrl, env, connectionsMax: llmRequests };
  if (modelUrl === undefined && vendor !== "anthropic" && vendor !== "openai") {
    throw new DefinitionError(
      `${model}: no vendor ${JSON.stringify(vendor)} is known by itself. Give the address of a server that speaks OpenAI's interface with --model-url.`,
    );
  }
  return openProvider(vendor === "anthropic" ? "anthropic" : "openai", options);
}

/** What the options say of a run's questions. `rankMax`: with --partial, the last row in the order of the seed. */
export function toModelSettings(flags: ModelFlags, rankMax: number | null): ModelSettings {
  const { llm, model, confidenceMin } = flags;
  if (llm === "none") throw new Error("no model is asked");
  return { mode: llm, model, confidence_min: llm === "all" ? ALWAYS_ASK : confidenceMin, rank_max: rankMax };
}

/** Above any confidence there is. */
const ALWAYS_ASK = 2;

/** Opens ledger, cache and vendor. `run` names it in the ledger, with the time; `rest` is what only some commands say. */
export async function openModel(
  chosen: ChosenModel,
  flags: OpenFlags,
  run: "tier1" | "estimate",
  rest: Pick<LlmOptions, "batch" | "signal" | "spendNusdMax">,
): Promise<Llm> {
  const { llmFolder, maxCost, raiseCap, acceptExceeded, trustZeroPrice, llmRequests } = flags;
  const provider = openModelProvider(chosen, flags, { quoteOnly: false });
  return openLlm({
    directory: llmFolder,
    run: `${run} ${new Date().toISOString()}`,
    provider,
    model: chosen.model,
    prices: chosen.prices,
    by: `${toUserName()}, --max-cost`,
    capNusd: maxCost,
    raiseCap,
    acceptExceeded,
    trustZeroPrice,
    concurrencyMax: llmRequests,
    ...rest,
  });
}

/** The options by which a model is opened. */
export type OpenFlags = Pick<
  ModelFlags,
  "modelUrl" | "llmFolder" | "maxCost" | "raiseCap" | "acceptExceeded" | "trustZeroPrice" | "llmRequests"
>;

/** True if any reply was ever kept in the folder. */
export function hasReplies(folder: string): boolean {
  return existsSync(join(folder, "cache"));
}

function resolveFolder(path: string): string {
  return resolve(path);
}

function toNusd(text: string): Nusd {
  try {
    return parseUsd(text, "--max-cost");
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function toConfidence(text: string): number {
  const value = Number(text);
  if (/^\d(\.\d+)?$/.test(text) && value <= 1) return value;
  throw new InvalidArgumentError("Expected a number from 0 to 1.");
}
