import { type Auc, toArea, toAuc } from "./auc.ts";
import type { Contest } from "./contest.ts";
import { type ColumnKey, toDesign, VIEWS, type ViewDesign } from "./design.ts";
import { toScore, trainLogistic } from "./logistic.ts";
import { STRUCTURE_FEATURES } from "./structure-features.ts";

/** What is measured of a contest: a classifier per view, and the one feature that alone tells most. */
export const FIGURES = [...VIEWS, "single"] as const;
export type Figure = (typeof FIGURES)[number];

/** A feature that tells the sides apart, with the share of each side's plans that have it; for a count, its means. */
export type Evidence = {
  readonly key: ColumnKey | { readonly feature: number };
  readonly hostile: number;
  readonly permitted: number;
};
export type Measured = {
  readonly auc: Auc | undefined;
  /** What the classifier goes by, the most telling first. */
  readonly evidence: readonly Evidence[];
};

const EVIDENCE_MAX = 5;

/** Learns from the parents to train with and measures with the others. */
export function measure(contest: Contest): Readonly<Record<Figure, Measured>> {
  const { trainRows, testRows, hostile } = contest;
  const hostileCount = trainRows.reduce((sum, row) => sum + (hostile[row] as number), 0);
  if (hostileCount === 0 || hostileCount === trainRows.length || testRows.length === 0) {
    const nothing: Measured = { auc: undefined, evidence: [] };
    return { structure: nothing, masked: nothing, full: nothing, single: nothing };
  }
  const structure = measureView(contest, toDesign(contest, "structure"));
  const masked = measureView(contest, toDesign(contest, "masked"));
  const design = toDesign(contest, "full");
  return { structure, masked, full: measureView(contest, design), single: measureSingle(contest, design) };
}

function measureView(contest: Contest, design: ViewDesign): Measured {
  const weights = trainLogistic(design, contest, contest.trainRows);
  const auc = scoreTest(contest, (row) => toScore(design, weights, row));
  const { hostile, permitted } = toShares(contest, design, contest.hostile.keys());
  const evidence = listTop(
    weights.subarray(0, design.width).map((weight, column) => {
      const share = ((hostile[column] as number) + (permitted[column] as number)) / 2;
      return Math.abs(weight) * Math.sqrt(share * (1 - share));
    }),
    EVIDENCE_MAX,
  );
  return { auc, evidence: evidence.map((column) => toEvidence(design, column, hostile, permitted)) };
}

/** Chosen by the rows to train with and measured by the others, so that being the best of thousands is no merit. */
function measureSingle(contest: Contest, design: ViewDesign): Measured {
  const learned = toShares(contest, design, contest.trainRows);
  const reach = learned.hostile.map((share, column) => Math.abs(share - (learned.permitted[column] as number)) / 2);
  const [column] = listTop(reach, 1);
  const counts = Float64Array.from(STRUCTURE_FEATURES, (_, feature) => {
    const { features, hostile, trainRows } = contest;
    return Math.abs(toArea(trainRows, hostile, (row) => features[row]?.structure[feature] ?? 0) - 0.5);
  });
  const [feature] = listTop(counts, 1);
  if (feature !== undefined && (counts[feature] as number) > (column === undefined ? 0 : (reach[column] as number))) {
    const value = (row: number) => contest.features[row]?.structure[feature] ?? 0;
    return { auc: scoreTest(contest, value), evidence: [{ key: { feature }, ...toMeans(contest, value) }] };
  }
  if (column === undefined) return { auc: scoreTest(contest, () => 0), evidence: [] };
  const auc = scoreTest(contest, (row) => (hasColumn(design, row, column) ? 1 : 0));
  const { hostile, permitted } = toShares(contest, design, contest.hostile.keys());
  return { auc, evidence: [toEvidence(design, column, hostile, permitted)] };
}

function scoreTest({ testRows, hostile, clusters }: Contest, toRowScore: (row: number) => number): Auc | undefined {
  return toAuc({
    scores: Float64Array.from(testRows, toRowScore),
    hostile: Uint8Array.from(testRows, (row) => hostile[row] as number),
    clusters: Int32Array.from(testRows, (row) => clusters[row] as number),
  });
}

type Shares = { readonly hostile: Float64Array; readonly permitted: Float64Array };

/** Of each column, the share of the rows of each side that have it. */
function toShares({ hostile }: Contest, { start, columns, width }: ViewDesign, rows: Iterable<number>): Shares {
  const counts = [new Float64Array(width), new Float64Array(width)] as const;
  const rowCounts: [number, number] = [0, 0];
  for (const row of rows) {
    const side = hostile[row] as 0 | 1;
    rowCounts[side]++;
    for (let at = start[row] as number; at < (start[row + 1] as number); at++) {
      const column = columns[at] as number;
      counts[side][column] = (counts[side][column] as number) + 1;
    }
  }
  const [permitted, foes] = counts.map((ofSide, side) => ofSide.map((count) => count / (rowCounts[side] as number)));
  return { hostile: foes as Float64Array, permitted: permitted as Float64Array };
}

function toMeans({ hostile }: Contest, value: (row: number) => number): { hostile: number; permitted: number } {
  const sums: [number, number] = [0, 0];
  const rows: [number, number] = [0, 0];
  hostile.forEach((mark, row) => {
    sums[mark as 0 | 1] += value(row);
    rows[mark as 0 | 1]++;
  });
  return { hostile: sums[1] / rows[1], permitted: sums[0] / rows[0] };
}

function toEvidence(
  design: ViewDesign,
  column: number,
  hostile: Shares["hostile"],
  permitted: Shares["permitted"],
): Evidence {
  return {
    key: design.keys[column] as ColumnKey,
    hostile: hostile[column] as number,
    permitted: permitted[column] as number,
  };
}

function hasColumn({ start, columns }: ViewDesign, row: number, column: number): boolean {
  return columns.subarray(start[row], start[row + 1]).includes(column);
}

/** The places of the largest scores, of equal ones the first. */
function listTop(scores: Float64Array, most: number): number[] {
  const top: number[] = [];
  scores.forEach((score, at) => {
    if (top.length === most && score <= (scores[top.at(-1) as number] as number)) return;
    const place = top.findIndex((other) => score > (scores[other] as number));
    top.splice(place === -1 ? top.length : place, 0, at);
    top.length = Math.min(top.length, most);
  });
  return top;
}
