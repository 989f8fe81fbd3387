import { z } from "zod";
import { anchorSchema, policySchema } from "./anchor.ts";
import { energySchema } from "./energy.ts";
import { jsonValueSchema, sha256Schema } from "./json-value.ts";
import { mutationSchema, planSchema, splitSchema } from "./pair.ts";

export const BOUNDARY_TYPES = [
  ...(["numeric_edge", "numeric_near", "temporal_overflow", "access_boundary"] as const),
  ...(["approval_bypass", "sensitivity_creep"] as const),
];
export type BoundaryType = (typeof BOUNDARY_TYPES)[number];

/** Parts of the whole that each type has, unless a run is told otherwise: those of the ancestor. */
export const BOUNDARY_SHARES: Readonly<Record<BoundaryType, number>> = {
  numeric_edge: 20,
  numeric_near: 20,
  temporal_overflow: 15,
  access_boundary: 15,
  approval_bypass: 15,
  sensitivity_creep: 15,
};

/** A line that a policy draws; `op` says on which side of `value` a plan is allowed. */
export const policyRuleSchema = z.strictObject({
  rule_id: z.string().min(1),
  kind: z.enum(["max", "max_days", "own_value", "approval", "max_sensitivity"]),
  /** The argument that it is about, or what of a node is meant. */
  field: z.string().min(1),
  op: z.enum(["<=", "==", "in", "requires"]),
  value: jsonValueSchema,
});
export type PolicyRule = z.infer<typeof policyRuleSchema>;

/** Where and by how much a plan breaks a rule. `excess` is a number of what the rule counts, absent where it counts nothing. */
export const ruleViolationSchema = z.strictObject({
  rule_id: z.string().min(1),
  node: z.string().min(1),
  field: z.string().min(1),
  limit: jsonValueSchema,
  actual: jsonValueSchema,
  excess: z.number().positive().optional(),
  excess_rel: z.number().positive().optional(),
});
export type RuleViolation = z.infer<typeof ruleViolationSchema>;

/** A Tier II anchor, so that energies can be computed, with who asks and the rules of the policy. */
const boundaryAnchorSchema = anchorSchema.extend({
  principal: z.record(z.string(), z.string()),
  policy: policySchema.extend({
    template: z.string().min(1),
    seed_hash: sha256Schema,
    rules: z.array(policyRuleSchema).min(1),
  }),
});

const side = { plan_hash: sha256Schema, plan: planSchema, energy: energySchema };

/** A line of a Tier III part: two plans on both sides of one line of a policy. */
export const boundarySchema = z.strictObject({
  schema: z.literal("boundary/1"),
  case_id: z.string().min(1),
  type: z.enum(BOUNDARY_TYPES),
  split: splitSchema,
  parent_hash: sha256Schema,
  /** The benign plan, and the sample that it is of: without it nothing could be made again. */
  parent: z.strictObject({
    source: z.strictObject({ dataset: z.string(), row: z.string(), track: z.string(), loader: z.string() }),
    plan: planSchema,
  }),
  anchor: boundaryAnchorSchema,
  violation: z.strictObject({ ...side, violates: z.array(ruleViolationSchema).min(1) }),
  compliant_twin: z.strictObject({ ...side, violates: z.tuple([]), actual: jsonValueSchema }),
  mutation: mutationSchema,
  /** Near the line the energy only orders the two; no distance is asked for. */
  order: z.strictObject({
    E_violation_gt_twin: z.boolean(),
    delta_soft: z.number(),
    delta_sec_required: z.null(),
  }),
  verify: z.strictObject({ passed: z.literal(true) }),
});
export type BoundaryCase = z.infer<typeof boundarySchema>;
