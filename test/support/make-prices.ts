import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProvider } from "@pydantic/genai-prices";
import { parseUsdPerMtok } from "../../src/llm/price-option.ts";
import { parsePriceTable } from "../../src/llm/price-table.ts";
import type { ModelPrice, TokenizerName } from "../../src/llm/prices.ts";
import { PROJECT } from "./planstream.ts";

// node test/support/make-prices.ts
// Writes src/llm/price-table.json from @pydantic/genai-prices. After an update of that package: set its version and the
// day it was published (`npm view @pydantic/genai-prices time`) here, run this, and look at what changed.

const SOURCE = { package: "@pydantic/genai-prices", version: "0.1.8", published: "2026-09-23" };

type Listed = {
  vendor: string;
  models: readonly string[];
  tokenizer: (model: string) => TokenizerName;
  maxOut: MaxOut;
};
type MaxOut = (model: string) => number | undefined;

/** Chat models that answer with JSON, as their vendors list them now. Most tokens out: from the vendors' model pages. */
const LISTED: readonly Listed[] = [
  {
    vendor: "anthropic",
    models: [
      ...["claude-haiku-4-5", "claude-sonnet-4-5", "claude-sonnet-4-6", "claude-sonnet-5", "claude-opus-4-5"],
      ...["claude-opus-4-6", "claude-opus-4-7", "claude-opus-4-8", "claude-opus-5", "claude-opus-5-5"],
      ...["claude-fable-5", "claude-fable-5-1"],
    ],
    tokenizer: (model) => (/-4-[56]$/.test(model) ? "claude-3" : "claude-4.7"),
    maxOut: (model) => (model.endsWith("-4-5") ? 64_000 : 128_000),
  },
  {
    vendor: "openai",
    models: [
      ...["gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano", "o3", "o4-mini"],
      ...["gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-5.1", "gpt-5.2", "gpt-5.4", "gpt-5.4-mini", "gpt-5.4-nano"],
      ...["gpt-5.5", "gpt-5.6-luna", "gpt-5.6-terra", "gpt-5.6-sol", "gpt-6-luna", "gpt-6-sol", "gpt-6-astra"],
    ],
    tokenizer: () => "o200k",
    maxOut(model) {
      if (model.startsWith("gpt-4o")) return 16_384;
      if (model.startsWith("gpt-4.1")) return 32_768;
      return model.startsWith("o") ? 100_000 : 128_000;
    },
  },
  {
    vendor: "google",
    models: ["gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.5-pro"],
    tokenizer: () => "other",
    maxOut: () => 65_536,
  },
  {
    vendor: "mistral",
    models: ["mistral-small-latest", "mistral-large-2512"],
    tokenizer: () => "other",
    maxOut: () => undefined,
  },
  {
    vendor: "deepseek",
    models: ["deepseek-v4-flash", "deepseek-v4-pro"],
    tokenizer: () => "other",
    maxOut: () => undefined,
  },
];

/** Half price for what may take a day: https://platform.claude.com/docs and https://developers.openai.com/api/docs. */
const BATCH_MULTIPLIERS: Readonly<Record<string, number>> = { anthropic: 0.5, openai: 0.5 };

type Rate = number | { base: number; tiers: { start: number; price: number }[] } | undefined;
type SourcePrices = Record<string, Rate>;
const RATES = {
  in: "input_mtok",
  out: "output_mtok",
  cache_read: "cache_read_mtok",
  cache_write_5m: "cache_write_mtok",
  cache_write_1h: "cache_write_1h_mtok",
} as const;
type RateName = keyof typeof RATES;
const RATE_NAMES = Object.keys(RATES) as RateName[];

/** The table as price-table.json must hold it. */
export function toPriceTableText(): string {
  assertVersion();
  const models = LISTED.flatMap(({ vendor, models, tokenizer, maxOut }) => {
    const provider = findProvider({ providerId: vendor });
    return models.map((model) => {
      const found = provider?.models.find(({ id }) => id === model);
      if (!found) throw new Error(`${SOURCE.package} knows no ${vendor}/${model}`);
      const multiplier = BATCH_MULTIPLIERS[vendor];
      const price: ModelPrice = {
        ...toRates(found.prices as SourcePrices | { constraint?: Constraint; prices: SourcePrices }[]),
        ...(multiplier !== undefined && { batch_multiplier: multiplier }),
        ...(maxOut(model) !== undefined && { max_out: maxOut(model) }),
        tokenizer: tokenizer(model),
      };
      return [`${vendor}/${model}`, price] as const;
    });
  });
  const table = {
    schema: "planstream/prices/1",
    as_of: SOURCE.published,
    source: `${SOURCE.package} ${SOURCE.version}`,
    models: Object.fromEntries(models),
  };
  parsePriceTable(table, "price-table.json");
  return `${JSON.stringify(table, null, 2)}\n`;
}

type Constraint = { type: string; start_date?: string };

/**
 * Where prices change by date, those in force on the day of the table; where they will rise later, or change by the hour,
 * the dearest there is: what the gate reserves must not be below an invoice.
 */
function toRates(prices: SourcePrices | { constraint?: Constraint; prices: SourcePrices }[]): ModelPrice {
  if (!Array.isArray(prices)) return toModelPrice([prices]);
  const started = prices.filter(({ constraint }) => !isLater(constraint));
  const dated = started.filter(({ constraint }) => constraint?.type !== "time_of_date");
  const inForce = dated.at(-1);
  const others = prices.filter((entry) => !dated.includes(entry));
  return toModelPrice([...(inForce ? [inForce] : []), ...others].map((entry) => entry.prices));
}

function isLater(constraint: Constraint | undefined): boolean {
  return constraint?.start_date !== undefined && constraint.start_date > SOURCE.published;
}

function toModelPrice(candidates: readonly SourcePrices[]): ModelPrice {
  const starts = new Set(candidates.flatMap((prices) => RATE_NAMES.flatMap((name) => toStarts(prices[RATES[name]]))));
  const tiers = [...starts].sort((a, b) => a - b);
  return {
    ...toDearest(candidates, -1),
    tiers: tiers.map((start) => ({ above_in_tokens: start, ...toDearest(candidates, start) })),
    tokenizer: "other",
  };
}

function toStarts(rate: Rate): number[] {
  return typeof rate === "object" ? rate.tiers.map(({ start }) => start) : [];
}

function toDearest(candidates: readonly SourcePrices[], start: number): Pick<ModelPrice, "in" | "out"> {
  const rates = RATE_NAMES.flatMap((name) => {
    const found = candidates.flatMap((prices) => toRate(prices[RATES[name]], start) ?? []);
    return found.length > 0 ? [[name, Math.max(...found)] as const] : [];
  });
  return Object.fromEntries(rates) as Pick<ModelPrice, "in" | "out">;
}

function toRate(rate: Rate, start: number): number | undefined {
  if (rate === undefined) return undefined;
  const usd =
    typeof rate === "number" ? rate : (rate.tiers.findLast((tier) => tier.start <= start)?.price ?? rate.base);
  return parseUsdPerMtok(String(usd), "the source");
}

function assertVersion(): void {
  const path = join(PROJECT, "node_modules", SOURCE.package, "package.json");
  const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string };
  if (version === SOURCE.version) return;
  throw new Error(`${SOURCE.package} is ${version}: set its version and its day in make-prices.ts, then run it again`);
}

if (import.meta.main) writeFileSync(join(PROJECT, "src", "llm", "price-table.json"), toPriceTableText());
