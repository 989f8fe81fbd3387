import { z } from "zod";
import { assertNusd, multiplyUp, type Nusd, toCostUp } from "./money.ts";

/** Whole nano-dollars a token: 0.25 $/Mtok is 250. A list price between two of them is in the table as the upper one. */
const nusdPerToken = z.int().min(0);

const ratesSchema = z.strictObject({
  in: nusdPerToken,
  out: nusdPerToken,
  /** Input read from the vendor's prompt cache. Absent: charged as `in`. */
  cache_read: nusdPerToken.optional(),
  /** Input written to it, to be kept for five minutes or for an hour. Absent: charged as `in`. */
  cache_write_5m: nusdPerToken.optional(),
  cache_write_1h: nusdPerToken.optional(),
});
type Rates = z.infer<typeof ratesSchema>;

/** How a model's tokens are counted: exactly for o200k, by factors on top of it for the others. */
export const TOKENIZERS = ["o200k", "claude-3", "claude-4.7", "other"] as const;
export type TokenizerName = (typeof TOKENIZERS)[number];

/** What one model costs. `tiers`: the rates of the whole call once its input is longer than `above_in_tokens`. */
export const modelPriceSchema = ratesSchema.extend({
  tiers: z.array(ratesSchema.extend({ above_in_tokens: z.int().min(0) })).default([]),
  /** What a batch costs of the direct price, such as 0.5. Absent: the vendor has no batches. */
  batch_multiplier: z.number().gt(0).max(1).multipleOf(0.0001).optional(),
  /** Tokens an answer can have at most. */
  max_out: z.int().min(1).optional(),
  tokenizer: z.enum(TOKENIZERS).default("other"),
  /** Runs on hardware of ours: it costs nothing, and says so. */
  local: z.literal(true).optional(),
  /** The day the price was right, if not the table's; "given" for one of the command line. */
  as_of: z.union([z.iso.date(), z.literal("given")]).optional(),
});
export type ModelPrice = z.infer<typeof modelPriceSchema>;

/** The tokens a vendor counted for one call: `in` without what went through its prompt cache, `out` with reasoning. */
export type Usage = {
  readonly in: number;
  readonly out: number;
  readonly cache_read?: number | undefined;
  readonly cache_write_5m?: number | undefined;
  readonly cache_write_1h?: number | undefined;
};

/** One answer for one request, or a file of requests answered within a day, usually for half the price. */
export type CallMode = "direct" | "batch";

/** What a call costs that used this. */
export function toCost(price: ModelPrice, usage: Usage, mode: CallMode): Nusd {
  const { cache_read = 0, cache_write_5m = 0, cache_write_1h = 0 } = usage;
  const rates = toRates(price, usage.in + cache_read + cache_write_5m + cache_write_1h);
  const direct =
    toCostUp(usage.in, rates.in) +
    toCostUp(cache_read, rates.cache_read ?? rates.in) +
    toCostUp(cache_write_5m, rates.cache_write_5m ?? rates.in) +
    toCostUp(cache_write_1h, rates.cache_write_1h ?? rates.in) +
    toCostUp(usage.out, rates.out);
  return toModeCost(price, assertNusd(direct, "the price of a call"), mode);
}

/** The most a call can cost with at most so many tokens in and out: all input at its dearest rate. */
export function toCostMax(
  price: ModelPrice,
  { tokensIn, tokensOut }: { tokensIn: number; tokensOut: number },
  mode: CallMode,
): Nusd {
  // A shorter input than the bound may miss a tier, and no vendor's tier is a discount we could count on.
  const reachable: readonly Rates[] = [price, ...price.tiers.filter((tier) => tier.above_in_tokens < tokensIn)];
  const inMax = Math.max(...reachable.flatMap(toInputRates));
  const outMax = Math.max(...reachable.map((rates) => rates.out));
  const direct = toCostUp(tokensIn, inMax) + toCostUp(tokensOut, outMax);
  return toModeCost(price, assertNusd(direct, "the worst price of a call"), mode);
}

/** True if a call of this model can cost anything. */
export function isPaid(price: ModelPrice): boolean {
  return [price, ...price.tiers].some((rates) => rates.out > 0 || toInputRates(rates).some((rate) => rate > 0));
}

function toInputRates(rates: Rates): number[] {
  return [rates.in, rates.cache_read ?? 0, rates.cache_write_5m ?? 0, rates.cache_write_1h ?? 0];
}

function toRates(price: ModelPrice, tokensIn: number): Rates {
  let [rates, above]: [Rates, number] = [price, -1];
  for (const tier of price.tiers) {
    if (tier.above_in_tokens < tokensIn && tier.above_in_tokens > above) [rates, above] = [tier, tier.above_in_tokens];
  }
  return rates;
}

function toModeCost(price: ModelPrice, direct: Nusd, mode: CallMode): Nusd {
  if (mode === "direct") return direct;
  // No known discount is no discount: what is asked of a vendor without batches would be refused long before.
  return multiplyUp(direct, price.batch_multiplier ?? 1);
}
