import type { Contest } from "./contest.ts";
import type { Evidence } from "./measure.ts";

/** A token may not stand in more than this share of the hostile plans … */
export const TOKEN_SHARE_MAX = 0.02;
/** … if that is more than so many times its share of the permitted ones. */
export const TOKEN_LIFT_MAX = 3;
/** The lift of a token of so many parents is taken as it is; that of a rarer one must be beyond chance. */
const PARENTS_PLENTY = 100;
/** Standard errors above TOKEN_LIFT_MAX that are beyond chance. One of 27 parents and no permitted plan reaches it. */
const BEYOND_CHANCE = 3;
/** Plans in which a token may stand, below which there could be one that chance hides. */
const PLANS_MIN = 30;
const LISTED_MAX = 10;

export type TokenLift = {
  /** Tokens beyond both limits. */
  readonly count: number;
  /** Those of largest lift. */
  readonly tokens: readonly (Evidence & { readonly key: { readonly bucket: number }; readonly lift: number })[];
  /** False where 2 % of the hostile plans are too few to say. */
  readonly isLargeEnough: boolean;
};

/** Tokens that hostile plans have far more often. One that no permitted plan has counts as half a plan. Looks at all rows. */
export function toTokenLift({ vocabulary, features, hostile, clusters }: Contest): TokenLift {
  const size = vocabulary.buckets.length;
  const counts = [new Int32Array(size), new Int32Array(size)] as const;
  const [parents, latest] = [new Int32Array(size), new Int32Array(size).fill(-1)];
  const plans: [number, number] = [0, 0];
  features.forEach(({ masked, words }, row) => {
    const side = hostile[row] as 0 | 1;
    plans[side]++;
    for (const numbers of [masked, words]) {
      for (const number of numbers) {
        counts[side][number] = (counts[side][number] as number) + 1;
        if (side === 0 || latest[number] === clusters[row]) continue;
        latest[number] = clusters[row] as number;
        parents[number] = (parents[number] as number) + 1;
      }
    }
  });
  const found: TokenLift["tokens"][number][] = [];
  for (let number = 0; number < size; number++) {
    const foes = (counts[1][number] as number) / plans[1];
    if (foes <= TOKEN_SHARE_MAX) continue;
    const lift = foes / (Math.max(0.5, counts[0][number] as number) / plans[0]);
    if (lift <= TOKEN_LIFT_MAX || isByChance(parents[number] as number, counts[0][number] as number, plans)) continue;
    const key = { bucket: vocabulary.buckets[number] as number };
    found.push({ key, hostile: foes, permitted: (counts[0][number] as number) / plans[0], lift });
  }
  found.sort((a, b) => b.lift * b.hostile - a.lift * a.hostile || a.key.bucket - b.key.bucket);
  const isLargeEnough = plans[1] * TOKEN_SHARE_MAX >= PLANS_MIN && plans[0] > 0;
  return { count: found.length, tokens: found.slice(0, LISTED_MAX), isLargeEnough };
}

/** Whether a lift of no more than TOKEN_LIFT_MAX could well give so many: a score test of the binomial, parents for plans. */
function isByChance(foes: number, friends: number, [permitted, hostile]: readonly [number, number]): boolean {
  if (foes >= PARENTS_PLENTY) return false;
  const share = (TOKEN_LIFT_MAX * hostile) / (TOKEN_LIFT_MAX * hostile + permitted);
  const all = foes + friends;
  return foes - all * share < BEYOND_CHANCE * Math.sqrt(all * share * (1 - share));
}
