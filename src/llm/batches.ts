import { setTimeout as wait } from "node:timers/promises";
import { type Draft, type LlmTransform, SourceError } from "#contract";
import { findLost } from "./batch-lost.ts";
import { type BatchCounts, giveBack, giveUp, readShard } from "./batch-results.ts";
import { pickShard, sendShard } from "./batch-send.ts";
import { type BatchDesk, listOpenShards, type Shard } from "./batch-shard.ts";
import type { Order } from "./buy-reply.ts";
import { follow } from "./follow.ts";
import { UnreadableError } from "./post.ts";
import { unreachable } from "./provider-errors.ts";
import { type Asking, toOrder } from "./question.ts";

/** What became of a row that was added: there is an answer; it will be asked, or is; there is no money for it. */
export type Added = "answered" | "waiting" | "unaffordable";

export type BatchProgress = BatchCounts & {
  /** Rows at the vendor's, the batches they are in, and rows not sent yet. */
  readonly out: number;
  readonly batches: number;
  readonly queued: number;
};

/**
 * Questions by the batch, for half the price and a day's patience. Answers go into the cache, where `ask` finds them:
 * `finish` gathers what earlier runs have sent; then every row is added; then `finish` again. A row that was answered in a
 * way that must be asked again, or not at all, can be added once more.
 */
export type LlmBatches = {
  /** True if a draft's question waits for a reply, in this process or in none: nothing is added or sent. */
  isOpen<Reply>(transform: LlmTransform<Reply>, draft: Draft): Promise<boolean>;
  /** Adds the question of a draft, unless it is answered or on its way. Sends a batch when there is enough for one. */
  add<Reply>(transform: LlmTransform<Reply>, draft: Draft, about: { readonly loader: string }): Promise<Added>;
  /**
   * Sends what was added, and waits until all batches of this model have ended and their results are booked, those of
   * earlier runs too. Returns this process's counts so far.
   *
   * Throws SourceError when the vendor can't be asked (what is out stays held, and the next start goes on with it),
   * BudgetError, DefinitionError, the signal's reason.
   */
  finish(
    onProgress?: (progress: BatchProgress) => void,
  ): Promise<Readonly<BatchCounts> & { readonly unaffordable: number }>;
  /** From now on tells after each look at what is out, also while an `add` waits. */
  watch(onProgress: (progress: BatchProgress) => void): void;
  /** Where they stand, and how many rows could not be paid for so far. */
  stand(): BatchProgress & { readonly unaffordable: number };
};

/** Fewer rows than this are not sent while money may still come back. */
const ROWS_MIN = 100;
/** Batches in a row whose making had no answer, and which were not made. */
const UNMADE_MAX = 10;

