/** One stratum: how many rows are still to come, and the values of those that were seen. */
export type Stratum = { readonly rows: number; readonly seen: readonly number[] };
export type Interval = { readonly low: number; readonly expected: number; readonly high: number };

/** Resamples of the bootstrap: its 2.5 % quantiles then stand on 50 values. */
const RESAMPLES = 2000;
/** Of the normal distribution. We ask 95 % of the formulas to get 90 % of the truth: they fall short on heavy tails. */
const Z = 1.96;
/** Standard errors that a bootstrap may ask for. Where two kinds of value meet it asks for hundreds: that says nothing. */
const SCORE_MAX = 6;

/**
 * The sum of a value over all rows still to come, from a stratified sample of rows already seen, with bounds that hold in
 * nine cases of ten also where the values have a heavy tail, and an expected value that is unbiased.
 *
 * It is the wider, on each side, of a t interval and a bootstrap-t interval (Efron 1981), which follows the skew of the
 * data: of a log-normal sample the upper side is the longer one. On top of the upper side comes what one more row in the
 * size of the sample could add, were it as large as `valueMax` or three times the largest seen, for a sample of n does
 * not show what befalls one row in n. Values seen must be a random sample of their stratum. Deterministic.
 */
export function toSumInterval(strata: readonly Stratum[], valueMax: number): Interval {
  const merged = mergeSmall(strata);
  const rows = merged.reduce((sum, stratum) => sum + stratum.rows, 0);
  const seen = merged.reduce((sum, stratum) => sum + stratum.seen.length, 0);
  if (seen === 0) throw new RangeError("an interval needs at least one value");
  const sample = toSum(merged.map(({ rows, seen }) => ({ rows, ...toMoments(seen) })));
  const freedom = Math.max(1, seen - merged.length);
  const t = toStudentQuantile(freedom);
  const [below, above] = freedom > 1 ? toBootstrapQuantiles(merged, sample) : [t, t];
  const guard = (rows / seen) * Math.max(0, Math.min(valueMax, 3 * toLargest(merged)) - sample.sum / Math.max(1, rows));
  return {
    low: sample.sum - Math.max(t, below) * sample.error,
    expected: sample.sum,
    high: sample.sum + Math.hypot(Math.max(t, above) * sample.error, guard),
  };
}

type Moments = { readonly count: number; readonly mean: number; readonly variance: number };

/** The predicted sum over the rows to come, and the standard deviation of what comes around it. */
function toSum(strata: readonly ({ readonly rows: number } & Moments)[]): { sum: number; error: number } {
  let [sum, variance] = [0, 0];
  for (const stratum of strata) {
    sum += stratum.rows * stratum.mean;
    // The mean's own error for all rows, and the rows' spread around it. It equals the finite population correction.
    variance += stratum.rows * stratum.variance * (stratum.rows / stratum.count + 1);
  }
  return { sum, error: Math.sqrt(variance) };
}

function toMoments(values: readonly number[]): Moments {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count: values.length, mean, variance: values.length > 1 ? squares / (values.length - 1) : 0 };
}

/** How far the sample's sum lies above, and below, the truth at worst, in standard errors, as resampling it shows. */
function toBootstrapQuantiles(strata: readonly Stratum[], sample: { sum: number }): [number, number] {
  const random = createRandom(0x9e3779b9);
  const scores = Float64Array.from({ length: RESAMPLES }, () => {
    const { sum, error } = toSum(strata.map(({ rows, seen }) => ({ rows, ...toResampledMoments(seen, random) })));
    return error > 0 ? (sum - sample.sum) / error : 0;
  }).sort();
  const at = (part: number) => scores[Math.floor(RESAMPLES * part)] ?? 0;
  return [Math.min(SCORE_MAX, at(0.975)), Math.min(SCORE_MAX, -at(0.025))];
}

/** Moments of as many values drawn with replacement. Counted from the first value, so that no digits cancel out. */
function toResampledMoments(values: readonly number[], random: () => number): Moments {
  const [count, origin] = [values.length, values[0] ?? 0];
  let [sum, squares] = [0, 0];
  for (let i = 0; i < count; i++) {
    const value = (values[Math.floor(random() * count)] as number) - origin;
    sum += value;
    squares += value * value;
  }
  const variance = count > 1 ? Math.max(0, squares - (sum * sum) / count) / (count - 1) : 0;
  return { count, mean: origin + sum / count, variance };
}

/** Strata of fewer than four seen values joined with the next one up (the last with the one below it). */
function mergeSmall(strata: readonly Stratum[]): Stratum[] {
  const merged: Stratum[] = [];
  let waiting: Stratum = { rows: 0, seen: [] };
  for (const stratum of strata) {
    waiting = { rows: waiting.rows + stratum.rows, seen: [...waiting.seen, ...stratum.seen] };
    if (waiting.seen.length < 4) continue;
    merged.push(waiting);
    waiting = { rows: 0, seen: [] };
  }
  if (waiting.rows === 0 && waiting.seen.length === 0) return merged;
  const last = merged.pop() ?? { rows: 0, seen: [] };
  return [...merged, { rows: last.rows + waiting.rows, seen: [...last.seen, ...waiting.seen] }];
}

function toLargest(strata: readonly Stratum[]): number {
  return strata.reduce((largest, { seen }) => seen.reduce((a, b) => Math.max(a, b), largest), 0);
}

/** The 97.5 % quantile of Student's t (Abramowitz and Stegun 26.7.5); below three degrees of freedom the true values. */
function toStudentQuantile(freedom: number): number {
  if (freedom < 3) return freedom === 1 ? 12.706 : 4.303;
  const [first, second] = [(Z ** 3 + Z) / 4, (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96];
  return Z + first / freedom + second / freedom ** 2;
}

/** Uniform numbers from 0 to 1 (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
