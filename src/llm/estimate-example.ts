import { type Nusd, toCostUp } from "./money.ts";
import { findPrice, type PriceTable } from "./price-table.ts";
import { toCost } from "./prices.ts";

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
