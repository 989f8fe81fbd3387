import { hash } from "node:crypto";
import type { DrawnGroup, DrawnPlan } from "./draw.ts";
import type { PlanFeatures } from "./plan-features.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** Share of the parents whose plans the classifiers are measured with and never learn from. */
const TEST_SHARE = 0.3;

/**
 * What the hostile plans are to be told from. `twins`: the same operator on the permitted side, or the parent where a plan has
 * no such twin. `permitted`: parents and decoys, each once. `parents`: the parents alone.
 */
export const OPPONENTS = ["twins", "permitted", "parents"] as const;
export type Opponent = (typeof OPPONENTS)[number];

/** The plans of both sides. Rows of a parent stand next to each other. */
export type Contest = {
  readonly vocabulary: Vocabulary;
  /** Tokens as numbers of the vocabulary. */
  readonly features: readonly PlanFeatures[];
  /** Of each row, the group that it is from. */
  readonly groups: readonly DrawnGroup[];
  readonly hostile: Uint8Array;
  /** Of each row its parent's number, from 0. */
  readonly clusters: Int32Array;
  readonly gains: Float64Array;
  readonly trainRows: Int32Array;
  readonly testRows: Int32Array;
};

type Row = { readonly plan: DrawnPlan; readonly group: DrawnGroup; readonly isHostile: boolean };

/** Sets the hostile plans of the groups, of one operator if it is named, against the opponents. */
export function toContest(
  vocabulary: Vocabulary,
  groups: readonly DrawnGroup[],
  against: Opponent,
  operator?: string,
): Contest {
  const byParent = Map.groupBy(groups, ({ parent }) => parent);
  const rows: Row[] = [];
  const clusters: number[] = [];
  const isTest: boolean[] = [];
  let cluster = 0;
  for (const [parent, family] of byParent) {
    const before = rows.length;
    for (const group of family) rows.push(...listRows(group, against, operator));
    if (against !== "twins") addOrigin(family, rows, before);
    if (rows.length === before) continue;
    const isOfTest = toShare(parent) < TEST_SHARE;
    for (let i = before; i < rows.length; i++) {
      clusters.push(cluster);
      isTest.push(isOfTest);
    }
    cluster++;
  }
  return {
    vocabulary,
    features: rows.map(({ plan }) => plan.features),
    groups: rows.map(({ group }) => group),
    hostile: Uint8Array.from(rows, ({ isHostile }) => (isHostile ? 1 : 0)),
    clusters: Int32Array.from(clusters),
    gains: Float64Array.from(rows, ({ plan }) => plan.gain),
    trainRows: Int32Array.from([...isTest.keys()].filter((row) => !isTest[row])),
    testRows: Int32Array.from([...isTest.keys()].filter((row) => isTest[row])),
  };
}

function listRows(group: DrawnGroup, against: Opponent, operator: string | undefined): Row[] {
  const isMeant = (plan: DrawnPlan) => operator === undefined || plan.operator === operator;
  const hostile = group.hostile.filter(isMeant);
  const rows = hostile.map((plan) => ({ plan, group, isHostile: true }));
  if (against === "parents" || hostile.length === 0) return rows;
  const permitted = group.permitted.filter(isMeant);
  rows.push(...permitted.map((plan) => ({ plan, group, isHostile: false })));
  const { origin } = group;
  if (against !== "twins" || origin === undefined) return rows;
  for (const name of new Set(hostile.map((plan) => plan.operator))) {
    const count = (plans: readonly DrawnPlan[]) => plans.filter((plan) => plan.operator === name).length;
    for (let alone = count(hostile) - count(permitted); alone > 0; alone--) {
      rows.push({ plan: origin, group, isHostile: false });
    }
  }
  return rows;
}

/** The parent's plan, once, if rows of it came after `before`. */
function addOrigin(groups: readonly DrawnGroup[], rows: Row[], before: number): void {
  const group = groups.find(({ origin }) => origin !== undefined);
  if (group?.origin && rows.length > before) rows.push({ plan: group.origin, group, isHostile: false });
}

function toShare(parent: string): number {
  return Number.parseInt(hash("sha256", `planstream/audit/split/1\n${parent}`, "hex").slice(0, 8), 16) / 2 ** 32;
}
