import type { BuyDesk, Order } from "./buy-reply.ts";
import type { Hold } from "./gate.ts";
import type { LedgerFold } from "./ledger-fold.ts";
import type { VendorBatches } from "./vendor-batches.ts";

export type BatchPolicy = {
  /** Milliseconds between two looks at the vendor's batches; half as long again after each look that found nothing new. */
  readonly pollMs: number;
  readonly pollMsMax: number;
  /** Looks in a row that may fail, and tries to make a batch. */
  readonly triesMax: number;
  /**
   * Milliseconds after the making of a batch was tried, without an answer, after which it would be in the vendor's list if
   * it had been made: longer than any request takes.
   */
  readonly absentAfterMs: number;
  readonly shardRowsMax: number;
  readonly shardBytesMax: number;
  /** Share of the room under the cap that one batch may hold: so much at most is stuck for a day at a time. */
  readonly roomShare: number;
};

export const BATCH_POLICY: BatchPolicy = {
  pollMs: 5_000,
  pollMsMax: 120_000,
  triesMax: 30,
  absentAfterMs: 15 * 60_000,
  shardRowsMax: 10_000,
  shardBytesMax: 32 * 2 ** 20,
  roomShare: 0.2,
};

/** What batches are made and read with. */
export type BatchDesk = BuyDesk & {
  readonly vendor: VendorBatches;
  readonly policy: BatchPolicy;
  readonly signal: AbortSignal;
};

/** Rows that are sent as one batch, from their holds to the last of their results. */
export type Shard = {
  /** The first of its holds, as it was when it was sent. */
  readonly name: string;
  /** By key, those that have no result yet. */
  readonly holds: Map<string, Hold>;
  /** When it was sent, or a little later: milliseconds of the Unix clock. */
  sentAtMs: number;
  /** The vendor's name for it, once known. */
  batch?: string;
  /** What was sent, while it is not known whether it arrived. Another process's is not known. */
  orders?: readonly Order[] | undefined;
  /** How often its results were read to their end. */
  reads: number;
};

/** The shards of a model that the ledger has open, from whatever process. */
export function listOpenShards(fold: Readonly<LedgerFold>, model: string): Shard[] {
  const shards = new Map<string, Shard>();
  for (const [id, { batch, at = "", ...hold }] of fold.open) {
    if (hold.mode !== "batch" || hold.model !== model) continue;
    const name = hold.shard ?? id;
    // The ledger's clock shows whole seconds, rounded down.
    const sentAtMs = (Date.parse(at) || 0) + 999;
    const shard: Shard = shards.get(name) ?? { name, holds: new Map(), sentAtMs, reads: 0 };
    shards.set(name, shard);
    shard.holds.set(hold.key, { ...hold, shard: name, id });
    if (batch !== undefined) shard.batch = batch;
  }
  return [...shards.values()];
}

/** What a batch is named at the vendor's: no other ledger has that name. */
export function toBatchName({ ledger }: BatchDesk, shard: Shard): string {
  return `${ledger.fold.ledger}:${shard.name}`;
}

/** Binds a shard to the batch that was made of it. */
export async function bind(desk: BatchDesk, shard: Shard, batch: string): Promise<void> {
  await desk.ledger.append([{ t: "bind", ids: [...shard.holds.values()].map(({ id }) => id), batch }]);
  shard.batch = batch;
  shard.orders = undefined;
}
