import type { Contest } from "./contest.ts";
import type { Design } from "./logistic.ts";
import type { PlanFeatures } from "./plan-features.ts";
import { STRUCTURE_FEATURES } from "./structure-features.ts";
import { TOKEN_PARENTS_MIN } from "./vocabulary.ts";

/** What a classifier is shown: shapes; names and kinds of values; everything in the plan. */
export const VIEWS = ["structure", "masked", "full"] as const;
export type View = (typeof VIEWS)[number];

const BINS = 16;

/** What a column stands for: a range of a count of the structure, or a token by its bucket. */
export type ColumnKey =
  | { readonly feature: number; readonly from: number; readonly to: number }
  | { readonly bucket: number };

export type ViewDesign = Design & { readonly keys: readonly ColumnKey[] };

/** The rows of a contest in a view. Which columns there are is learned from the rows to train with. */
export function toDesign(contest: Contest, view: View): ViewDesign {
  return view === "structure" ? toStructureDesign(contest) : toTokenDesign(contest, view);
}

function toStructureDesign({ features, trainRows }: Contest): ViewDesign {
  const keys: ColumnKey[] = [];
  const first: number[] = [];
  const ends = STRUCTURE_FEATURES.map((_, feature) => {
    // A loop, because `from` with a function takes ten times as long.
    const values = new Float64Array(trainRows.length);
    trainRows.forEach((row, at) => {
      values[at] = (features[row] as PlanFeatures).structure[feature] as number;
    });
    const bounds = toBounds(values);
    first.push(keys.length);
    bounds.forEach((to, bin) => {
      keys.push({ feature, from: bin === 0 ? Number.NEGATIVE_INFINITY : (bounds[bin - 1] as number), to });
    });
    return bounds;
  });
  const { length: width } = ends;
  const columns = new Int32Array(features.length * width);
  features.forEach(({ structure }, row) => {
    ends.forEach((bounds, feature) => {
      const bin = bounds.findIndex((to) => (structure[feature] as number) <= to);
      columns[row * width + feature] = (first[feature] as number) + bin;
    });
  });
  const start = Int32Array.from({ length: features.length + 1 }, (_, row) => row * width);
  return { start, columns, width: keys.length, keys };
}

/** Upper ends of bins with about equally many values each; the last is endless. */
function toBounds(values: Float64Array): number[] {
  values.sort();
  const ends = new Set<number>();
  for (let bin = 1; bin < BINS; bin++) ends.add(values[Math.floor((bin * values.length) / BINS)] as number);
  ends.delete(values.at(-1) as number);
  return [...ends, Number.POSITIVE_INFINITY];
}

function toTokenDesign(contest: Contest, view: "masked" | "full"): ViewDesign {
  const { features, vocabulary } = contest;
  const isColumn = toColumns(contest);
  const keys: ColumnKey[] = [];
  const columnOf = new Int32Array(isColumn.length);
  const masked = features.map((one) => one.masked);
  const words = view === "full" ? features.map((one) => one.words) : [];
  for (const list of [masked, words]) {
    for (const numbers of list) for (const number of numbers) columnOf[number] = isColumn[number] as number;
  }
  columnOf.forEach((mark, number) => {
    if (mark === 1) columnOf[number] = keys.push({ bucket: vocabulary.buckets[number] as number });
  });
  const start = new Int32Array(features.length + 1);
  const columns = new Int32Array(features.reduce((sum, one) => sum + one.masked.length + one.words.length, 0));
  let end = 0;
  features.forEach((_, row) => {
    for (const numbers of [masked[row], words[row]]) {
      for (const number of numbers ?? []) {
        const column = columnOf[number] as number;
        if (column > 0) columns[end++] = column - 1;
      }
    }
    start[row + 1] = end;
  });
  return { start, columns: columns.subarray(0, end), width: keys.length, keys };
}

/** 1 for each token that enough parents to train with have, though not all their plans. */
function toColumns({ features, trainRows, clusters, vocabulary }: Contest): Uint8Array {
  const size = vocabulary.buckets.length;
  const [parents, plans, latest] = [new Int32Array(size), new Int32Array(size), new Int32Array(size).fill(-1)];
  for (const row of trainRows) {
    const { masked, words } = features[row] as PlanFeatures;
    const cluster = clusters[row] as number;
    for (const numbers of [masked, words]) {
      for (const number of numbers) {
        plans[number] = (plans[number] as number) + 1;
        if (latest[number] === cluster) continue;
        latest[number] = cluster;
        parents[number] = (parents[number] as number) + 1;
      }
    }
  }
  return Uint8Array.from(parents, (count, number) =>
    count >= TOKEN_PARENTS_MIN && (plans[number] as number) < trainRows.length ? 1 : 0,
  );
}
