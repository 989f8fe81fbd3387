import type { Anchor } from "../schema/anchor.ts";
import { type BoundaryCase, boundarySchema } from "../schema/boundary.ts";
import type { Energy, EnergyTermName } from "../schema/energy.ts";
import { isJsonObject, type JsonValue } from "../schema/json.ts";
import { type Pair, pairSchema } from "../schema/pair.ts";
import { sampleSchema } from "../schema/sample.ts";
import { toAnchor } from "./anchor.ts";
import { toEnergy } from "./energy.ts";
import type { EnergyPart } from "./energy-term.ts";
import { patchAnchor } from "./patch-anchor.ts";
import type { EnergyPlan } from "./plan.ts";

/** Which plan of a record it is. */
export const PLAN_KINDS = ["sample", "parent", "decoy", "negative", "violation", "twin"] as const;
export type PlanKind = (typeof PLAN_KINDS)[number];

/** A plan of a record with its energy and what made it. */
export type Judgement = {
  readonly id: string;
  readonly kind: PlanKind;
  /** How it was made, for a mutated plan: `mutator/operator`. */
  readonly made?: string;
  /** The term that a negative is meant to raise. */
  readonly target?: EnergyTermName;
  readonly energy: Energy;
  /** What the record says, where it says something else. */
  readonly recorded?: Energy;
  readonly parts: readonly EnergyPart[];
};

/**
 * The energies of all plans of a line of a part: of a sample (in the anchor that its request and plan give), of a pair (each
 * plan in its own context), or of a boundary case. Throws ZodError on anything else.
 */
export function judgeRecord(record: JsonValue): Judgement[] {
  const schema = isJsonObject(record) && Object.hasOwn(record, "schema") ? record.schema : undefined;
  if (schema === "pair/1") return judgePair(pairSchema.parse(record));
  if (schema === "boundary/1") return judgeBoundary(boundarySchema.parse(record));
  const sample = sampleSchema.parse(record);
  return [{ id: sample.original_id, kind: "sample", ...judge(sample.execution_plan, toAnchor(sample)) }];
}

function judgePair({ pair_id, anchor, positive, extra_positives, negatives }: Pair): Judgement[] {
  return [
    {
      id: `${pair_id} ${positive.source.row}`,
      kind: "parent",
      ...judge(positive.plan, anchor, positive.energy),
    },
    ...extra_positives.map(({ plan, energy, context_patch, mutation }, i) => ({
      id: `${pair_id} +${i}`,
      kind: "decoy" as const,
      made: `${mutation.mutator}/${mutation.operator}`,
      ...judge(plan, patchAnchor(anchor, context_patch), energy),
    })),
    ...negatives.map(({ plan, energy, target, mutation }, i) => ({
      id: `${pair_id} -${i}`,
      kind: "negative" as const,
      made: `${mutation.mutator}/${mutation.operator}`,
      target,
      ...judge(plan, anchor, energy),
    })),
  ];
}

function judgeBoundary({ case_id: id, type: made, anchor, violation, compliant_twin }: BoundaryCase): Judgement[] {
  return [
    { id, kind: "violation", made, ...judge(violation.plan, anchor, violation.energy) },
    { id, kind: "twin", made, ...judge(compliant_twin.plan, anchor, compliant_twin.energy) },
  ];
}

function judge(plan: EnergyPlan, anchor: Anchor, recorded?: Energy): Pick<Judgement, "energy" | "recorded" | "parts"> {
  const parts: EnergyPart[] = [];
  const energy = toEnergy(plan, anchor, parts);
  const differs = recorded && (Object.keys(energy) as (keyof Energy)[]).some((term) => energy[term] !== recorded[term]);
  return { energy, ...(differs ? { recorded } : {}), parts };
}
