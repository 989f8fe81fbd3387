import type { ReplyUse } from "./ask.ts";
import type { LedgerFold } from "./ledger-fold.ts";
import type { Nusd } from "./money.ts";

/** Where the money stands while a run goes on. `settledNusd` and `heldNusd` are the ledger's, over all runs. */
export type LlmBooks = {
  readonly capNusd: Nusd | undefined;
  readonly settledNusd: Nusd;
  readonly heldNusd: Nusd;
  /** Settled by this process, requests without a reply included. */
  readonly spentNusd: Nusd;
  /** Replies used by this process, how many of them were not bought by it, and what they would have cost. */
  readonly replies: number;
  readonly cached: number;
  readonly savedNusd: Nusd;
  /** Tokens of the replies that it bought. */
  readonly tokensIn: number;
  readonly tokensOut: number;
};

/** Counts the replies that a process uses. */
export class LlmCounts {
  readonly #settledBeforeNusd: Nusd;
  readonly #counts = { replies: 0, cached: 0, savedNusd: 0, tokensIn: 0, tokensOut: 0 };

  constructor(fold: Readonly<LedgerFold>) {
    this.#settledBeforeNusd = fold.settledNusd;
  }

  add({ cached, nusd, usage }: ReplyUse): void {
    const counts = this.#counts;
    counts.replies += 1;
    if (cached) {
      counts.cached += 1;
      counts.savedNusd += nusd;
      return;
    }
    const { cache_read = 0, cache_write_5m = 0, cache_write_1h = 0 } = usage ?? {};
    counts.tokensIn += (usage?.in ?? 0) + cache_read + cache_write_5m + cache_write_1h;
    counts.tokensOut += usage?.out ?? 0;
  }

  toBooks({ capNusd, settledNusd, heldNusd }: Readonly<LedgerFold>): LlmBooks {
    return { capNusd, settledNusd, heldNusd, spentNusd: settledNusd - this.#settledBeforeNusd, ...this.#counts };
  }
}
