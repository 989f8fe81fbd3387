import { type Nusd, toCostUp } from "./money.ts";
import { findPrice, type PriceTable } from "./price-table.ts";
import { type ModelPrice, toCost } from "./prices.ts";

/** The case that this project was made for: conversations, and the tokens of a mean one, prompt and answer. */
export const ANCESTOR_CASE = { rows: 860_000, tokensIn: 695, tokensOut: 280 } as const;

/** Its cost with each of these models, direct and by batch where there is one. docs/costs.md shows it. */
export function toAncestorCosts(
  table: PriceTable,
  models: readonly string[],
): { model: string; direct: Nusd; batch: Nusd | undefined }[] {
  const { rows, tokensIn, tokensOut } = ANCESTOR_CASE;
  return models.map((model) => {
    const price = findPrice(table, model);
    const cost = (mode: "direct" | "batch") => toCostUp(rows, toCost(price, { in: tokensIn, out: tokensOut }, mode));
    return { model, direct: cost("direct"), batch: price.batch_multiplier === undefined ? undefined : cost("batch") };
  });
}

/**
 * What asking about rows would cost that nobody has read: each is taken to be like the case above. Its tokens, and the
 * tokenizer they were counted by, may make that half or twice as much; and where a model is only asked about some of the
 * rows (`some`), nobody knows about how many.
 */
export function assumeCosts(price: ModelPrice, rows: number, { some }: { readonly some: boolean }): AssumedCosts {
  const { tokensIn, tokensOut } = ANCESTOR_CASE;
  const expected = toCostUp(rows, toCost(price, { in: tokensIn, out: tokensOut }, "direct"));
  return { low: some ? 0 : Math.floor(expected / 2), high: 2 * expected };
}

export type AssumedCosts = { readonly low: Nusd; readonly high: Nusd };
