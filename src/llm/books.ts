import type { LedgerEvent } from "../schema/ledger.ts";
import { addNusd, type Nusd } from "./money.ts";

/** What one group of calls came to. All money in nano-dollars; each hold counts in exactly one of open, settled, unknown. */
export type Account = {
  /** Holds taken: attempts, since every attempt has its own. */
  calls: number;
  /** The sum of all holds ever taken. */
  reserved: Nusd;
  /** Holds that are not settled yet, in full: a run is under way, or was killed. */
  open: Nusd;
  /** What replies cost by the vendor's count. */
  settled: Nusd;
  /** Holds charged in full, because nobody knows what the vendor billed. */
  unknown: Nusd;
  /** Replies taken from the cache, and what they would have cost. */
  cached: number;
  saved: Nusd;
  tokens_in: number;
  tokens_out: number;
};

/** By what the books can be told. `mode`: asked directly or by the batch; replies of the cache are of neither. `day` is UTC. */
export const BOOK_KEYS = ["run", "model", "mode", "loader", "day"] as const;
export type BookKey = (typeof BOOK_KEYS)[number];

/** A ledger's books. In each of `by`, groups are in the order of their names; their sums are `total`. */
export type Books = {
  readonly cap: Nusd | undefined;
  /** settled + unknown + open: what counts against the cap. */
  readonly total: Account & { readonly spent: Nusd };
  readonly by: Readonly<Record<BookKey, readonly { readonly name: string; readonly account: Account }[]>>;
};

type Hold = { readonly nusd: Nusd; readonly names: Readonly<Record<BookKey, string>> };

/** Sums up a ledger event by event. A hold belongs to the run and the day it was taken in, whenever it is settled. */
export function createBooks(): { add(event: LedgerEvent): void; toBooks(): Books } {
  const total = createAccount();
  const groups: Record<BookKey, Map<string, Account>> = {
    run: new Map(),
    model: new Map(),
    mode: new Map(),
    loader: new Map(),
    day: new Map(),
  };
  const holds = new Map<string, Hold>();
  let run = "";
  let cap: Nusd | undefined;

  const addTo = (names: Hold["names"], change: (account: Account) => void) => {
    change(total);
    for (const key of BOOK_KEYS) {
      const name = names[key];
      const account = groups[key].get(name) ?? createAccount();
      groups[key].set(name, account);
      change(account);
    }
  };

  return {
    add(event) {
      if (event.t === "open") run = event.run;
      else if (event.t === "cap") cap = event.to;
      else if (event.t === "reserve") {
        const hold = {
          nusd: event.nusd,
          names: { run, model: event.model, mode: event.mode, loader: event.loader, day: toDay(event.at) },
        };
        holds.set(event.id, hold);
        addTo(hold.names, (account) => addHold(account, hold.nusd));
      } else if (event.t === "settle") {
        const hold = holds.get(event.id);
        // readLedger has checked that every settlement has its hold.
        if (!hold) throw new RangeError(`settlement of ${event.id}, which no line holds`);
        holds.delete(event.id);
        addTo(hold.names, (account) => settleHold(account, hold.nusd, event));
      } else if (event.t === "cached") {
        const names = { run, model: event.model, mode: "cache", loader: event.loader, day: toDay(event.at) };
        addTo(names, (account) => {
          account.cached += event.calls;
          account.saved = addNusd(account.saved, event.nusd);
        });
      }
    },
    toBooks: () => ({
      cap,
      total: { ...total, spent: toSpent(total) },
      by: {
        run: toGroups(groups.run),
        model: toGroups(groups.model),
        mode: toGroups(groups.mode),
        loader: toGroups(groups.loader),
        day: toGroups(groups.day),
      },
    }),
  };
}

/** What an account counts against the cap. */
export function toSpent({ open, settled, unknown }: Account): Nusd {
  return addNusd(open, settled, unknown);
}

function createAccount(): Account {
  return { calls: 0, reserved: 0, open: 0, settled: 0, unknown: 0, cached: 0, saved: 0, tokens_in: 0, tokens_out: 0 };
}

function addHold(account: Account, nusd: Nusd): void {
  account.calls++;
  account.reserved = addNusd(account.reserved, nusd);
  account.open = addNusd(account.open, nusd);
}

function settleHold(account: Account, held: Nusd, { why, nusd, usage }: LedgerEvent & { t: "settle" }): void {
  account.open -= held;
  if (why === "unknown" || why === "orphan") account.unknown = addNusd(account.unknown, nusd);
  else account.settled = addNusd(account.settled, nusd);
  if (!usage) return;
  account.tokens_in += usage.in + (usage.cache_read ?? 0) + (usage.cache_write_5m ?? 0) + (usage.cache_write_1h ?? 0);
  account.tokens_out += usage.out;
}

function toDay(at: string): string {
  return at.slice(0, 10);
}

function toGroups(accounts: ReadonlyMap<string, Account>): { name: string; account: Account }[] {
  return [...accounts].map(([name, account]) => ({ name, account })).sort((a, b) => (a.name < b.name ? -1 : 1));
}
