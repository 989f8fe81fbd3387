import { join } from "node:path";
import type { Draft, LlmTransform } from "#contract";
import { type Answer, type AskDesk, ask, type ReplyUse } from "./ask.ts";
import { BATCH_POLICY, type BatchPolicy } from "./batch-shard.ts";
import { createBatches, type LlmBatches } from "./batches.ts";
import { type LlmBooks, LlmCounts } from "./books-live.ts";
import { BREAKER_POLICY, type BreakerPolicy, createBreaker } from "./breaker.ts";
import { CachedTally } from "./cached-tally.ts";
import { type CapWish, toCapEvents } from "./cap-change.ts";
import { makeFolder } from "./folder.ts";
import { createGate } from "./gate.ts";
import { type Ledger, openLedger, readLedger } from "./ledger.ts";
import { lockLedger } from "./lock.ts";
import { assertZeroPriceTrusted, findPrice, type PriceTable, toPricesSha256 } from "./price-table.ts";
import type { Meter, Provider } from "./provider.ts";
import { unreachable } from "./provider-errors.ts";
import { toVendorModel } from "./quote.ts";
import { createRateLimit } from "./rate-limit.ts";
import { createReplyFinder, toOrphanEvents } from "./recover.ts";
import { type CacheScan, openReplyCache, scanCache } from "./reply-cache.ts";
import { ReplyDigest } from "./reply-digest.ts";
import type { VendorBatches } from "./vendor-batches.ts";

export type LlmOptions = CapWish & {
  /** Holds ledger.jsonl, cache/ and the lock; made if it is not there. It outlives runs: the cap is the ledger's. */
  readonly directory: string;
  /** Names the run in the ledger. */
  readonly run: string;
  readonly provider: Provider;
  /** "vendor/model" as in the price table; the part behind the first "/" is what the vendor is told. */
  readonly model: string;
  readonly prices: PriceTable;
  readonly trustZeroPrice?: boolean | undefined;
  /** Somebody has seen that a request cost more than its hold, and lets more be sent. */
  readonly acceptExceeded?: boolean | undefined;
  readonly temperature?: number | undefined;
  readonly seed?: number | undefined;
  /** What this opening may spend at most, where that is less than the cap leaves: the budget of a probe. */
  readonly spendNusdMax?: number | undefined;
  /** Requests at once, 16 unless said. */
  readonly concurrencyMax?: number | undefined;
  /** Per minute. The vendor's headers may lower them, not raise. */
  readonly limits?: Partial<Readonly<Record<Meter, number>>> | undefined;
  readonly breaker?: Partial<BreakerPolicy> | undefined;
  readonly batch?: Partial<BatchPolicy> | undefined;
  /** Ends everything at once; what was sent is booked in full. */
  readonly signal?: AbortSignal | undefined;
  /** The clock of the ledger's lines. */
  readonly now?: (() => Date) | undefined;
};

/** The only way to a model. */
export type Llm = {
  /**
   * Asks a transform's question about a draft. Throws BudgetError when nothing more may be spent, SourceError when the
   * vendor can't be asked, DefinitionError for what all requests would be refused for, DamageError, the signal's reason.
   */
  ask<Reply>(transform: LlmTransform<Reply>, draft: Draft, about: { readonly loader: string }): Promise<Answer<Reply>>;
  /** What it buys with: for the batches of this room, which go through the same gate, ledger and cache. */
  readonly desk: AskDesk;
  /** The same by the batch; undefined where the provider has none. */
  readonly batches: LlmBatches | undefined;
  /** Where the money stands, now. */
  books(): LlmBooks;
  /** Digest of the replies used so far, in any order; `ReplyDigest` adds up those of parts. */
  digest(): string;
  /** Ends what is under way, books it, and lets go of the folder. */
  close(): Promise<void>;
};

/**
 * Opens the ledger and the reply cache in `directory` for one run with one model. Sends nothing by itself. What the last
 * process left open is booked first. Throws DefinitionError (options, another process), DamageError (nothing was touched).
 */
