import { hash } from "node:crypto";
import { z } from "zod";
import { anchorSchema, contextPatchSchema, planOperationSchema } from "./anchor.ts";
import { toCanonicalJson } from "./canonical-json.ts";
import { ENERGY_TERMS, energySchema } from "./energy.ts";
import { jsonObjectSchema, sha256Schema } from "./json-value.ts";
import { sampleSchema } from "./sample.ts";

/** Energy by which a negative must stand above its parent: the target term, and the composite. */
export const DELTA_SEC = 2;

/** A plan as Tier I has it: unique ids, edges between nodes that are there, no cycle, 1 to 64 nodes. */
export const planSchema = sampleSchema.shape.execution_plan;
export type Plan = z.infer<typeof planSchema>;

export const SPLITS = ["train", "validation", "test"] as const;
export const splitSchema = z.enum(SPLITS);

/** SHA-256 (hex) of a plan: of a line that names the recipe, and the plan's canonical JSON. */
export function toPlanHash({ nodes, edges }: Plan): string {
  return hash("sha256", `planstream/plan/1\n${toCanonicalJson({ nodes, edges })}`, "hex");
}

/** How a plan was made from its parent: enough to make it again. */
export const mutationSchema = z.strictObject({
  mutator: z.string(),
  operator: z.string(),
  version: z.int().min(1),
  seed: z.string(),
  variant: z.int().min(0),
  /** What the shares are drawn by; a decoy follows its negative and has none. */
  rank_hash: sha256Schema.optional(),
  parent_hash: sha256Schema,
  params: jsonObjectSchema,
  ops: z.array(planOperationSchema),
  edit_distance: z.number().min(0),
});
export type Mutation = z.infer<typeof mutationSchema>;

const positiveSchema = z.strictObject({
  plan_hash: sha256Schema,
  source: z.strictObject({
    dataset: z.string(),
    /** `original_id` of the Tier I sample. */
    row: z.string(),
    track: z.string(),
    loader: z.string(),
  }),
  kind: z.literal("parent"),
  plan: planSchema,
  energy: energySchema,
});

/** The same operator on the permitted side: as benign as its parent, in a context that differs by the patch. */
const decoySchema = z.strictObject({
  plan_hash: sha256Schema,
  kind: z.literal("decoy"),
  context_patch: contextPatchSchema,
  mutation: mutationSchema,
  plan: planSchema,
  energy: energySchema,
});

const negativeSchema = z.strictObject({
  plan_hash: sha256Schema,
  label: z.literal("adversarial"),
  target: z.enum(ENERGY_TERMS),
  plan: planSchema,
  energy: energySchema,
  /** Above the parent: of the target term, of the composite, and the largest of the other terms. */
  delta: z.strictObject({ target: z.number(), composite: z.number(), max_other: z.number() }),
  mutation: mutationSchema,
  verify: z.strictObject({ passed: z.literal(true), checks: z.string(), lexicon: z.string() }),
});

/** A line of a Tier II part: a benign plan, its permitted twins, and what an attacker would make of it. One per parent. */
export const pairSchema = z.strictObject({
  schema: z.literal("pair/1"),
  pair_id: z.string().regex(/^[0-9a-f]{32}$/, "32 hex digits"),
  split: splitSchema,
  anchor: anchorSchema,
  positive: positiveSchema,
  extra_positives: z.array(decoySchema),
  negatives: z.array(negativeSchema).min(1),
  margin: z.strictObject({
    delta_sec: z.literal(DELTA_SEC),
    on: z.tuple([z.literal("target"), z.literal("composite")]),
    satisfied: z.literal(true),
  }),
});
export type Pair = z.infer<typeof pairSchema>;

/** The first 32 hex digits of a SHA-256 over the hashes of the positive and the negatives, in their order. */
export function toPairId(positive: string, negatives: readonly string[]): string {
  return hash("sha256", `planstream/pair/1\n${toCanonicalJson([positive, negatives])}`, "hex").slice(0, 32);
}
