import { BudgetError } from "#contract";
import type { SettleReason } from "../schema/ledger.ts";
import type { Ledger } from "./ledger.ts";
import type { OpenHold } from "./ledger-fold.ts";
import { addNusd, assertNusd, formatUsd, type Nusd } from "./money.ts";
import type { Usage } from "./prices.ts";

/** A request that wants to be sent: it costs `nusd` at most. */
export type HoldRequest = Omit<OpenHold, "batch" | "shard" | "at">;
/** Leave to send one request once. */
export type Hold = HoldRequest & { readonly id: string; readonly shard?: string };

/** What became of a held request. */
export type Settlement = { readonly nusd: Nusd; readonly usage?: Usage | undefined; readonly why: SettleReason };

/**
 * The gate: a request is sent only after the most it can cost has been taken out of the room under the cap, on disk. With
 * every sent request holding its worst case, what is billed can't exceed what is settled plus held, and that can't exceed
 * the cap: for any number of requests at once and after any crash.
 */
export type Gate = {
  /**
   * Waits while requests under way hold room that they may give back, and returns when the hold is on disk. Throws
   * BudgetError when there will not be room whatever they give back, the signal's reason, or what `stop` was told.
   */
  reserve(request: HoldRequest, signal?: AbortSignal): Promise<Hold>;
  /** Room under the cap that nothing holds. */
  roomNusd(): Nusd;
  /**
   * Holds for requests that are sent together as one batch, all or none, without waiting for anybody, and returns when the
   * holds are on disk. Their `shard` is the first one's id. Throws BudgetError if there is no room for all of them.
   */
  reserveShard(requests: readonly HoldRequest[]): Promise<readonly Hold[]>;
  /**
   * Books what the request has cost and frees the rest of its hold. Throws BudgetError, with all of it booked, if that is
   * more than was held: then no further request is admitted.
   */
  settle(hold: Hold, settlement: Settlement): Promise<void>;
  /** The same for several, written at once. */
  settleAll(settled: readonly (readonly [Hold, Settlement])[]): Promise<void>;
  /** Admits nothing more; what is under way may still settle. The first reason stays. */
  stop(reason: unknown): void;
};

type Waiter = {
  readonly request: HoldRequest;
  readonly admit: (hold: Promise<Hold>) => void;
  readonly refuse: (reason: unknown) => void;
};

