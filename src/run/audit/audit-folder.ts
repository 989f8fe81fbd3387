import { type Auc, toAuc } from "./auc.ts";
import type { AuditTier } from "./audit-case.ts";
import { type Contest, type Opponent, toContest } from "./contest.ts";
import type { DrawnGroup } from "./draw.ts";
import {
  AUC_MAX,
  type ContestSize,
  type JudgedAuc,
  judge,
  toFourDigits,
  toJudged,
  toVerdict,
  type Verdict,
} from "./judge.ts";
import { type Evidence, FIGURES, type Figure, type Measured, measure } from "./measure.ts";
import { nameBuckets } from "./name-buckets.ts";
import { readDraw } from "./read-draw.ts";
import { STRUCTURE_FEATURES } from "./structure-features.ts";
import { toTokenLift } from "./token-lift.ts";
import { toVocabulary, type Vocabulary } from "./vocabulary.ts";

/** Hostile plans drawn of each family unless said: 20,000 pairs is the least that the limits are meant for. */
export const PLANS_MAX = 20_000;
/** What all families together are called. */
export const MIXED = "mixed";

export type AuditOptions = { readonly plansMax?: number };

/** Something that tells hostile plans apart, with the share of each side's plans that have it (of a count, its means). */
export type NamedEvidence = { readonly name: string; readonly hostile: number; readonly permitted: number };

export type GateFigure = Partial<JudgedAuc> & {
  readonly auc_max: number;
  readonly verdict: Verdict;
  readonly evidence: readonly NamedEvidence[];
};

/** A family, or all mixed, against its twins: what the gate is about. */
export type GateEntry = ContestCounts & {
  readonly verdict: Verdict;
  readonly figures: Readonly<Record<Figure, GateFigure>>;
  readonly tokens: {
    readonly verdict: Verdict;
    /** How many are beyond the limits; the worst are named. */
    readonly count: number;
    readonly listed: readonly (NamedEvidence & { readonly lift: number })[];
  };
  readonly oracle: Oracle;
};

/** What who sees the context says: the energies, in Tier III the policy. `margin` is the least gain of a hostile plan less the largest of a permitted one. */
export type Oracle = { readonly verdict: Verdict; readonly auc: number; readonly margin: number };

/** A contest that nothing hangs on. */
export type InformationEntry = ContestCounts & {
  readonly against: Opponent;
  readonly figures: Readonly<Record<Figure, JudgedAuc | null>>;
};

type ContestCounts = {
  readonly subject: string;
  readonly hostile: number;
  readonly permitted: number;
  readonly parents: number;
};

export type AuditReport = {
  readonly tier: AuditTier;
  readonly verdict: Verdict;
  readonly records: number;
  readonly plans_max: number;
  /** Plans of those looked at whose record says another energy than is computed: one is enough to fail. */
  readonly energies_that_differ: number;
  readonly gate: readonly GateEntry[];
  readonly information: readonly InformationEntry[];
};

/**
 * Tries to tell hostile plans of a Tier II or Tier III folder from permitted ones without their meaning, by classifiers that see
 * the plan alone. Deterministic: the same parts give the same report, whatever their order. Reads only. Throws
 * DefinitionError if the folder has no parts, DamageError on a line that can't be read.
 */
export async function auditFolder(
  directory: string,
  { plansMax = PLANS_MAX }: AuditOptions = {},
): Promise<AuditReport> {
  const { tier, records, energiesThatDiffer, ...drawn } = await readDraw(directory, plansMax);
  const { vocabulary, groups } = toVocabulary(drawn.groups);
  const gate: GateEntry[] = [];
  const information: InformationEntry[] = [];
  for (const { subject, groups: ofSubject } of listSubjects(groups)) {
    gate.push(await auditSubject(subject, vocabulary, ofSubject, tier, information));
    if (subject !== MIXED) auditOperators(subject, vocabulary, ofSubject, information);
  }
  const verdict = energiesThatDiffer > 0 ? "fail" : toVerdict(gate.map((entry) => entry.verdict));
  return { tier, verdict, records, plans_max: plansMax, energies_that_differ: energiesThatDiffer, gate, information };
}

/** All families together, if there are several, and each of them by name. */
function listSubjects(groups: readonly DrawnGroup[]): { subject: string; groups: readonly DrawnGroup[] }[] {
  const byFamily = Map.groupBy(groups, ({ family }) => family);
  const families = [...byFamily.keys()].sort().map((subject) => ({ subject, groups: byFamily.get(subject) ?? [] }));
  return families.length > 1 ? [{ subject: MIXED, groups }, ...families] : families;
}

