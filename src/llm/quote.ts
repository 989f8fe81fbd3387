import { join } from "node:path";
import type { Draft, LlmTransform } from "#contract";
import { follow } from "./follow.ts";
import { toHoldNusd, toTokensInMax } from "./hold-bound.ts";
import type { Nusd } from "./money.ts";
import { findPrice, type PriceTable } from "./price-table.ts";
import type { CallMode, Usage } from "./prices.ts";
import type { Provider } from "./provider.ts";
import { type Asking, toOrder, toQuestion } from "./question.ts";
import { findStored, openReplyCache, scanCache } from "./reply-cache.ts";

/** What a question would take, without asking it. */
export type Quote = {
  /** The reply's key: drafts with the same one are bought once. */
  readonly key: string;
  /** True if its reply (or the word that there won't be one) is in the cache: it costs nothing. */
  readonly cached: boolean;
  /** All that the model reads, for counting: system, messages, schema. */
  readonly texts: readonly string[];
  readonly tokensInMax: number;
  readonly maxTokens: number;
  /** What would be held for the first question. */
  readonly holdNusd: Nusd;
};

export type QuoteOptions = {
  readonly directory: string;
  readonly provider: Provider;
  readonly model: string;
  readonly prices: PriceTable;
  readonly mode?: CallMode | undefined;
  readonly temperature?: number | undefined;
  readonly seed?: number | undefined;
};

export type Quotes = {
  quote(transform: LlmTransform, draft: Draft): Quote;
  /** What the stored replies to a draft's question used, a second question's too; empty where there are none. */
  recall(transform: LlmTransform, draft: Draft): Promise<(Usage | undefined)[]>;
};

/**
 * Reads which replies there are, touching nothing and taking no lock, and quotes for drafts. Throws DefinitionError for a
 * model without a price, DamageError.
 */
export async function openQuotes(options: QuoteOptions): Promise<Quotes> {
  const { directory, model, mode = "direct", prices, provider, seed, temperature } = options;
  const price = findPrice(prices, model);
  const cacheFolder = join(directory, "cache");
  const scan = await scanCache(cacheFolder);
  const cache = openReplyCache(cacheFolder, scan);
  const asking: Asking = { provider, price, temperature, seed, vendorModel: toVendorModel(model) };
  return {
    quote(transform, draft) {
      const question = toQuestion(asking, transform, draft);
      const order = toOrder(asking, question, "");
      const { system, messages } = question.request;
      return {
        key: order.key,
        cached: cache.has(order.key),
        texts: [system, ...messages.map(({ content }) => content), order.schemaText],
        tokensInMax: toTokensInMax(order, price),
        maxTokens: order.maxTokens,
        holdNusd: toHoldNusd(order, price, mode),
      };
    },
    async recall(transform, draft) {
      const usages: (Usage | undefined)[] = [];
      await follow(asking, transform, draft, async (question) => {
        const line = await findStored(scan, toOrder(asking, question, "").key);
        if (line && "raw" in line) usages.push(line.usage);
        return line;
      });
      return usages;
    },
  };
}

/** "vendor/model" as the vendor calls it: what stands behind the first slash. */
export function toVendorModel(model: string): string {
  return model.slice(model.indexOf("/") + 1);
}
