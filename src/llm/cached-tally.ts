import type { NewLedgerEvent } from "./ledger.ts";
import type { Nusd } from "./money.ts";

/** Uses of stored replies between two entries in the ledger: what a kill loses at most of a tally that no money hangs on. */
const USES_MAX = 4096;

/** Counts the replies that did not have to be bought, and what that saved, by loader. */
export class CachedTally {
  readonly #model: string;
  #byLoader = new Map<string, { calls: number; nusd: Nusd }>();
  #uses = 0;

  constructor(model: string) {
    this.#model = model;
  }

  add(loader: string, nusd: Nusd): void {
    const tally = this.#byLoader.get(loader) ?? { calls: 0, nusd: 0 };
    tally.calls += 1;
    tally.nusd += nusd;
    this.#byLoader.set(loader, tally);
    this.#uses += 1;
  }

  get isDue(): boolean {
    return this.#uses >= USES_MAX;
  }

  /** What was counted since the last time, as events for the ledger. */
  take(): NewLedgerEvent[] {
    const events = [...this.#byLoader].map(([loader, tally]) => ({
      t: "cached" as const,
      model: this.#model,
      loader,
      ...tally,
    }));
    this.#byLoader = new Map();
    this.#uses = 0;
    return events;
  }
}