async function auditSubject(
  subject: string,
  vocabulary: Vocabulary,
  groups: readonly DrawnGroup[],
  tier: AuditTier,
  information: InformationEntry[],
): Promise<GateEntry> {
  const twins = toContest(vocabulary, groups, "twins");
  const permitted = tier === "tier2" ? toContest(vocabulary, groups, "permitted") : twins;
  const measured = measure(twins);
  if (tier === "tier2") {
    information.push(toInformation(subject, "permitted", permitted));
    information.push(toInformation(subject, "parents", toContest(vocabulary, groups, "parents")));
  }
  const lift = toTokenLift(permitted);
  const names = new Map<number, string>();
  await nameBuckets(listBuckets(FIGURES.flatMap((figure) => measured[figure].evidence)), twins, names);
  await nameBuckets(listBuckets(lift.tokens), permitted, names);
  const figures = toRecord((figure) => toGateFigure(measured[figure], AUC_MAX[tier][figure], toSize(twins), names));
  const tokens: GateEntry["tokens"] = {
    verdict: lift.count > 0 ? "fail" : lift.isLargeEnough ? "pass" : "undecided",
    count: lift.count,
    listed: lift.tokens.map((token) => ({ ...toNamed(token, names), lift: toFourDigits(token.lift) })),
  };
  const oracle = toOracle(permitted);
  const verdict = toVerdict([...FIGURES.map((figure) => figures[figure].verdict), tokens.verdict, oracle.verdict]);
  return { ...toCounts(subject, twins), verdict, figures, tokens, oracle };
}

/** Each operator of a family against its twins, where there are several. */
function auditOperators(
  subject: string,
  vocabulary: Vocabulary,
  groups: readonly DrawnGroup[],
  information: InformationEntry[],
): void {
  const operators = [...new Set(groups.flatMap(({ hostile }) => hostile.map(({ operator }) => operator)))].sort();
  if (operators.length < 2) return;
  for (const operator of operators) {
    information.push(
      toInformation(`${subject}/${operator}`, "twins", toContest(vocabulary, groups, "twins", operator)),
    );
  }
}

function toInformation(subject: string, against: Opponent, contest: Contest): InformationEntry {
  const measured = measure(contest);
  const figures = toRecord((figure) => {
    const { auc } = measured[figure];
    return auc === undefined ? null : toJudged(auc);
  });
  return { ...toCounts(subject, contest), against, figures };
}

function toGateFigure(
  { auc, evidence }: Measured,
  aucMax: number,
  size: ContestSize,
  names: ReadonlyMap<number, string>,
): GateFigure {
  const judged = auc && toJudged(auc);
  const verdict = judge(judged, aucMax, size);
  return { ...judged, auc_max: aucMax, verdict, evidence: evidence.map((one) => toNamed(one, names)) };
}

/** Energies (Tier III: the policy) must separate all hostile plans from all permitted ones. */
function toOracle(contest: Contest): Oracle {
  const { gains: scores, hostile, clusters } = contest;
  const auc: Auc | undefined = toAuc({ scores, hostile, clusters });
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  scores.forEach((gain, row) => {
    if (hostile[row] === 1) least = Math.min(least, gain);
    else most = Math.max(most, gain);
  });
  const verdict = auc === undefined ? "undecided" : least > most ? "pass" : "fail";
  return { verdict, auc: toFourDigits(auc?.auc ?? 0.5), margin: auc === undefined ? 0 : toFourDigits(least - most) };
}

function toNamed({ key, hostile, permitted }: Evidence, names: ReadonlyMap<number, string>): NamedEvidence {
  return { name: toName(key, names), hostile: toFourDigits(hostile), permitted: toFourDigits(permitted) };
}

function toName(key: Evidence["key"], names: ReadonlyMap<number, string>): string {
  if ("bucket" in key) return names.get(key.bucket) ?? `bucket ${key.bucket}`;
  const count = STRUCTURE_FEATURES[key.feature] as string;
  if (!("to" in key)) return `${count}, on average`;
  if (key.from === Number.NEGATIVE_INFINITY) return `${count} up to ${key.to}`;
  return key.to === Number.POSITIVE_INFINITY
    ? `${count} above ${key.from}`
    : `${count} above ${key.from} up to ${key.to}`;
}

function listBuckets(evidence: readonly Evidence[]): number[] {
  return evidence.flatMap(({ key }) => ("bucket" in key ? [key.bucket] : []));
}

function toCounts(subject: string, { hostile, clusters }: Contest): ContestCounts {
  const foes = hostile.reduce((sum, mark) => sum + mark, 0);
  return { subject, hostile: foes, permitted: hostile.length - foes, parents: (clusters.at(-1) ?? -1) + 1 };
}

function toSize({ hostile, clusters, testRows }: Contest): ContestSize {
  const testParents = new Set(Array.from(testRows, (row) => clusters[row])).size;
  return { hostile: hostile.reduce((sum, mark) => sum + mark, 0), testParents };
}

function toRecord<Value>(toValue: (figure: Figure) => Value): Record<Figure, Value> {
  return Object.fromEntries(FIGURES.map((figure) => [figure, toValue(figure)])) as Record<Figure, Value>;
}
