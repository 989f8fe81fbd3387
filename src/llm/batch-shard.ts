import { DefinitionError } from "#contract";
import type { BuyDesk, Order } from "./buy-reply.ts";
import type { Hold } from "./gate.ts";
import type { LedgerFold } from "./ledger-fold.ts";
import { addNusd, type Nusd } from "./money.ts";
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
  /** Rows at the vendor's at once: of each, the hold is in memory. A vendor may set a lower limit by refusing a batch. */
  readonly outRowsMax: number;
  /** Share of the room under the cap that one batch may hold: so much at most is stuck for a day at a time. */
  readonly roomShare: number;
};

export const BATCH_POLICY: BatchPolicy = {
  pollMs: 5_000,
  pollMsMax: 120_000,
  triesMax: 30,
  absentAfterMs: 15 * 60_000,
  shardRowsMax: 10_000,
  shardBytesMax: 16 * 2 ** 20,
  outRowsMax: 100_000,
  roomShare: 0.2,
};

const POLL = "PLANSTREAM_BATCH_POLL_MS";

/**
 * The policy as the environment sets it. `PLANSTREAM_BATCH_POLL_MS` is for tests that can't wait as long as a run should:
 * the first pause between two looks, by which the other times are measured. Throws DefinitionError.
 */
export function readBatchPolicy(environment: Readonly<Record<string, string | undefined>>): BatchPolicy {
  const text = environment[POLL] ?? "";
  if (text === "") return BATCH_POLICY;
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new DefinitionError(`${POLL}=${text}: expected a whole number of milliseconds, 1 to 999999. Unset it.`);
  }
  const scale = Number(text) / BATCH_POLICY.pollMs;
  const { pollMs, pollMsMax, absentAfterMs } = BATCH_POLICY;
  return {
    ...BATCH_POLICY,
    pollMs: pollMs * scale,
    pollMsMax: pollMsMax * scale,
    absentAfterMs: absentAfterMs * scale,
  };
}

/** What batches are made and read with. */
export type BatchDesk = BuyDesk & {
  readonly vendor: VendorBatches;
  readonly policy: BatchPolicy;
  readonly signal: AbortSignal;
  /** How often a row's outcome was lost in this process, by key. */
  readonly lostTimes: Map<string, number>;
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

/**
 * What batches of a model that are still out hold. An approval that counts their rows among those to ask must not count
 * this as spent as well: it is the worst that these rows can cost, and most of it will come back.
 */
export function toHeldByBatches(fold: Readonly<LedgerFold>, model: string): Nusd {
  let sum: Nusd = 0;
  for (const hold of fold.open.values()) {
    if (hold.mode === "batch" && hold.model === model) sum = addNusd(sum, hold.nusd);
  }
  return sum;
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
