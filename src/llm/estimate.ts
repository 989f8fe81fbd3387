import type { Census } from "./estimate-census.ts";
import { type Interval, type Stratum, toSumInterval } from "./estimate-interval.ts";
import { toStrataBounds, toStratum, toStratumCount } from "./estimate-strata.ts";
import type { Nusd } from "./money.ts";
import { type CallMode, type ModelPrice, toCost, toCostMax, type Usage } from "./prices.ts";

/** A row that was asked: its local count, what the vendor counted, and the second question if the first answer was unfit. */
export type ProbeRow = {
  readonly tokensIn: number;
  readonly usage: Usage;
  readonly reask?: Usage | undefined;
};

export type EstimateInput = {
  readonly census: Census;
  /** Rows already asked, a random sample within each length (see chooseProbe). None: the estimate rests on assumptions. */
  readonly probe: readonly ProbeRow[];
  /** Where those come from, "probe" unless said. */
  readonly origin?: Exclude<EstimateSource, "assumed"> | undefined;
  /** False for replies of earlier runs that nobody has chosen by chance, such as those to a dataset's first rows. */
  readonly chosen?: boolean | undefined;
  readonly price: ModelPrice;
  readonly mode: CallMode;
  /** Tokens an answer may have at most. */
  readonly maxTokens: number;
  /** Error of the local count where no probe has shown the true one (TokenCounter.error): 0.2 means 20 % either way. */
  readonly countError: number;
};

/**
 * What an estimate rests on: a probe made for it; `ledger`, replies that earlier runs have paid for; `borrowed`, a probe of
 * another model, which may count and answer differently; or assumptions.
 */
export type EstimateSource = "probe" | "ledger" | "borrowed" | "assumed";

/** What asking the rows of a census would cost: nine times in ten between `low` and `high`, never above `worst`. */
export type Estimate = {
  /** Where tokens out and the true count of tokens in come from. */
  readonly source: EstimateSource;
  /** Replies it rests on. */
  readonly n: number;
  readonly rows: number;
  readonly cached: number;
  readonly tokens_in: number;
  readonly tokens_out: number;
  /** Part of the rows asked a second time, expected and at most (95 %). */
  readonly reasks: { readonly expected: number; readonly high: number };
  /** Nano-dollars. */
  readonly nusd: { readonly low: Nusd; readonly expected: Nusd; readonly high: Nusd; readonly worst: Nusd };
};

/** Without a probe: the tokens an answer is taken to have, unless fewer are allowed. The ancestor's had 280. */
const ASSUMED_OUT = { low: 60, expected: 280 };
/** A second question costs more than the first: it shows the answer and what is wrong with it. Where none was seen. */
const ASSUMED_REASK_COST = 1.5;
/** How much another model's answers may differ in length from those of the probe. */
const BORROWED_ERROR = 0.3;
/** The same where the rows that were seen are not a sample by chance. */
const UNCHOSEN_ERROR = 0.1;

/** Estimates one model in one mode. Pure; the same numbers come out for the same input anywhere. */
export function estimate(input: EstimateInput): Estimate {
  const { census, probe, price } = input;
  const rows = census.tokensIn.length;
  const tokensIn = census.tokensIn.reduce((sum, tokens) => sum + tokens, 0);
  const source = probe.length === 0 ? "assumed" : (input.origin ?? "probe");
  const counted = sumCosts(census.tokensIn, (tokens) => toCost(price, { in: tokens, out: 0 }, "direct"), price);
  const rest = source === "assumed" ? assumeRest(input) : probeRest(input);
  const first = { low: counted + rest.low, expected: counted + rest.expected, high: counted + rest.high };
  const reasks = toReaskRate(input);
  const factor = input.mode === "batch" ? (price.batch_multiplier ?? 1) : 1;
  const worst = toWorst(input);
  const wide = widen(first, reasks, toCountError(input, source, counted, rest.expected));
  const clamp = (cost: number) => Math.min(worst, Math.max(0, cost * factor));
  return {
    source,
    n: probe.length,
    rows,
    cached: census.cached,
    tokens_in: Math.round(tokensIn * toBilledRatio(probe, source)),
    tokens_out: Math.round(rows * toMeanOut(input)),
    reasks: { expected: reasks.expected, high: reasks.high },
    nusd: {
      low: Math.floor(clamp(wide.low)),
      expected: Math.round(clamp(wide.expected)),
      high: Math.ceil(clamp(wide.high)),
      worst,
    },
  };
}

/** What the first question of each row costs beyond its counted tokens in, from the probe: answers, and miscounts. */
function probeRest({ census, probe, price, maxTokens }: EstimateInput): Interval {
  const lengths = new Uint32Array(census.tokensIn.length + probe.length);
  lengths.set(census.tokensIn);
  lengths.set(
    Uint32Array.from(probe, ({ tokensIn }) => tokensIn),
    census.tokensIn.length,
  );
  const bounds = toStrataBounds(lengths, toStratumCount(probe.length));
  const strata: (Stratum & { seen: number[] })[] = Array.from({ length: bounds.length + 1 }, () => ({
    rows: 0,
    seen: [],
  }));
  const counts = new Array<number>(bounds.length + 1).fill(0);
  for (const tokens of census.tokensIn) counts[toStratum(tokens, bounds)]!++;
  for (const { tokensIn, usage } of probe) {
    const rest = toCost(price, usage, "direct") - toCost(price, { in: tokensIn, out: 0 }, "direct");
    strata[toStratum(tokensIn, bounds)]?.seen.push(rest);
  }
  const filled = strata.map(({ seen }, index) => ({ rows: counts[index] ?? 0, seen }));
  return toSumInterval(filled, toCostMax(price, { tokensIn: 0, tokensOut: maxTokens }, "direct"));
}

