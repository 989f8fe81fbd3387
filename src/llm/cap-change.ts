import { DefinitionError } from "#contract";
import type { NewLedgerEvent } from "./ledger.ts";
import type { LedgerFold } from "./ledger-fold.ts";
import { assertNusd, formatUsd, type Nusd } from "./money.ts";

export type CapWish = {
  /** The cap that this run was given; undefined leaves it as it is. */
  readonly capNusd?: Nusd | undefined;
  /** Allows a cap above the recorded one. */
  readonly raiseCap?: boolean | undefined;
  /** Who changes it, and why: it is recorded. */
  readonly by: string;
};

/**
 * The events that make the ledger's cap what is wished: none, a first cap, a lower one, or a higher one if that was asked
 * for in so many words. Throws DefinitionError for a higher one that was not: a forgotten option in a script must not undo
 * a limit that somebody set.
 */
export function toCapEvents(fold: LedgerFold, { capNusd, raiseCap = false, by }: CapWish): NewLedgerEvent[] {
  if (capNusd === undefined || capNusd === fold.capNusd) return [];
  assertNusd(capNusd, "a cap");
  if (fold.capNusd !== undefined && capNusd > fold.capNusd && !raiseCap) {
    throw new DefinitionError(
      `--max-cost ${formatUsd(capNusd)} is above the ledger's cap of ${formatUsd(fold.capNusd)}, which holds for all runs together (${formatUsd(fold.settledNusd)} spent so far). Add --raise-cap to raise it, or leave --max-cost out to go on under it.`,
    );
  }
  return [{ t: "cap", from: fold.capNusd ?? null, to: capNusd, by }];
}
