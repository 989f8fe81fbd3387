import { join } from "node:path";
import { readLedger } from "../../src/llm/ledger.ts";
import type { LedgerEvent } from "../../src/schema/ledger.ts";
import type { Charge, LlmBill } from "../support/llm-bill.ts";

/** What the vendor billed and the ledger says, in nano-dollars. */
export type Sums = {
  readonly billedNusd: number;
  readonly ledgerNusd: number;
  readonly heldNusd: number;
  readonly capNusd: number;
};

type Hold = {
  readonly key: string;
  readonly nusd: number;
  readonly mode: string;
  settled?: { readonly nusd: number; readonly why: string };
};

/** Billed <= ledger <= cap, as the files say it now. Throws where that is not so. */
export async function assertCovered(directory: string, bill: LlmBill, capNusd: number): Promise<Sums> {
  // The bill first: whatever is charged while the ledger is read was held before.
  const billedNusd = bill.nusd;
  const { fold } = await readLedger(join(directory, "ledger.jsonl"));
  const ledgerNusd = fold.settledNusd + fold.heldNusd;
  const cap = fold.capNusd ?? 0;
  assert(billedNusd <= ledgerNusd, `billed ${billedNusd} > ledger ${ledgerNusd}`);
  assert(ledgerNusd <= cap && cap <= capNusd, `ledger ${ledgerNusd} > cap ${cap} (of ${capNusd})`);
  assert(fold.exceeded.size === 0, `exceeded: ${[...fold.exceeded].join(", ")}`);
  return { billedNusd, ledgerNusd, heldNusd: fold.heldNusd, capNusd };
}

export type Paid = {
  readonly holds: number;
  readonly orphans: number;
  readonly unknown: number;
  readonly bought: number;
};

/**
 * Looks through all of a ledger: every charge has a hold of its own that was not given back; no question is asked again
 * after its reply was on disk; and what a crash may have lost is no more than what was under way.
 */
export async function assertPaidOnce(
  directory: string,
  charges: readonly Charge[],
  { inFlightMax, keys }: { readonly inFlightMax: number; readonly keys: ReadonlyMap<string, string> },
): Promise<Paid> {
  const holds = new Map<string, Hold>();
  const bought = new Set<string>();
  let orphansOfStart = 0;
  const counts = { orphans: 0, unknown: 0 };
  await readLedger(join(directory, "ledger.jsonl"), (event: LedgerEvent) => {
    if (event.t === "open") orphansOfStart = 0;
    if (event.t === "reserve") {
      assert(!bought.has(event.key), `${event.key} is asked again (hold ${event.id}), and its reply is on disk`);
      holds.set(event.id, { key: event.key, nusd: event.nusd, mode: event.mode });
    }
    if (event.t !== "settle") return;
    const hold = holds.get(event.id) as Hold;
    hold.settled = { nusd: event.nusd, why: event.why };
    if (event.why === "ok" || event.why === "batch") bought.add(hold.key);
    if (event.why === "unknown") counts.unknown += 1;
    if (event.why !== "orphan") return;
    counts.orphans += 1;
    orphansOfStart += 1;
    assert(
      orphansOfStart <= inFlightMax,
      `a crash lost ${orphansOfStart} requests, more than ${inFlightMax} under way`,
    );
  });
  const kept = [...holds.values()].filter(({ settled }) => settled?.why !== "free");
  assert(charges.length <= kept.length, `${charges.length} charges, but ${kept.length} holds that were kept`);
  for (const [request, key] of keys) {
    const charged = charges.filter((charge) => charge.request === request).length;
    const held = kept.filter((hold) => hold.key === key).length;
    assert(charged <= held, `${key}: charged ${charged} times, held ${held} times`);
  }
  return { holds: holds.size, bought: bought.size, ...counts };
}

export function assert(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}
