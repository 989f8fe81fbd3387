import type { EnergyPlan } from "../../energy/plan.ts";
import { BUCKETS, toBuckets, toPairHash, toTextHash } from "./feature-bucket.ts";
import { listMaskedTokens } from "./masked-tokens.ts";
import { listMagnitudes, listPlanWords } from "./plan-words.ts";
import { toStructure } from "./structure-features.ts";

/** What the classifiers see of a plan. Nothing of its context. */
export type PlanFeatures = {
  readonly structure: Float32Array;
  /** Buckets of the masked tokens, from 0. Ascending, like those below. */
  readonly masked: Uint32Array;
  /** Buckets of words, pairs of adjacent words and magnitudes, from BUCKETS. */
  readonly words: Uint32Array;
};

export function toPlanFeatures(plan: EnergyPlan): PlanFeatures {
  const words = listPlanWords(plan);
  const wordHashes = words.map(toTextHash);
  const pairHashes = wordHashes.slice(1).map((hash, at) => toPairHash(wordHashes[at] as number, hash));
  const magnitudeHashes = listMagnitudes(plan).map(toTextHash);
  return {
    structure: toStructure(plan),
    masked: toBuckets(listMaskedTokens(plan).map(toTextHash)),
    words: toBuckets([...wordHashes, ...pairHashes, ...magnitudeHashes]).map((bucket) => bucket + BUCKETS),
  };
}

/** The tokens of a plan with the bucket of each, as in `masked` and `words`: what a bucket stands for. */
export function* listNamedBuckets(plan: EnergyPlan): Generator<{ bucket: number; name: string }> {
  for (const name of listMaskedTokens(plan)) yield { bucket: toTextHash(name) % BUCKETS, name };
  const words = listPlanWords(plan);
  for (const name of [...words, ...listMagnitudes(plan)])
    yield { bucket: BUCKETS + (toTextHash(name) % BUCKETS), name };
  for (let i = 1; i < words.length; i++) {
    const [first, second] = [words[i - 1] as string, words[i] as string];
    const bucket = BUCKETS + (toPairHash(toTextHash(first), toTextHash(second)) % BUCKETS);
    yield { bucket, name: `${first} ${second}` };
  }
}
