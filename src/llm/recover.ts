import { DamageError } from "#contract";
import type { StoredReply } from "../schema/reply-line.ts";
import type { NewLedgerEvent } from "./ledger.ts";
import { isAfter, type LedgerFold } from "./ledger-fold.ts";
import type { OnLine } from "./reply-cache.ts";

/**
 * Looks at the cache's lines, as they are scanned, for what the ledger must know: replies of holds that were never settled,
 * and holds that the ledger does not know at all. Throws DamageError for the latter: a request is only sent after its hold
 * is on disk, so the ledger was cut or replaced by an older copy, and money is missing in it.
 */
export function createReplyFinder(
  fold: LedgerFold,
  ledgerPath: string,
): {
  readonly onLine: OnLine;
  readonly replies: ReadonlyMap<string, StoredReply>;
} {
  const replies = new Map<string, StoredReply>();
  const onLine: OnLine = (hold, read) => {
    const [ledger, id] = hold?.split(":") ?? [];
    if (id === undefined || ledger !== fold.ledger) return;
    if (isAfter(id, fold.lastHold)) {
      throw new DamageError(
        `${ledgerPath} ends before hold ${id}, whose reply is in the cache: the ledger was cut, or replaced by an older copy, so nobody knows what was spent. Nothing was sent and nothing was touched. Restore the newest ledger.jsonl.`,
      );
    }
    if (!fold.open.has(id)) return;
    const line = read();
    if ("raw" in line) replies.set(id, line);
  };
  return { onLine, replies };
}

/**
 * What a start books for the requests that were under way when the last process ended: the cost of the reply if it got as
 * far as the cache, else all of the hold, since it may have been billed. Batches go on without us and stay open.
 */
export function toOrphanEvents(fold: LedgerFold, replies: ReadonlyMap<string, StoredReply>): NewLedgerEvent[] {
  const events: NewLedgerEvent[] = [];
  for (const [id, hold] of fold.open) {
    const reply = replies.get(id);
    const isBatch = hold.mode === "batch";
    if (reply) {
      const { nusd, usage } = reply;
      events.push({ t: "settle", id, nusd, ...(usage && { usage }), why: isBatch ? "batch" : "ok" });
    } else if (!isBatch) events.push({ t: "settle", id, nusd: hold.nusd, why: "orphan" });
  }
  return events;
}
