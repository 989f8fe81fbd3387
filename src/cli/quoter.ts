import { openQuotes } from "../llm/quote.ts";
import { createTokenCounter } from "../llm/tokens.ts";
import type { Quoter } from "../run/census.ts";
import { type ChosenModel, type ModelFlags, openModelProvider } from "./model-options.ts";

/** Quotes for a model, with what an estimate needs beside them. */
export type OpenQuoter = Quoter & {
  /** Error of the local count (TokenCounter.error). */
  readonly countError: number;
  /** The most tokens that an answer may have, of all questions quoted so far. */
  maxTokens(): number;
};

/** Opens the replies in `llmFolder` for quoting. Sends nothing, and needs no key. */
export async function createQuoter(
  chosen: ChosenModel,
  flags: Pick<ModelFlags, "llmFolder" | "modelUrl">,
): Promise<OpenQuoter> {
  const { model, prices, price } = chosen;
  const provider = openModelProvider(chosen, flags, { quoteOnly: true });
  const quotes = await openQuotes({ directory: flags.llmFolder, provider, model, prices });
  const counter = await createTokenCounter(price.tokenizer);
  let maxTokens = 0;
  return {
    quote(transform, draft) {
      const quote = quotes.quote(transform, draft);
      maxTokens = Math.max(maxTokens, quote.maxTokens);
      return quote;
    },
    countTokens: counter.count,
    countError: counter.error,
    maxTokens: () => maxTokens,
  };
}
