import { hash } from "node:crypto";
import { toEnergy } from "../../energy/energy.ts";
import { patchAnchor } from "../../energy/patch-anchor.ts";
import type { EnergyPlan } from "../../energy/plan.ts";
import { listViolations } from "../../energy/violates.ts";
import { type BoundaryCase, boundarySchema } from "../../schema/boundary.ts";
import type { Energy, EnergyTermName } from "../../schema/energy.ts";
import { isJsonObject, type JsonValue } from "../../schema/json.ts";
import { type Pair, pairSchema } from "../../schema/pair.ts";
import type { DrawnGroup, DrawnPlan } from "./draw.ts";
import { toPlanFeatures } from "./plan-features.ts";

/** Where a line stands: a file and the bytes in it. */
export type LinePlace = { readonly path: string; readonly offset: number; readonly bytes: number };

export type AuditTier = "tier2" | "tier3";
/** A record of a part. */
export type AuditRecord =
  | { readonly tier: "tier2"; readonly pair: Pair }
  | { readonly tier: "tier3"; readonly case: BoundaryCase };

/** What a line of a part holds, checked. Throws ZodError if it is neither a pair/1 nor a boundary/1. */
export function parseRecord(value: JsonValue): AuditRecord {
  const isBoundary = isJsonObject(value) && Object.hasOwn(value, "schema") && value.schema === "boundary/1";
  if (isBoundary) return { tier: "tier3", case: boundarySchema.parse(value) };
  return { tier: "tier2", pair: pairSchema.parse(value) };
}

/** What draws are made by: as good as random, and the same in every run. Of a record's id. */
export function toRank(id: string): string {
  return hash("sha256", `planstream/audit/1\n${id}`, "hex");
}

export function toRecordId(record: AuditRecord): string {
  return record.tier === "tier2" ? record.pair.pair_id : record.case.case_id;
}

/** The families that a record has plans of, each once. */
export function listFamilies(record: AuditRecord): string[] {
  if (record.tier === "tier3") return [record.case.type];
  return [...new Set(record.pair.negatives.map(({ mutation }) => mutation.mutator))];
}

/** All plans of a record. */
export function listPlans(record: AuditRecord): EnergyPlan[] {
  if (record.tier === "tier3") return [record.case.violation.plan, record.case.compliant_twin.plan];
  const { positive, extra_positives, negatives } = record.pair;
  return [positive, ...extra_positives, ...negatives].map(({ plan }) => plan);
}

/** The record's groups of the families that `wants` keeps, and how many of its recorded energies are not what is computed. */
export function toGroups(record: AuditRecord, place: LinePlace, wants: (family: string) => boolean): Drawn {
  return record.tier === "tier2" ? drawPair(record.pair, place, wants) : drawCase(record.case, place, wants);
}

export type Drawn = { readonly groups: readonly DrawnGroup[]; readonly energiesThatDiffer: number };

function drawPair(pair: Pair, place: LinePlace, wants: (family: string) => boolean): Drawn {
  const { anchor, positive, extra_positives, negatives } = pair;
  let energiesThatDiffer = 0;
  const judge = (plan: EnergyPlan, context: Pair["anchor"], recorded: Energy): Energy => {
    const energy = toEnergy(plan, context);
    if (!isSame(energy, recorded)) energiesThatDiffer++;
    return energy;
  };
  const baseline = judge(positive.plan, anchor, positive.energy);
  const features = toPlanFeatures(positive.plan);
  const groups = listFamilies({ tier: "tier2", pair })
    .filter(wants)
    .map((family): DrawnGroup => {
      const ofFamily = negatives.filter(({ mutation }) => mutation.mutator === family);
      const target = ofFamily[0]?.target as EnergyTermName;
      const hostile = ofFamily.map(
        ({ plan, energy, mutation }): DrawnPlan => ({
          operator: mutation.operator,
          features: toPlanFeatures(plan),
          gain: judge(plan, anchor, energy)[target] - baseline[target],
        }),
      );
      const permitted = extra_positives
        .filter(({ mutation }) => mutation.mutator === family)
        .map(
          ({ plan, energy, mutation, context_patch }): DrawnPlan => ({
            operator: mutation.operator,
            features: toPlanFeatures(plan),
            gain: judge(plan, patchAnchor(anchor, context_patch), energy)[target] - baseline[target],
          }),
        );
      const origin = { operator: "parent", features, gain: 0 };
      return { rank: toRank(pair.pair_id), family, parent: positive.plan_hash, place, hostile, permitted, origin };
    });
  return { groups, energiesThatDiffer };
}

/** Near a line of a policy the energy only orders the two plans: what separates them is how many rules each breaks. */
function drawCase(boundaryCase: BoundaryCase, place: LinePlace, wants: (family: string) => boolean): Drawn {
  const { case_id, type, parent_hash, anchor, violation, compliant_twin } = boundaryCase;
  if (!wants(type)) return { groups: [], energiesThatDiffer: 0 };
  const sides = [violation, compliant_twin] as const;
  const [hostile, permitted] = sides.map(
    ({ plan }): DrawnPlan => ({
      operator: boundaryCase.mutation.operator,
      features: toPlanFeatures(plan),
      gain: listViolations(plan, anchor.policy.rules).length,
    }),
  ) as [DrawnPlan, DrawnPlan];
  const energiesThatDiffer = sides.filter(({ plan, energy }) => !isSame(toEnergy(plan, anchor), energy)).length;
  const group = { rank: toRank(case_id), family: type, parent: parent_hash, place };
  return { groups: [{ ...group, hostile: [hostile], permitted: [permitted], origin: undefined }], energiesThatDiffer };
}

function isSame(computed: Energy, recorded: Energy): boolean {
  return (Object.keys(computed) as (keyof Energy)[]).every((term) => computed[term] === recorded[term]);
}