export function createBatches(options: Omit<BatchDesk, "lostTimes"> & Asking): LlmBatches {
  const desk: BatchDesk & Asking = { ...options, lostTimes: new Map() };
  const { cache, gate, ledger, policy, signal } = desk;
  const queue = new Map<string, Order>();
  const counts: BatchCounts = { sent: 0, answered: 0, unanswered: 0, lost: 0 };
  const strangers = new Set<string>();
  let out = listOpenShards(ledger.fold, desk.model);
  let queuedBytes = 0;
  let unaffordable = 0;
  let failures = 0;
  let unmade = 0;
  let watcher: ((progress: BatchProgress) => void) | undefined;
  let working: Promise<unknown> = Promise.resolve();

  /** One thing at a time: sending, looking and reading all change what is out. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = working.then(work);
    working = done.catch(() => undefined);
    return done;
  };

  const countOut = () => out.reduce((rows, { holds }) => rows + holds.size, 0);

  const toProgress = (): BatchProgress => ({ ...counts, out: countOut(), batches: out.length, queued: queue.size });

  const isOut = (key: string) => out.some(({ holds }) => holds.has(key));

  const enqueue = (order: Order): void => {
    queue.set(order.key, order);
    queuedBytes += Buffer.byteLength(order.body);
  };

  const dequeue = (order: Order): void => {
    if (queue.delete(order.key)) queuedBytes -= Buffer.byteLength(order.body);
  };

  const pause = async (tries: number, atLeastMs = 0): Promise<void> => {
    const ms = Math.max(atLeastMs, Math.min(policy.pollMs * 1.5 ** (tries - 1), policy.pollMsMax));
    await wait(ms, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  };

  /** Sends one batch from the queue, or waits for money that may come back, or finds that a row can't be paid for. */
  const sendOne = async (): Promise<void> => {
    // Answered meanwhile, by a direct request.
    for (const order of queue.values()) if (cache.has(order.key)) dequeue(order);
    const picked = pickShard(desk, queue.values());
    if (picked.isShort && picked.orders.length < ROWS_MIN && out.length > 0) return await waitForOne();
    if (out.length > 0 && countOut() + picked.orders.length > policy.outRowsMax) return await waitForOne();
    const [first] = picked.orders.length > 0 ? picked.orders : queue.values();
    if (first === undefined) return;
    if (picked.orders.length === 0) {
      // Nothing is out, so there won't be more room. Throws if no cap was ever given.
      if (ledger.fold.capNusd === undefined) await gate.reserveShard([toHoldRequest(desk, first)]);
      dequeue(first);
      unaffordable += 1;
      return;
    }
    const shard = await sendShard(desk, picked, counts, pause);
    for (const order of picked.orders) dequeue(order);
    out.push(shard);
    watcher?.(toProgress());
    if (shard.batch !== undefined) unmade = 0;
  };

  const waitForOne = async (): Promise<void> => {
    const before = out.length;
    for (let looks = 1; out.length === before; looks++) {
      await look();
      if (out.length === before) await pause(looks);
    }
  };

  /** Looks once at all that is out. What can't be read now is left for the next look, and keeps nobody else waiting. */
  const look = async (): Promise<void> => {
    const booked = () => counts.answered + counts.unanswered + counts.lost;
    const before = booked();
    const unread: UnreadableError[] = [];
    const attempt = (work: () => Promise<void>) =>
      work().catch((error: unknown) => {
        if (!(error instanceof UnreadableError)) throw error;
        unread.push(error);
      });
    try {
      if (out.some(({ batch }) => batch === undefined)) await attempt(lookForLost);
      for (const shard of out) await attempt(() => lookAt(shard));
    } finally {
      out = out.filter(({ holds }) => holds.size > 0);
      watcher?.(toProgress());
    }
    const refused = unread.find(({ status }) => status === 401 || status === 403);
    if (refused) throw refusedKey(desk, refused);
    const [first] = unread;
    failures = first !== undefined && booked() === before ? failures + 1 : 0;
    if (first && failures >= policy.triesMax) throw unreachable(desk.provider, first.message, failures);
  };

  const lookForLost = async (): Promise<void> => {
    const lost = out.filter(({ batch }) => batch === undefined);
    for (const { orders = [] } of await findLost(desk, lost, counts, strangers)) {
      unmade += 1;
      if (unmade >= UNMADE_MAX) throw unreachable(desk.provider, "no batch comes of what is sent", unmade);
      counts.sent -= orders.length;
      counts.unanswered -= orders.length;
      for (const order of orders) enqueue(order);
    }
  };

  const lookAt = async (shard: Shard): Promise<void> => {
    if (shard.batch === undefined || shard.holds.size === 0) return;
    const found = await desk.vendor.find(shard.batch, signal);
    if (found === undefined) await giveUp(desk, shard, counts);
    else if (found.state === "refused") await giveBack(desk, shard, counts);
    else if (found.state === "ended") await readShard(desk, shard, found, counts);
  };

  return {
    async isOpen(transform, draft) {
      const { kind } = await follow(desk, transform, draft, (question) => cache.get(toOrder(desk, question, "").key));
      return kind === "open";
    },

    async add(transform, draft, { loader }) {
      let isWaiting = false;
      const followed = await follow(desk, transform, draft, async (question) => {
        const { key } = toOrder(desk, question, loader);
        isWaiting = queue.has(key) || isOut(key);
        const line = isWaiting ? undefined : await cache.get(key);
        if (line && "raw" in line) desk.seen.replies += 1;
        return line;
      });
      if (followed.kind !== "open") return "answered";
      const order = toOrder(desk, followed.question, loader);
      // It may have been added by another row while this one looked into the cache.
      if (isWaiting || queue.has(order.key) || isOut(order.key)) return "waiting";
      enqueue(order);
      const isFull = () => queue.size >= policy.shardRowsMax || queuedBytes >= policy.shardBytesMax;
      if (isFull()) await inTurn(async () => isFull() && (await sendOne()));
      return queue.has(order.key) || isOut(order.key) ? "waiting" : "unaffordable";
    },

    finish: (onProgress) =>
      inTurn(async () => {
        for (let looks = 1; queue.size > 0 || out.length > 0; looks++) {
          while (queue.size > 0) await sendOne();
          const before = counts.answered + counts.unanswered + counts.lost;
          await look();
          onProgress?.(toProgress());
          if (counts.answered + counts.unanswered + counts.lost > before) looks = 0;
          else if (out.length > 0) await pause(looks);
        }
        return { ...counts, unaffordable };
      }),

    watch(onProgress) {
      watcher = onProgress;
    },
    stand: () => ({ ...toProgress(), unaffordable }),
  };
}

function toHoldRequest({ model }: BatchDesk, { key, loader }: Order) {
  return { key, loader, model, nusd: 1, mode: "batch" as const };
}

function refusedKey({ provider }: BatchDesk, { message }: UnreadableError): SourceError {
  return new SourceError(
    "unauthorized",
    `${provider.host} refuses the API key (${message}) for batches. Check the key and what it may do. What was sent stays held, and the next start goes on with it.`,
  );
}
