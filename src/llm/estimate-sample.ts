import type { Draft, LlmTransform } from "#contract";
import { TOMBSTONE_REASONS } from "../schema/reply-line.ts";
import type { Answer } from "./ask.ts";
import { type EstimateSource, type ProbeRow, toReaskTokensMax } from "./estimate.ts";
import { toStrataBounds, toStratum, toStratumCount } from "./estimate-strata.ts";
import type { Usage } from "./prices.ts";

/** Replies below which an estimate rests on assumptions: a spread of fewer means nothing. */
export const SAMPLE_ROWS_MIN = 10;

/** A question to a model, and what it would take. */
export type CountedQuestion = {
  readonly transform: LlmTransform;
  readonly draft: Draft;
  readonly loader: string;
  readonly key: string;
  /** Its row's place in the order of the seed (toRowRank). */
  readonly rank: number;
  readonly tokensIn: number;
  readonly tokensInMax: number;
  readonly maxTokens: number;
};

/**
 * What a row's replies used, the second question's, too. A reply whose use is not known was charged in full, so it counts
 * as that. Undefined where no reply came.
 */
export function toProbeRow(
  { tokensIn, tokensInMax, maxTokens }: CountedQuestion,
  replies: readonly (Usage | undefined)[],
): ProbeRow | undefined {
  if (replies.length === 0) return undefined;
  const [first, second] = replies;
  const usage = first ?? { in: tokensInMax, out: maxTokens };
  if (replies.length === 1) return { tokensIn, usage };
  return { tokensIn, usage, reask: second ?? { in: tokensInMax + toReaskTokensMax(maxTokens), out: maxTokens } };
}

/** What the replies that an answer rests on used; the word that there won't be one is no reply. */
export function toUsages(answer: Answer<unknown>): (Usage | undefined)[] {
  const isBuried = answer.kind === "rules" && (TOMBSTONE_REASONS as readonly string[]).includes(answer.reason);
  return (isBuried ? answer.uses.slice(0, -1) : answer.uses).map(({ usage }) => usage);
}

/** Rows that an estimate rests on, and where they come from. `chosen`: by the seed, so that they stand for the others. */
export type Sample = {
  readonly probe: readonly ProbeRow[];
  readonly origin: Exclude<EstimateSource, "assumed">;
  readonly chosen: boolean;
};

/**
 * Whether the rows already answered come before all others of their length in the order of the seed, as those of a probe
 * and of a partial run do. Then chance has chosen them. A run with --limit leaves the first rows of a dataset instead.
 */
export function areChosen(
  answered: readonly Pick<CountedQuestion, "rank" | "tokensIn">[],
  left: { readonly tokensIn: Uint32Array; readonly ranks: Float64Array },
): boolean {
  const lengths = Uint32Array.from([...left.tokensIn, ...answered.map(({ tokensIn }) => tokensIn)]);
  const bounds = toStrataBounds(lengths, toStratumCount(answered.length));
  const last = new Float64Array(bounds.length + 1).fill(-1);
  for (const { rank, tokensIn } of answered) {
    const stratum = toStratum(tokensIn, bounds);
    last[stratum] = Math.max(last[stratum] ?? -1, rank);
  }
  return left.ranks.every((rank, row) => rank > (last[toStratum(left.tokensIn[row] ?? 0, bounds)] ?? -1));
}

/** The first of these that has rows enough to go by; else none: then the estimate rests on assumptions. */
export function chooseSample(...samples: readonly (Sample | undefined)[]): Sample {
  const enough = samples.find((sample) => sample !== undefined && sample.probe.length >= SAMPLE_ROWS_MIN);
  return enough ?? { probe: [], origin: "probe", chosen: true };
}
