import { z } from "zod";
import { inputFactsSchema, mutatorFactsSchema, textFactsSchema } from "./mutation-events.ts";
import { SPLITS } from "./pair.ts";
import { countsSchema } from "./tally.ts";

const count = z.int().min(0);

/** What became of an operator's candidates: parents times variants, as many as had to be tried. */
const laneSchema = z.strictObject({
  tried: count,
  /** Could not be applied, by reason. */
  not_applicable: countsSchema,
  /** Made, but not let through by the checks, by reason. */
  rejected: countsSchema,
  verified: count,
  /** Of the verified, those that needed a call put in, or a tool borrowed. */
  apart: count,
  taken: count,
  /** Variant and drawn fraction of the last that was taken. */
  last: z.number().min(0).optional(),
});

/** Parents, of those that were looked at, on which a mutator has at least one operator that applies, or passes the checks. */
const applicabilitySchema = z.strictObject({
  parents: count,
  applicable: count,
  verified: count,
  /** Those that pass with no call put in and no tool borrowed, as with --no-insert-sources. */
  own: count,
});

/** What a run made from the parents, and how it was drawn. */
export const mutationsSchema = z.strictObject({
  input: inputFactsSchema,
  lexicon: z.string(),
  checks: z.string(),
  pools: textFactsSchema.extend({ path: z.literal("pools.json"), digest: z.string() }),
  mutators: z.array(mutatorFactsSchema),
  /** Records by mutator: in the ratio of the settings, to the last one. */
  shares: countsSchema,
  /** Set where there were fewer than the target asks for: of which mutator, and how many it has. */
  shortage: z.strictObject({ mutator: z.string(), available: count, wanted: count.nullable() }).optional(),
  lanes: z.record(z.string(), laneSchema),
  /** Over a drawn part of the parents (all, if they are few): by mutator, over all and by track. */
  applicability: z.record(
    z.string(),
    z.strictObject({ all: applicabilitySchema, tracks: z.record(z.string(), applicabilitySchema) }),
  ),
  /** Parents by how many records they have. */
  per_parent: countsSchema,
  /** Lines by split. */
  splits: z.record(z.enum(SPLITS), count),
  decoys: count,
});
export type Mutations = z.infer<typeof mutationsSchema>;