/** `spendNusdMax`: what this opening of the ledger may spend at most, where that is less than the cap leaves. */
export function createGate(ledger: Ledger, spendNusdMax = Number.POSITIVE_INFINITY): Gate {
  const { fold } = ledger;
  const spendable = { nusdMax: spendNusdMax, upToNusd: fold.settledNusd + fold.heldNusd + spendNusdMax };
  const toCap = () => Math.min(fold.capNusd ?? 0, spendable.upToNusd);
  let holds = 0;
  /** Held by requests of this process that will be settled soon. Batches and earlier processes' holds are not waited for. */
  let underWayNusd = 0;
  let waiters: Waiter[] = [];
  let stopped: { readonly reason: unknown } | undefined;

  const stop = (reason: unknown): void => {
    stopped ??= { reason };
    admitWaiters();
  };

  const take = async (request: HoldRequest): Promise<Hold> => {
    // All of this up to the first await is one synchronous step: no other request can see the room in between.
    const hold = { ...request, id: `${ledger.opening}-${++holds}` };
    if (request.mode === "direct") underWayNusd += request.nusd;
    await write([hold]);
    return hold;
  };

  const write = async (taken: readonly Hold[]): Promise<void> => {
    try {
      await ledger.hold(...taken.map((hold) => ({ t: "reserve" as const, ...hold })));
    } catch (error) {
      stop(error); // The disk is full or broken. The holds stay: nobody knows whether they were written.
      throw error;
    }
  };

  const admitWaiters = (): void => {
    for (let [first] = waiters; first !== undefined; [first] = waiters) {
      const verdict = stopped ? stopped.reason : judge(first.request.nusd);
      if (verdict === "wait") return;
      waiters.shift();
      if (verdict === "admit") first.admit(take(first.request));
      else first.refuse(verdict);
    }
  };

  const judge = (nusd: Nusd): "admit" | "wait" | BudgetError => {
    const cap = toCap();
    if (fold.settledNusd + fold.heldNusd + nusd <= cap) return "admit";
    const kept = fold.settledNusd + fold.heldNusd - underWayNusd;
    return underWayNusd > 0 && kept + nusd <= cap ? "wait" : refusal(fold, nusd, spendable);
  };

  const settleAll: Gate["settleAll"] = async (settled) => {
    const events = settled.map(([{ id }, { nusd, usage, why }]) => {
      return { t: "settle", id, nusd, ...(usage && { usage }), why } as const;
    });
    await ledger.append(events).catch((error: unknown) => {
      stop(error);
      throw error;
    });
    for (const [{ mode, nusd: held }] of settled) if (mode === "direct") underWayNusd -= held;
    const over = settled.filter(([hold, { nusd }]) => nusd > hold.nusd).map(([{ id }]) => id);
    if (over.length > 0) stop(exceeded(over.join(", ")));
    admitWaiters();
    if (over.length > 0) throw exceeded(over.join(", "));
  };

  if (fold.exceeded.size > 0) stop(exceeded([...fold.exceeded].join(", ")));

  return {
    reserve(request, signal) {
      assertNusd(request.nusd, "a hold");
      return new Promise((done, fail) => {
        if (signal?.aborted) return fail(signal.reason);
        const leave = () => {
          waiters = waiters.filter((other) => other !== waiter);
          fail(signal?.reason);
          admitWaiters();
        };
        const settled = () => signal?.removeEventListener("abort", leave);
        const waiter: Waiter = {
          request,
          admit: (hold) => {
            settled();
            done(hold);
          },
          refuse: (reason) => {
            settled();
            fail(reason);
          },
        };
        signal?.addEventListener("abort", leave, { once: true });
        waiters.push(waiter);
        admitWaiters();
      });
    },

    roomNusd: () => Math.max(0, toCap() - fold.settledNusd - fold.heldNusd),

    async reserveShard(requests) {
      if (stopped) throw stopped.reason;
      const nusd = addNusd(...requests.map((request) => request.nusd));
      if (fold.settledNusd + fold.heldNusd + nusd > toCap()) throw refusal(fold, nusd, spendable);
      const shard = `${ledger.opening}-${holds + 1}`;
      const taken = requests.map((request) => ({ ...request, id: `${ledger.opening}-${++holds}`, shard }));
      await write(taken);
      return taken;
    },

    settle: (hold, settlement) => settleAll([[hold, settlement]]),
    settleAll,

    stop,
  };
}

function refusal(
  { capNusd, settledNusd, heldNusd }: Ledger["fold"],
  nusd: Nusd,
  spendable: { readonly nusdMax: Nusd; readonly upToNusd: Nusd },
): BudgetError {
  if (capNusd === undefined) {
    return new BudgetError(
      "not_approved",
      `A request may cost up to ${formatUsd(nusd)}, and no --max-cost was given. Nothing was sent.`,
    );
  }
  if (spendable.upToNusd < capNusd) {
    const leftNusd = Math.max(0, spendable.upToNusd - settledNusd - heldNusd);
    return new BudgetError(
      "cap_reached",
      `Of the ${formatUsd(spendable.nusdMax)} that may be spent here ${formatUsd(leftNusd)} is left, and the next request may cost up to ${formatUsd(nusd)}.`,
    );
  }
  return new BudgetError(
    "cap_reached",
    `The cap of ${formatUsd(capNusd)} is reached: ${formatUsd(settledNusd)} spent, ${formatUsd(heldNusd)} held, and the next request may cost up to ${formatUsd(nusd)}. Replies that were paid for are kept: raise the cap with --max-cost and --raise-cap, then run the same command again.`,
  );
}

function exceeded(holds: string): BudgetError {
  return new BudgetError(
    "hold_exceeded",
    `A request cost more than the most it could cost by the price table (hold ${holds} in the ledger), so the cap can't be kept: a price is wrong, or the vendor counts tokens in another way. It is booked, and nothing more is sent. Compare the ledger with the vendor's invoice and mend the price (--price), then let requests be sent again with --accept-exceeded.`,
  );
}
