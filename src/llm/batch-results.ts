import type { ReplyLine } from "../schema/reply-line.ts";
import type { BatchDesk, Shard } from "./batch-shard.ts";
import { toSecond } from "./buy-reply.ts";
import type { Hold, Settlement } from "./gate.ts";
import { toCost } from "./prices.ts";
import { refusedAll } from "./provider-errors.ts";
import type { RowResult, VendorBatch } from "./vendor-batches.ts";

/** Rows of batches so far: answered; not answered and not billed; and of unknown outcome, charged in full. */
export type BatchCounts = { sent: number; answered: number; unanswered: number; lost: number };

/** Results that are booked at once. */
const CHUNK_ROWS = 256;
/** How often results must have been read whole before a row that is not in them is given up. */
const READS_MAX = 2;
/** As for direct requests: so many refusals, and never a reply, are no fault of the rows'. */
const REFUSED_FIRST_MAX = 8;
/** As for direct requests: a row whose outcome was lost so often, each time charged in full, is not asked again. */
const LOST_MAX = 2;

/**
 * Reads the results of a batch that has ended: each reply goes into the cache, then its hold is settled. A row that was
 * not answered is given back by the word of its own line; one without a line is charged in full. Can be cut off anywhere
 * and done again. Throws UnreadableError, BudgetError.
 */
export async function readShard(desk: BatchDesk, shard: Shard, batch: VendorBatch, counts: BatchCounts): Promise<void> {
  const refused: string[] = [];
  let chunk: RowResult[] = [];
  const bookChunk = async () => {
    const rows = chunk;
    chunk = [];
    await book(desk, shard, rows, counts, refused);
  };
  try {
    for await (const row of desk.vendor.read(batch, desk.signal)) {
      chunk.push(row);
      if (chunk.length >= CHUNK_ROWS) await bookChunk();
    }
  } finally {
    // Also what was read before the stream was cut.
    await bookChunk();
  }
  await buryRefused(desk, refused);
  shard.reads += 1;
  if (shard.holds.size > 0 && shard.reads >= READS_MAX) await giveUp(desk, shard, counts);
}

/** Settles all that is left of a shard in full: nobody will say what became of it. */
export async function giveUp(desk: BatchDesk, shard: Shard, counts: BatchCounts): Promise<void> {
  const settled = [...shard.holds.values()].map((hold) => [hold, { nusd: hold.nusd, why: "unknown" }] as const);
  await desk.gate.settleAll(settled);
  counts.lost += settled.length;
  const keys = [...shard.holds.keys()];
  shard.holds.clear();
  await buryLost(desk, keys);
}

/** Gives all that is left of a shard back: nothing of it was worked on. */
export async function giveBack({ gate }: BatchDesk, shard: Shard, counts: BatchCounts): Promise<void> {
  const settled = [...shard.holds.values()].map((hold) => [hold, { nusd: 0, why: "free" }] as const);
  await gate.settleAll(settled);
  counts.unanswered += settled.length;
  shard.holds.clear();
}

async function book(
  desk: BatchDesk,
  shard: Shard,
  rows: readonly RowResult[],
  counts: BatchCounts,
  refused: string[],
): Promise<void> {
  const settled: [Hold, Settlement][] = [];
  const lines: ReplyLine[] = [];
  const lost: string[] = [];
  for (const row of rows) {
    const hold = shard.holds.get(row.key);
    if (hold === undefined) continue; // settled by an earlier reading, or said twice
    shard.holds.delete(row.key);
    if (row.kind === "reply") {
      const { usage } = row.reply;
      const nusd = usage ? toCost(desk.price, usage, "batch") : hold.nusd;
      const name = `${desk.ledger.fold.ledger}:${hold.id}`;
      lines.push({ key: row.key, hold: name, at: toSecond(desk.now()), nusd, ...(usage && { usage }), raw: row.raw });
      settled.push([hold, { nusd, usage, why: "batch" }]);
      counts.answered += 1;
    } else if (row.kind === "free") {
      settled.push([hold, { nusd: 0, why: "free" }]);
      counts.unanswered += 1;
      if (row.reason === "bad_request") refused.push(row.key);
    } else {
      settled.push([hold, { nusd: hold.nusd, why: "unknown" }]);
      lost.push(row.key);
      counts.lost += 1;
    }
  }
  if (settled.length === 0) return;
  await Promise.all(lines.map((line) => desk.cache.putAhead(line))).catch((error: unknown) => {
    desk.gate.stop(error); // The disk is full or broken: nothing more is sent, and the holds stay.
    throw error;
  });
  desk.seen.replies += lines.length;
  desk.seen.answers += lines.length;
  await desk.gate.settleAll(settled);
  await buryLost(desk, lost);
}

/** Rows that were lost too often won't be asked again; kept only if the vendor was seen to answer others. */
async function buryLost({ cache, lostTimes, now, seen }: BatchDesk, keys: readonly string[]): Promise<void> {
  const tombstone = { tombstone: "outcome_unknown", at: toSecond(now()), detail: "lost in batches" } as const;
  for (const key of keys) {
    const times = (lostTimes.get(key) ?? 0) + 1;
    lostTimes.set(key, times);
    if (times >= LOST_MAX && seen.answers > 0) await cache.put({ key, ...tombstone });
  }
}

/** Rows that the vendor refuses won't be asked again; unless it refused all it ever got, which is no fault of theirs. */
async function buryRefused({ cache, gate, now, provider, seen }: BatchDesk, keys: readonly string[]): Promise<void> {
  if (seen.replies > 0) {
    const tombstone = { tombstone: "bad_request", at: toSecond(now()), detail: "400 in a batch" } as const;
    await Promise.all(keys.map((key) => cache.put({ key, ...tombstone })));
    return;
  }
  seen.refusedFirst += keys.length;
  if (seen.refusedFirst < REFUSED_FIRST_MAX) return;
  const error = refusedAll(provider, { detail: "400 in a batch" }, "", seen.refusedFirst);
  gate.stop(error);
  throw error;
}
