import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { ProbeRow } from "../../src/llm/estimate.ts";
import { type Census, createCensus } from "../../src/llm/estimate-census.ts";
import { chooseProbe, toRowRank } from "../../src/llm/estimate-strata.ts";
import { type CallMode, type ModelPrice, toCost } from "../../src/llm/prices.ts";

/** Uniform numbers from 0 to 1, and normal ones. */
export type Random = { uniform(): number; normal(): number };

export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const uniform = () => (generator.next() >>> 0) / 2 ** 32;
  return { uniform, normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()) };
}

/** Tokens of an answer to a question of so many. */
export type AnswerLengths = (random: Random, tokensIn: number) => number;

const logNormal =
  (median: number, sigma: number): AnswerLengths =>
  ({ normal }) =>
    median * Math.exp(sigma * normal());

/** What answers' lengths may be like: a model's are anything between the first and the last of these. */
export const ANSWER_LENGTHS: Readonly<Record<string, AnswerLengths>> = {
  "log-normal, sigma 0.5": logNormal(250, 0.5),
  "log-normal, sigma 1": logNormal(180, 1),
  "log-normal, sigma 1.5": logNormal(100, 1.5),
  "two humps": (random) => (random.uniform() < 0.3 ? logNormal(900, 0.2) : logNormal(80, 0.3))(random, 0),
  "heavy tail (Pareto 1.5)": ({ uniform }) => 60 * (1 - uniform()) ** (-1 / 1.5),
  "one in twenty runs to the limit": ({ uniform }) => (uniform() < 0.05 ? 4_000 : 60),
  "grows with the question": ({ normal }, tokensIn) => 0.4 * tokensIn * Math.exp(0.6 * normal()),
  "shrinks with the question": ({ normal }, tokensIn) => (50_000 / (tokensIn + 50)) * Math.exp(0.5 * normal()),
  "mostly none": (random) => (random.uniform() < 0.6 ? 20 : logNormal(400, 0.8)(random, 0)),
};

export type Simulated = { census: Census; probe: ProbeRow[]; actual: number };

/**
 * A run over rows of log-normal length, as it would come out: the probe is asked first, then the rest, whose cost is
 * `actual`. The vendor counts a few tokens more than we do, and one answer in fifty has to be asked for twice.
 */
export function simulate(
  answers: AnswerLengths,
  {
    seed,
    rows,
    probeRows,
    price,
    mode,
    maxTokens,
  }: { seed: number; rows: number; probeRows: number; price: ModelPrice; mode: CallMode; maxTokens: number },
): Simulated {
  const random = createRandom(seed);
  const tokensIn = Uint32Array.from({ length: rows }, () => Math.min(30_000, 230 + 300 * Math.exp(random.normal())));
  const ranks = Float64Array.from(tokensIn.keys(), (row) => toRowRank(seed, `row ${row}`));
  const asked = Array.from(tokensIn, (tokens) => ask(answers, random, tokens, maxTokens));
  const probed = new Set(chooseProbe({ tokensIn, ranks }, probeRows));
  const census = createCensus();
  let actual = 0;
  asked.forEach(({ tokensIn: tokens, usage, reask }, row) => {
    if (probed.has(row)) return;
    census.add({ tokensIn: tokens, tokensInMax: 4 * tokens });
    actual += toCost(price, usage, mode) + (reask ? toCost(price, reask, mode) : 0);
  });
  return { census: census.toCensus(), probe: [...probed].map((row) => asked[row] as ProbeRow), actual };
}

function ask(answers: AnswerLengths, random: Random, tokensIn: number, maxTokens: number): ProbeRow {
  const out = () => Math.max(1, Math.min(maxTokens, Math.round(answers(random, tokensIn))));
  const usage = { in: Math.round(tokensIn * (1.04 + 0.01 * random.normal())) + 7, out: out() };
  if (random.uniform() >= 0.02) return { tokensIn, usage };
  return { tokensIn, usage, reask: { in: usage.in + usage.out + 60, out: out() } };
}
