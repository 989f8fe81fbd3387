/** An area under the ROC curve with its standard error. */
export type Auc = {
  /** Probability that a hostile plan scores above a permitted one; equal scores count half. */
  readonly auc: number;
  readonly standardError: number;
};

/** Scores with what each is of. All three have the same length; `clusters` are whole numbers from 0. */
export type Scored = {
  readonly scores: Float64Array;
  /** 1 for hostile, 0 for permitted. */
  readonly hostile: Uint8Array;
  /** Plans of one parent share a cluster: they are no independent evidence. */
  readonly clusters: Int32Array;
};

/**
 * The exact area by ranks, and its standard error by DeLong's placements summed per cluster (Obuchowski, Biometrics 53,
 * 1997), which with clusters of one plan is DeLong's own. Undefined where a side or all but one cluster is missing.
 */
export function toAuc({ scores, hostile, clusters }: Scored): Auc | undefined {
  const hostileCount = hostile.reduce((sum, mark) => sum + mark, 0);
  const permittedCount = hostile.length - hostileCount;
  if (hostileCount === 0 || permittedCount === 0) return undefined;
  const placements = toPlacements(scores, hostile, hostileCount, permittedCount);
  let auc = 0;
  for (let i = 0; i < hostile.length; i++) if (hostile[i] === 1) auc += placements[i] as number;
  auc /= hostileCount;
  const variance = toVariance(placements, hostile, clusters, auc, hostileCount, permittedCount);
  return variance === undefined ? undefined : { auc, standardError: Math.sqrt(variance) };
}

/** The exact area where the scores are few: values are counted, not sorted. A half where a side is missing. */
export function toArea(rows: Int32Array, hostile: Uint8Array, toRowScore: (row: number) => number): number {
  const counts = new Map<number, [permitted: number, hostile: number]>();
  for (const row of rows) {
    const score = toRowScore(row);
    const count = counts.get(score) ?? [0, 0];
    counts.set(score, count);
    count[hostile[row] as 0 | 1]++;
  }
  let [permittedBelow, hostileBelow, wins] = [0, 0, 0];
  for (const [, [permitted, foes]] of [...counts].sort(([a], [b]) => a - b)) {
    wins += foes * (permittedBelow + permitted / 2);
    permittedBelow += permitted;
    hostileBelow += foes;
  }
  return permittedBelow === 0 || hostileBelow === 0 ? 0.5 : wins / (permittedBelow * hostileBelow);
}

/** Of a hostile plan the share of permitted ones below it, of a permitted plan the share of hostile ones above it. */
function toPlacements(
  scores: Float64Array,
  hostile: Uint8Array,
  hostileCount: number,
  permittedCount: number,
): Float64Array {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => (scores[a] as number) - (scores[b] as number));
  const placements = new Float64Array(scores.length);
  let [hostileBelow, permittedBelow] = [0, 0];
  for (let start = 0; start < order.length; ) {
    let end = start;
    let hostileHere = 0;
    const score = scores[order[start] as number];
    while (end < order.length && scores[order[end] as number] === score) {
      hostileHere += hostile[order[end++] as number] as number;
    }
    const permittedHere = end - start - hostileHere;
    const above = hostileCount - hostileBelow - hostileHere;
    for (let at = start; at < end; at++) {
      const i = order[at] as number;
      placements[i] =
        hostile[i] === 1
          ? (permittedBelow + permittedHere / 2) / permittedCount
          : (above + hostileHere / 2) / hostileCount;
    }
    hostileBelow += hostileHere;
    permittedBelow += permittedHere;
    start = end;
  }
  return placements;
}

function toVariance(
  placements: Float64Array,
  hostile: Uint8Array,
  clusters: Int32Array,
  auc: number,
  hostileCount: number,
  permittedCount: number,
): number | undefined {
  const clusterCount = clusters.reduce((most, cluster) => Math.max(most, cluster), -1) + 1;
  // Per cluster and side, how far its placements lie from the mean, summed.
  const apart = [new Float64Array(clusterCount), new Float64Array(clusterCount)] as const;
  const present = [new Uint8Array(clusterCount), new Uint8Array(clusterCount)] as const;
  for (let i = 0; i < placements.length; i++) {
    const side = hostile[i] as 0 | 1;
    const cluster = clusters[i] as number;
    apart[side][cluster] = (apart[side][cluster] as number) + (placements[i] as number) - auc;
    present[side][cluster] = 1;
  }
  let [hostileSquares, permittedSquares, products] = [0, 0, 0];
  let [hostileClusters, permittedClusters, all] = [0, 0, 0];
  for (let cluster = 0; cluster < clusterCount; cluster++) {
    const [permitted, foe] = [apart[0][cluster] as number, apart[1][cluster] as number];
    permittedSquares += permitted ** 2;
    hostileSquares += foe ** 2;
    products += permitted * foe;
    permittedClusters += present[0][cluster] as number;
    hostileClusters += present[1][cluster] as number;
    all += (present[0][cluster] as number) | (present[1][cluster] as number);
  }
  if (hostileClusters < 2 || permittedClusters < 2) return undefined;
  const variance =
    (hostileClusters / (hostileClusters - 1)) * (hostileSquares / hostileCount ** 2) +
    (permittedClusters / (permittedClusters - 1)) * (permittedSquares / permittedCount ** 2) +
    (2 * all * products) / ((all - 1) * hostileCount * permittedCount);
  return Math.max(0, variance);
}
