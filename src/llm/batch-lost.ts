import { type BatchCounts, giveBack, giveUp } from "./batch-results.ts";
import { type BatchDesk, bind, type Shard, toBatchName } from "./batch-shard.ts";
import type { VendorBatch } from "./vendor-batches.ts";

/** How far the vendor's clock may be behind ours; more would hide a batch, and it would be paid for again. */
const SKEW_MS = 24 * 60 * 60_000;

/**
 * Looks for batches whose making had no answer. One is found by its name where the vendor keeps names; else by its rows'
 * ids, which are those of nobody else, as soon as its results can be read. One that is certainly not there is given back;
 * where that can't be told, it is charged in full.
 * `strangers` are batches known to be somebody else's. Returns the shards that were given back.
 */
export async function findLost(
  desk: BatchDesk,
  lost: readonly Shard[],
  counts: BatchCounts,
  strangers: Set<string>,
): Promise<Shard[]> {
  const listedAtMs = desk.now().getTime();
  const sinceMs = Math.min(...lost.map(({ sentAtMs }) => sentAtMs)) - SKEW_MS;
  const unbound: VendorBatch[] = [];
  for await (const batch of desk.vendor.list(sinceMs, desk.signal)) {
    if (!desk.ledger.fold.batches.has(batch.id) && !strangers.has(batch.id)) unbound.push(batch);
  }
  const absent: Shard[] = [];
  for (const shard of lost) {
    const found = await findBatch(desk, shard, unbound, strangers);
    if (found === "perhaps") continue;
    const isOver = listedAtMs - shard.sentAtMs >= desk.policy.absentAfterMs;
    if (found === "blank") {
      if (isOver) await giveUp(desk, shard, counts);
    } else if (found) await bind(desk, shard, found.id);
    else if (isOver) {
      await giveBack(desk, shard, counts);
      absent.push(shard);
    }
  }
  return absent;
}

/** `perhaps`: a batch that could be it can't be read yet. `blank`: one could be it, and has no line to tell by. */
async function findBatch(
  desk: BatchDesk,
  shard: Shard,
  unbound: readonly VendorBatch[],
  strangers: Set<string>,
): Promise<VendorBatch | "perhaps" | "blank" | undefined> {
  if (desk.vendor.keepsNames) return unbound.find(({ name }) => name === toBatchName(desk, shard));
  let isPerhaps = false;
  let isBlank = false;
  for (const batch of unbound) {
    if (strangers.has(batch.id) || desk.ledger.fold.batches.has(batch.id)) continue;
    if (batch.rows !== undefined && batch.rows !== shard.holds.size) continue;
    if (batch.state !== "ended") {
      isPerhaps = true;
      continue;
    }
    const first = await readFirstKey(desk, batch);
    if (first === undefined) isBlank = true;
    else if (shard.holds.has(first)) return batch;
    // Another lost shard may be as large: only what is nobody's of ours is a stranger's.
    else if (!isOurs(desk, first)) strangers.add(batch.id);
  }
  if (isPerhaps) return "perhaps";
  return isBlank ? "blank" : undefined;
}

async function readFirstKey(desk: BatchDesk, batch: VendorBatch): Promise<string | undefined> {
  for await (const { key } of desk.vendor.read(batch, desk.signal)) return key;
  return undefined;
}

function isOurs({ ledger }: BatchDesk, key: string): boolean {
  for (const hold of ledger.fold.open.values()) if (hold.key === key) return true;
  return false;
}
