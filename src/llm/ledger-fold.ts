import type { LedgerEvent } from "../schema/ledger.ts";
import { addNusd, type Nusd } from "./money.ts";

type Reserve = Extract<LedgerEvent, { t: "reserve" }>;

/** A hold that has not been settled: its request may have been sent, and may have cost all of it. */
export type OpenHold = Pick<Reserve, "key" | "nusd" | "model" | "mode" | "loader"> & {
  /** Of a batch: the holds that are sent together, since when, and the vendor's name for it once that is known. */
  readonly shard?: string | undefined;
  readonly at?: string;
  readonly batch?: string;
};

/**
 * Where a ledger stands: the sum of its events. The same sum is made when a ledger is read and while it is written, so a
 * restart can't see it differently from the process that wrote it.
 */
export type LedgerFold = {
  /** Undefined before the first opening. */
  ledger: string | undefined;
  /** Undefined until one was set: then nothing that costs is admitted. */
  capNusd: Nusd | undefined;
  settledNusd: Nusd;
  heldNusd: Nusd;
  readonly open: Map<string, OpenHold>;
  openings: number;
  /** Number of the latest hold of the latest opening that made one: no reply can name a later one. */
  lastHold: readonly [opening: number, hold: number];
  /** Every batch of the vendor's that holds were ever bound to. */
  readonly batches: Set<string>;
  /** Holds that were settled for more than they reserved, and that nobody has accepted. */
  readonly exceeded: Set<string>;
};

export function createLedgerFold(): LedgerFold {
  return {
    ledger: undefined,
    capNusd: undefined,
    settledNusd: 0,
    heldNusd: 0,
    open: new Map(),
    openings: 0,
    lastHold: [0, 0],
    batches: new Set(),
    exceeded: new Set(),
  };
}

/** Adds one event. Throws RangeError, and leaves the sum as it was, if the event can't follow what is there. */
export function addEvent(fold: LedgerFold, event: LedgerEvent): void {
  switch (event.t) {
    case "open":
      assertFits(fold.ledger === undefined || fold.ledger === event.ledger, `it is of ledger ${event.ledger}`);
      fold.ledger = event.ledger;
      fold.openings += 1;
      return;
    case "cap":
      assertFits((fold.capNusd ?? null) === event.from, `it changes a cap of ${event.from}, which there was not`);
      fold.capNusd = event.to;
      return;
    case "reserve":
      addHold(fold, event);
      return;
    case "bind":
      for (const id of event.ids) fold.open.set(id, { ...findHold(fold, id), batch: event.batch });
      fold.batches.add(event.batch);
      return;
    case "settle": {
      const hold = findHold(fold, event.id);
      fold.settledNusd = addNusd(fold.settledNusd, event.nusd);
      fold.heldNusd -= hold.nusd;
      fold.open.delete(event.id);
      if (event.nusd > hold.nusd) fold.exceeded.add(event.id);
      return;
    }
    case "accept":
      assertFits(fold.exceeded.delete(event.id), `hold ${event.id} was not exceeded`);
      return;
    case "cached":
      return;
  }
}

/** True if hold `id` comes after all that the ledger knows of. */
export function isAfter(id: string, [lastOpening, lastHold]: LedgerFold["lastHold"]): boolean {
  const [opening = 0, hold = 0] = id.split("-").map(Number);
  return opening > lastOpening || (opening === lastOpening && hold > lastHold);
}

function addHold(fold: LedgerFold, { id, at, key, nusd, model, mode, loader, shard }: Reserve): void {
  assertFits(isAfter(id, fold.lastHold), `hold ${id} comes after ${fold.lastHold.join("-")}`);
  const [opening = 0, hold = 0] = id.split("-").map(Number);
  assertFits(opening === fold.openings, `hold ${id} is not of opening ${fold.openings}`);
  fold.heldNusd = addNusd(fold.heldNusd, nusd);
  fold.lastHold = [opening, hold];
  fold.open.set(id, { key, nusd, model, mode, loader, ...(shard !== undefined && { shard, at }) });
}

function findHold(fold: LedgerFold, id: string): OpenHold {
  const hold = fold.open.get(id);
  assertFits(hold !== undefined, `there is no open hold ${id}`);
  return hold;
}

function assertFits(fits: boolean, what: string): asserts fits {
  if (!fits) throw new RangeError(what);
}
