import type { Estimate } from "./estimate.ts";
import { formatUsd, type Nusd } from "./money.ts";

export type ApprovalInput = {
  /** False for a model that costs nothing: `isPaid` of its price. */
  readonly paid: boolean;
  readonly estimate: Pick<Estimate, "rows" | "nusd">;
  /** The ledger's cap, if it has one. */
  readonly capNusd: Nusd | undefined;
  /** What the ledger counts against it already: settled and held. */
  readonly spentNusd: Nusd;
  /** `--partial`: as many rows as fit. */
  readonly partial: boolean;
};

/** Whether a run may ask its rows. `exitCode`: 3 wants a cap, 4 wants a higher one or --partial. */
export type Approval =
  | { readonly verdict: "all" }
  | { readonly verdict: "partial"; readonly availableNusd: Nusd }
  | { readonly verdict: "refused"; readonly exitCode: 3 | 4; readonly reason: string };

/**
 * Nothing that costs money is asked without a cap, and no run begins that will probably end at it: what counts is the
 * high end of the estimate. Rows whose replies are all in the cache need neither. The gate keeps the cap in any case.
 */
export function approve({ paid, estimate, capNusd, spentNusd, partial }: ApprovalInput): Approval {
  const { low, high } = estimate.nusd;
  if (!paid || estimate.rows === 0) return { verdict: "all" };
  if (capNusd === undefined) {
    const reason = `asking ${estimate.rows} rows would cost ${formatUsd(low)} to ${formatUsd(high)}. Nothing was sent. Allow an amount with --max-cost USD.`;
    return { verdict: "refused", exitCode: 3, reason };
  }
  const availableNusd = Math.max(0, capNusd - spentNusd);
  if (high <= availableNusd) return { verdict: "all" };
  if (partial) return { verdict: "partial", availableNusd };
  const reason = `asking ${estimate.rows} rows may cost ${formatUsd(high)}, but of the cap of ${formatUsd(capNusd)} only ${formatUsd(availableNusd)} is left. Nothing was sent. Raise --max-cost, or take as many rows as fit with --partial.`;
  return { verdict: "refused", exitCode: 4, reason };
}

/** A row for a partial run: its place in the order of the seed (toRowRank), and its tokens in by the local count. */
export type RankedRows = { readonly ranks: Float64Array; readonly tokensIn: Uint32Array };

/**
 * How many rows fit, and the rank up to which rows are taken (-1 for none). Rows are taken in the order of their rank, so
 * more money takes the same rows and more. Each counts its share of the estimate's high end: for its tokens in what they
 * cost, the rest in equal parts.
 */
export function fitRows(
  rows: RankedRows,
  {
    estimate,
    availableNusd,
    nusdPerTokenIn,
  }: { estimate: Pick<Estimate, "rows" | "nusd">; availableNusd: Nusd; nusdPerTokenIn: Nusd },
): { rows: number; rankMax: number } {
  const order = Uint32Array.from(rows.ranks.keys()).sort((a, b) => (rows.ranks[a] ?? 0) - (rows.ranks[b] ?? 0));
  const input = rows.tokensIn.reduce((sum, tokens) => sum + tokens, 0) * nusdPerTokenIn;
  const each = Math.max(0, estimate.nusd.high - input) / Math.max(1, estimate.rows);
  const scale = input > estimate.nusd.high ? estimate.nusd.high / input : 1;
  let [taken, rankMax, cost] = [0, -1, 0];
  for (const row of order) {
    cost += (rows.tokensIn[row] ?? 0) * nusdPerTokenIn * scale + each;
    // Sums of doubles: what fits to nine digits fits. The gate counts to the nano-dollar.
    if (cost * (1 - 1e-9) > availableNusd) break;
    taken++;
    rankMax = rows.ranks[row] ?? rankMax;
  }
  return { rows: taken, rankMax };
}