function assumeRest({ census, price, maxTokens }: EstimateInput): Interval {
  const cost = (tokens: number) =>
    census.tokensIn.length * toCost(price, { in: 0, out: Math.min(maxTokens, tokens) }, "direct");
  return { low: cost(ASSUMED_OUT.low), expected: cost(ASSUMED_OUT.expected), high: cost(maxTokens) };
}

/** Part of the probe asked twice, by Jeffreys' rule, with a Wilson bound; and what a second question costs of a first. */
function toReaskRate({ probe, price }: EstimateInput): { low: number; expected: number; high: number; cost: number } {
  const asked = probe.filter(({ reask }) => reask !== undefined);
  const rows = probe.length;
  if (rows === 0) return { low: 0, expected: 0.02, high: 0.1, cost: ASSUMED_REASK_COST };
  const part = asked.length / rows;
  const z = 1.96;
  const middle = (part + z ** 2 / (2 * rows)) / (1 + z ** 2 / rows);
  const half = (z / (1 + z ** 2 / rows)) * Math.sqrt((part * (1 - part)) / rows + z ** 2 / (4 * rows ** 2));
  const cost = (usage: Usage | undefined) => (usage ? toCost(price, usage, "direct") : 0);
  const ratio = asked.reduce((sum, { usage, reask }) => sum + cost(reask) / Math.max(1, cost(usage)), 0);
  return {
    low: Math.max(0, middle - half),
    expected: (asked.length + 0.5) / (rows + 1),
    high: Math.min(1, middle + half),
    cost: (ratio + ASSUMED_REASK_COST) / (asked.length + 1),
  };
}

/** The bounds with the uncertainty of re-asks and of counts added, each side as independent errors add: by squares. */
function widen(first: Interval, reasks: ReturnType<typeof toReaskRate>, countError: number): Interval {
  const expected = first.expected * (1 + reasks.expected * reasks.cost);
  const share = (error: number) => first.expected * error * reasks.cost;
  return {
    low: expected - Math.hypot(first.expected - first.low, share(reasks.expected - reasks.low), countError),
    expected,
    high: expected + Math.hypot(first.high - first.expected, share(reasks.high - reasks.expected), countError),
  };
}

/** Cost that count and answers may be off by. A probe of the same model has both among its values already. */
function toCountError(
  { countError, chosen = true }: EstimateInput,
  source: EstimateSource,
  counted: number,
  rest: number,
): number {
  if (source === "assumed") return counted * countError;
  if (source === "borrowed") return Math.hypot(counted * countError, rest * BORROWED_ERROR);
  return chosen ? 0 : rest * UNCHOSEN_ERROR;
}

/** The sum of all holds: each row's question, and once again with its answer and what was wrong with it. */
function toWorst({ census, price, mode, maxTokens }: EstimateInput): Nusd {
  const reask = toReaskTokensMax(maxTokens);
  const cost = (tokensIn: number) =>
    toCostMax(price, { tokensIn, tokensOut: maxTokens }, "direct") +
    toCostMax(price, { tokensIn: tokensIn + reask, tokensOut: maxTokens }, "direct");
  const direct = sumCosts(census.tokensInMax, cost, price, reask);
  // A batch's price is rounded up call by call, by less than a nano-dollar each.
  const batch = Math.ceil(direct * (price.batch_multiplier ?? 1)) + 2 * census.tokensInMax.length;
  return Math.min(Number.MAX_SAFE_INTEGER, mode === "batch" ? batch : direct);
}

/** Tokens that a second question may have beyond the first: the answer, counted anew, and the reason. */
export function toReaskTokensMax(maxTokens: number): number {
  return 2 * maxTokens + 4096;
}

/**
 * The sum of a cost over many lengths. The cost is a straight line between the bounds of the price's tiers, so two values
 * of it for each stretch are enough for millions of rows. `shift`: how far before a bound the line may break as well.
 */
function sumCosts(lengths: Uint32Array, cost: (tokens: number) => number, price: ModelPrice, shift = 0): number {
  const breaks = [
    ...new Set(price.tiers.flatMap(({ above_in_tokens: above }) => [above, Math.max(0, above - shift)])),
  ].sort((a, b) => a - b);
  const stretches = Array.from({ length: breaks.length + 1 }, () => ({ rows: 0, tokens: 0 }));
  for (const length of lengths) {
    const stretch = stretches[toStratum(length, breaks)]!;
    stretch.rows++;
    stretch.tokens += length;
  }
  return stretches.reduce((sum, { rows, tokens }, index) => {
    const start = index === 0 ? 0 : (breaks[index - 1] ?? 0) + 1;
    // A stretch without a slope of its own (a single length) has the value at its start.
    const end = Math.max(start, breaks[index] ?? start + 1_000_000);
    const slope = end > start ? (cost(end) - cost(start)) / (end - start) : 0;
    return sum + rows * (cost(start) - slope * start) + tokens * slope;
  }, 0);
}

function toBilledRatio(probe: readonly ProbeRow[], source: EstimateSource): number {
  const counted = probe.reduce((sum, { tokensIn }) => sum + tokensIn, 0);
  if (counted === 0 || source === "borrowed") return 1;
  return probe.reduce((sum, { usage }) => sum + toTokensIn(usage), 0) / counted;
}

function toTokensIn({ in: uncached, cache_read = 0, cache_write_5m = 0, cache_write_1h = 0 }: Usage): number {
  return uncached + cache_read + cache_write_5m + cache_write_1h;
}

function toMeanOut({ probe, maxTokens }: EstimateInput): number {
  if (probe.length === 0) return Math.min(maxTokens, ASSUMED_OUT.expected);
  return probe.reduce((sum, { usage }) => sum + usage.out, 0) / probe.length;
}
