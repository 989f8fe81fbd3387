import type { DrawnGroup, DrawnPlan } from "./draw.ts";
import { BUCKETS } from "./feature-bucket.ts";
import type { PlanFeatures } from "./plan-features.ts";

/** A token of fewer parents than this teaches nothing that holds for others. */
export const TOKEN_PARENTS_MIN = 5;

/** The buckets that are worth a column, numbered from 0 in ascending order: masked tokens first. */
export type Vocabulary = { readonly buckets: Int32Array };

/** Leaves of the groups' buckets those that enough parents have, as numbers of the vocabulary. */
export function toVocabulary(groups: readonly DrawnGroup[]): { vocabulary: Vocabulary; groups: DrawnGroup[] } {
  const parents = countParents(groups);
  const buckets = new Int32Array(parents.reduce((sum, count) => sum + (count >= TOKEN_PARENTS_MIN ? 1 : 0), 0));
  const numbers = new Int32Array(2 * BUCKETS).fill(-1);
  let next = 0;
  parents.forEach((count, bucket) => {
    if (count < TOKEN_PARENTS_MIN) return;
    buckets[next] = bucket;
    numbers[bucket] = next++;
  });
  const toNumbers = (list: Uint32Array) =>
    list.map((bucket) => numbers[bucket] as number).filter((number) => number !== NONE);
  const known = new Map<PlanFeatures, PlanFeatures>();
  const toNumbered = (plan: DrawnPlan): DrawnPlan => {
    const features = known.get(plan.features) ?? {
      structure: plan.features.structure,
      masked: toNumbers(plan.features.masked),
      words: toNumbers(plan.features.words),
    };
    known.set(plan.features, features);
    return { ...plan, features };
  };
  const numbered = groups.map((group) => ({
    ...group,
    hostile: group.hostile.map(toNumbered),
    permitted: group.permitted.map(toNumbered),
    origin: group.origin && toNumbered(group.origin),
  }));
  return { vocabulary: { buckets }, groups: numbered };
}

/** -1 as an unsigned number. */
const NONE = 2 ** 32 - 1;

function countParents(groups: readonly DrawnGroup[]): Int32Array {
  const parents = new Int32Array(2 * BUCKETS);
  const latest = new Int32Array(2 * BUCKETS).fill(-1);
  let number = 0;
  for (const family of Map.groupBy(groups, ({ parent }) => parent).values()) {
    for (const { hostile, permitted, origin } of family) {
      for (const { features } of origin ? [...hostile, ...permitted, origin] : [...hostile, ...permitted]) {
        for (const buckets of [features.masked, features.words]) {
          for (const bucket of buckets) {
            if (latest[bucket] === number) continue;
            latest[bucket] = number;
            parents[bucket] = (parents[bucket] as number) + 1;
          }
        }
      }
    }
    number++;
  }
  return parents;
}
