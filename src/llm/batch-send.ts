import { DefinitionError } from "#contract";
import { type BatchCounts, giveBack } from "./batch-results.ts";
import { type BatchDesk, bind, type Shard, toBatchName } from "./batch-shard.ts";
import type { Order } from "./buy-reply.ts";
import { toHoldNusd } from "./hold-bound.ts";
import type { Nusd } from "./money.ts";
import type { Outcome } from "./provider.ts";
import { toStopError, unreachable } from "./provider-errors.ts";

/** Orders that fit into one batch: the first of the queue, as far as money, rows and bytes go. */
export type Picked = {
  readonly orders: readonly Order[];
  readonly nusd: readonly Nusd[];
  /** True if there would be more of them, were there more money. */
  readonly isShort: boolean;
};

/**
 * Picks from the front of a queue. One row is always enough for a batch, if there is room for it under the cap; from two
 * on they hold no more than their share of the room.
 */
export function pickShard({ gate, policy, price, vendor }: BatchDesk, queue: Iterable<Order>): Picked {
  const orders: Order[] = [];
  const nusd: Nusd[] = [];
  const roomNusd = gate.roomNusd();
  const rowsMax = Math.min(policy.shardRowsMax, vendor.rowsMax);
  const bytesMax = Math.min(policy.shardBytesMax, vendor.bytesMax);
  let sumNusd = 0;
  let bytes = 0;
  for (const order of queue) {
    const own = toHoldNusd(order, price, "batch");
    sumNusd += own;
    bytes += Buffer.byteLength(order.body) + ROW_BYTES;
    const limitNusd = orders.length === 0 ? roomNusd : Math.floor(roomNusd * policy.roomShare);
    if (orders.length >= rowsMax || (bytes > bytesMax && orders.length > 0)) break;
    if (sumNusd > limitNusd) return { orders, nusd, isShort: true };
    orders.push(order);
    nusd.push(own);
  }
  return { orders, nusd, isShort: false };
}

/** What a row takes in a batch's text beside its body. */
const ROW_BYTES = 160;

/**
 * Sends a batch: holds, on disk; the request; the batch's name, on disk. If the request has no answer the shard stays
 * without a name, for `findLost`. `pause` waits a while, after so many tries.
 *
 * Throws BudgetError when there is no room, SourceError or DefinitionError when the vendor makes no batch of it: then the
 * holds were given back.
 */
export async function sendShard(
  desk: BatchDesk,
  { orders, nusd }: Picked,
  counts: BatchCounts,
  pause: (tries: number, retryAfterMs: number | undefined) => Promise<void>,
): Promise<Shard> {
  const holds = await desk.gate.reserveShard(
    orders.map(({ key, loader }, at) => ({ key, loader, nusd: nusd[at] as Nusd, model: desk.model, mode: "batch" })),
  );
  const [first] = holds;
  if (first === undefined) throw new RangeError("a batch of no rows");
  const shard: Shard = {
    name: first.id,
    holds: new Map(holds.map((hold) => [hold.key, hold])),
    sentAtMs: desk.now().getTime(),
    orders,
    reads: 0,
  };
  for (let tries = 1; ; tries++) {
    const made = await desk.vendor.create(toBatchName(desk, shard), orders, desk.signal);
    shard.sentAtMs = desk.now().getTime();
    if (made.kind === "made") await bind(desk, shard, made.batch.id);
    // Nothing is given back on the way out: whether it was made will be seen at the next start.
    desk.signal.throwIfAborted();
    if (made.kind !== "free") break;
    const isPassing = made.reason === "limited" || made.reason === "not_sent";
    if (!isPassing || tries >= desk.policy.triesMax) {
      await giveBack(desk, shard, counts);
      throw toError(desk, made, tries);
    }
    await pause(tries, made.retryAfterMs);
  }
  counts.sent += orders.length;
  return shard;
}

function toError(desk: BatchDesk, made: Extract<Outcome, { kind: "free" }>, tries: number): Error {
  if (made.reason === "limited" || made.reason === "not_sent") return unreachable(desk.provider, made.detail, tries);
  const error =
    toStopError(made, desk.provider) ??
    new DefinitionError(
      `${desk.provider.host} refuses to make a batch (${made.detail}). The model may not be there for batches: ask it directly. Nothing was billed for it.`,
    );
  desk.gate.stop(error);
  return error;
}
