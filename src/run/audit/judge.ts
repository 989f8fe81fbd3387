import type { Auc } from "./auc.ts";
import type { AuditTier } from "./audit-case.ts";
import type { Figure } from "./measure.ts";

export type Verdict = "pass" | "fail" | "undecided";

/** What each figure may reach at most: docs/audit.md says why. */
export const AUC_MAX: Readonly<Record<AuditTier, Readonly<Record<Figure, number>>>> = {
  tier2: { structure: 0.55, masked: 0.6, full: 0.65, single: 0.6 },
  tier3: { structure: 0.6, masked: 0.6, full: 0.6, single: 0.6 },
};

/** Standard errors on each side of a 95 % interval. */
const INTERVAL = 1.96;
/** With an interval this narrow on each side the figure itself is compared, else its interval. */
const NARROW = 0.02;
/** Parents to measure with, below which nothing is said. */
const TEST_PARENTS_MIN = 50;
/** Hostile plans below which nothing passes: a classifier that has seen too little finds nothing. */
export const PLANS_MIN = 1500;

/** A figure by its distance from chance: an area below a half tells as much as one above, so it is turned around. */
export type JudgedAuc = {
  readonly auc: number;
  /** The ends of its 95 % interval. */
  readonly low: number;
  readonly high: number;
};

export type ContestSize = { readonly hostile: number; readonly testParents: number };

/** The distance of an area from chance, with its interval. */
export function toJudged({ auc, standardError }: Auc): JudgedAuc {
  const distance = Math.max(auc, 1 - auc);
  const reach = INTERVAL * standardError;
  return {
    auc: toFourDigits(distance),
    low: toFourDigits(Math.max(0.5, distance - reach)),
    high: toFourDigits(Math.min(1, distance + reach)),
  };
}

/** Whether a figure keeps to its limit, or too little was there to say so. */
export function judge(figure: JudgedAuc | undefined, aucMax: number, { hostile, testParents }: ContestSize): Verdict {
  if (figure === undefined || testParents < TEST_PARENTS_MIN) return "undecided";
  const { auc, low, high } = figure;
  const isNarrow = high - auc <= NARROW && auc - low <= NARROW;
  if (isNarrow ? auc > aucMax : low > aucMax) return "fail";
  const isWithin = isNarrow || high <= aucMax;
  return isWithin && hostile >= PLANS_MIN ? "pass" : "undecided";
}

/** One that fails makes all fail; without one, one that is undecided leaves all undecided. */
export function toVerdict(verdicts: Iterable<Verdict>): Verdict {
  const all = new Set(verdicts);
  return all.has("fail") ? "fail" : all.has("undecided") || all.size === 0 ? "undecided" : "pass";
}

export function toFourDigits(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