export async function openLlm(options: LlmOptions): Promise<Llm> {
  const { directory, model, prices, provider, trustZeroPrice = false } = options;
  const price = findPrice(prices, model);
  assertZeroPriceTrusted(price, model, provider.host.replace(/:\d+$/, ""), trustZeroPrice);
  await makeFolder(join(directory, "cache"));
  const unlock = lockLedger(join(directory, "lock"), directory);
  try {
    const { ledger, scan } = await openBooks(options);
    return startLlm(options, ledger, scan, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Reads ledger and cache, and only when both are whole and the options fit writes the first lines. */
async function openBooks(options: LlmOptions): Promise<{ ledger: Ledger; scan: CacheScan }> {
  const { directory, run, prices, acceptExceeded = false, by, now = () => new Date() } = options;
  const path = join(directory, "ledger.jsonl");
  const content = await readLedger(path);
  const { fold } = content;
  const finder = createReplyFinder(fold, path);
  const scan = await scanCache(join(directory, "cache"), finder.onLine);
  const accepted = acceptExceeded ? [...fold.exceeded].map((id) => ({ t: "accept" as const, id, by })) : [];
  const events = [...toCapEvents(fold, options), ...toOrphanEvents(fold, finder.replies), ...accepted];
  const ledger = await openLedger(path, content, { run, pricesSha256: toPricesSha256(prices), now });
  try {
    if (events.length > 0) await ledger.append(events);
  } catch (error) {
    await ledger.close();
    throw error;
  }
  return { ledger, scan };
}

function startLlm(options: LlmOptions, ledger: Ledger, scan: CacheScan, unlock: () => void): Llm {
  const { concurrencyMax = 16, limits, model, now = () => new Date(), prices, provider } = options;
  const closing = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, closing.signal]) : closing.signal;
  const gate = createGate(ledger, options.spendNusdMax);
  const cache = openReplyCache(join(options.directory, "cache"), scan);
  const giveUp = (probes: number): unknown => {
    const error = unreachable(provider, "it has not answered for minutes", probes);
    gate.stop(error);
    return error;
  };
  const counts = new LlmCounts(ledger.fold);
  const cachedTally = new CachedTally(model);
  const digest = new ReplyDigest();
  const desk: AskDesk = {
    ...{ provider, model, price: findPrice(prices, model), ledger, gate, cache, now },
    rateLimit: createRateLimit(concurrencyMax, limits),
    breaker: createBreaker(giveUp, { ...BREAKER_POLICY, ...options.breaker }),
    seen: { answers: 0, replies: 0, refusedFirst: 0, tokensOutMean: 200 },
    temperature: options.temperature,
    seed: options.seed,
    vendorModel: toVendorModel(model),
    underWay: new Map(),
    onUse(use: ReplyUse, loader: string) {
      digest.add(use);
      counts.add(use);
      if (use.cached) cachedTally.add(loader, use.nusd);
    },
  };
  const asks = new Set<Promise<unknown>>();
  const track = async <T>(asked: Promise<T>): Promise<T> => {
    asks.add(asked);
    try {
      return await asked;
    } finally {
      asks.delete(asked);
    }
  };
  const batches = provider.batches && openBatches(provider.batches);

  function openBatches(vendor: VendorBatches): LlmBatches {
    const policy = { ...BATCH_POLICY, ...options.batch };
    const { add, finish, isOpen, ...rest } = createBatches({ ...desk, vendor, signal, policy });
    return {
      ...rest,
      isOpen: (transform, draft) => track(isOpen(transform, draft)),
      add: (transform, draft, about) => track(add(transform, draft, about)),
      finish: (onProgress) => track(finish(onProgress)),
    };
  }

  return {
    desk,
    async ask(transform, draft, { loader }) {
      signal.throwIfAborted();
      const answer = await track(ask(desk, transform, draft, { loader, signal }));
      if (cachedTally.isDue) await ledger.append(cachedTally.take());
      return answer;
    },
    batches,
    books: () => counts.toBooks(ledger.fold),
    digest: () => digest.toString(),
    async close() {
      closing.abort(new Error("The model was closed while it was asked."));
      await Promise.allSettled(asks);
      try {
        const events = cachedTally.take();
        if (events.length > 0) await ledger.append(events);
      } finally {
        await Promise.allSettled([provider.close(), cache.close(), ledger.close()]);
        unlock();
      }
    },
  };
}
