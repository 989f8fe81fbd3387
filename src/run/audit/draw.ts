import type { LinePlace } from "./audit-case.ts";
import type { PlanFeatures } from "./plan-features.ts";

/** A plan as the audit keeps it. */
export type DrawnPlan = {
  readonly operator: string;
  readonly features: PlanFeatures;
  /**
   * What its context says against it. Tier II: by how much it stands above its parent in the energy that its family raises,
   * each in its own context. Tier III: how many of the policy's rules it breaks.
   */
  readonly gain: number;
};

/** What a record holds of one family: a mutator's negatives and decoys, or both sides of a boundary. */
export type DrawnGroup = {
  readonly rank: string;
  readonly family: string;
  /** Says of whom it was made; plans of one parent are never on both sides of the split. */
  readonly parent: string;
  readonly place: LinePlace;
  readonly hostile: readonly DrawnPlan[];
  readonly permitted: readonly DrawnPlan[];
  /** Absent where the record does not hold the parent's plan (Tier III). */
  readonly origin: DrawnPlan | undefined;
};

function byRank(a: DrawnGroup, b: DrawnGroup): number {
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
  return a.family === b.family ? 0 : a.family < b.family ? -1 : 1;
}

/**
 * Keeps of each family the groups of lowest rank, as many as hold `plansMax` hostile plans. What is kept depends on what was
 * offered, not on the order. Holds at most half as many again.
 */
export function createDraw(plansMax: number) {
  const families = new Map<string, { groups: DrawnGroup[]; plans: number; below: string | undefined }>();

  const prune = (family: { groups: DrawnGroup[]; plans: number; below: string | undefined }) => {
    family.groups.sort(byRank);
    let plans = 0;
    let count = 0;
    while (count < family.groups.length && plans < plansMax)
      plans += (family.groups[count++] as DrawnGroup).hostile.length;
    family.groups.length = count;
    family.plans = plans;
    if (plans >= plansMax) family.below = family.groups.at(-1)?.rank;
  };

  return {
    /** False if a group of this rank would not be kept. */
    wants(name: string, rank: string): boolean {
      const below = families.get(name)?.below;
      return below === undefined || rank < below;
    },
    add(group: DrawnGroup): void {
      const family = families.get(group.family) ?? { groups: [], plans: 0, below: undefined };
      families.set(group.family, family);
      family.groups.push(group);
      family.plans += group.hostile.length;
      if (family.plans > 1.5 * plansMax) prune(family);
    },
    /** The groups that are kept, by rank of the record, then by family. */
    take(): DrawnGroup[] {
      for (const family of families.values()) prune(family);
      return [...families.values()].flatMap(({ groups }) => groups).sort(byRank);
    },
  };
}
