import { DefinitionError } from "#contract";
import type { Nusd } from "./money.ts";
import { overlayPrices, type PriceTable } from "./price-table.ts";
import type { ModelPrice } from "./prices.ts";

/**
 * The table with one model's price as `--price vendor/model=IN,OUT` gives it, in dollars a million tokens. It replaces
 * the model's rates and tiers; whatever else the table knows of the model stays.
 */
export function overlayPriceOption(table: PriceTable, option: string): PriceTable {
  const [, model, input, output] = /^([^/\s=]+\/[^\s=]+)=([^,]+),([^,]+)$/.exec(option.trim()) ?? [];
  if (model === undefined || input === undefined || output === undefined) throw badOption(option);
  const {
    batch_multiplier,
    max_out,
    tokenizer = "other",
  } = (Object.hasOwn(table.models, model) ? table.models[model] : undefined) ?? {};
  const price: ModelPrice = {
    in: parseUsdPerMtok(input, option),
    out: parseUsdPerMtok(output, option),
    tiers: [],
    tokenizer,
    as_of: "given",
    ...(batch_multiplier !== undefined && { batch_multiplier }),
    ...(max_out !== undefined && { max_out }),
  };
  return overlayPrices(table, {
    ...table,
    source: `--price ${option.trim()}`,
    models: Object.fromEntries([[model, price]]),
  });
}

/** "0.0125" $/Mtok as nano-dollars a token, 13: exact, then rounded up, so that no price is below the invoice. */
export function parseUsdPerMtok(text: string, where: string): Nusd {
  const [, whole, decimals = ""] = /^\$?(\d{1,6})(?:\.(\d{1,12}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined) throw badOption(where);
  const nano = Number(`${whole}${decimals.slice(0, 3).padEnd(3, "0")}`);
  return nano + (/[1-9]/.test(decimals.slice(3)) ? 1 : 0);
}

function badOption(option: string): DefinitionError {
  return new DefinitionError(
    `--price ${option}: expected vendor/model=IN,OUT in dollars a million tokens, such as openai/gpt-5-mini=0.25,2.`,
  );
}
