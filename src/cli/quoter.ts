import { type Estimate, estimate } from "../llm/estimate.ts";
import { areChosen, type Sample, toProbeRow } from "../llm/estimate-sample.ts";
import type { CallMode } from "../llm/prices.ts";
import { openQuotes } from "../llm/quote.ts";
import { createTokenCounter } from "../llm/tokens.ts";
import type { Counted, Quoter } from "../run/question-counter.ts";
import { type ChosenModel, type ModelFlags, openModelProvider } from "./model-options.ts";

/** Quotes for a model, with what an estimate needs beside them. */
export type OpenQuoter = Quoter & {
  /** What earlier runs have paid for, of the questions counted. */
  recall(counted: Counted): Promise<Sample>;
  /** What the questions counted would cost, as a sample of them shows. */
  estimate(counted: Counted, mode: CallMode, sample: Sample): Estimate;
};

/** Opens the replies in `llmFolder` for quoting. Sends nothing, and needs no key. `probeRows`: as Quoter has it. */
export async function createQuoter(
  chosen: ChosenModel,
  flags: Pick<ModelFlags, "llmFolder" | "modelUrl">,
  probeRows?: number,
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
    probeRows,
    async recall({ answered, census, ranks }) {
      const rows = await Promise.all(
        answered.map(async (question) => {
          return toProbeRow(question, await quotes.recall(question.transform, question.draft));
        }),
      );
      const chosen = areChosen(answered, { tokensIn: census.tokensIn, ranks });
      return { probe: rows.filter((row) => row !== undefined), origin: "ledger", chosen };
    },
    estimate: ({ census }, mode, sample) =>
      estimate({ ...sample, census, price, mode, maxTokens, countError: counter.error }),
  };
}
