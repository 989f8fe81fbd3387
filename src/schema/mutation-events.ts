import { z } from "zod";
import { outputMarkSchema, positionSchema } from "./marks.ts";
import { countsSchema } from "./tally.ts";

const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** Where a candidate stands in its lane's order: the variant's number, plus a fraction that its hash draws. */
const place = z.number().min(0);

/** A plug-in that makes mutated plans, as it was when the run began. */
export const mutatorFactsSchema = z.strictObject({
  /** As in the records. */
  name: z.string().min(1),
  version: z.int().min(1),
  /** The term of the energy that it raises; a boundary has none. */
  target: z.string().optional(),
  /** Over its file and what it imports. */
  code_sha256: sha256,
  /** In the order of the file; a boundary has one, of its own name. */
  operators: z.array(z.string()).min(1),
});
export type MutatorFacts = z.infer<typeof mutatorFactsSchema>;

/** The finished folder whose samples are the parents. */
export const inputFactsSchema = z.strictObject({
  tier: z.literal("tier1"),
  /** What pins it: the manifest names every part with its hash. */
  manifest_sha256: sha256,
  samples: count,
});

export type InputFacts = z.infer<typeof inputFactsSchema>;

/** A text beside the parts, as the manifest names it. */
export const textFactsSchema = z.strictObject({ bytes: count, sha256 });
export type TextFacts = z.infer<typeof textFactsSchema>;

/** Events of a run that makes mutated plans, in the order in which they first come. Lanes are `mutator/operator`. */
export const mutationEventSchemas = [
  z.strictObject({
    event: z.literal("input"),
    input: inputFactsSchema,
    mutators: z.array(mutatorFactsSchema),
    /** Digest of the energy's lexicon, and the version of the checks. */
    lexicon: z.string(),
    checks: z.string(),
  }),
  /** All parents were read once: how many they are, and what mutations may draw from. */
  z.strictObject({ event: z.literal("census"), parents: count, pools: textFactsSchema.extend({ digest: z.string() }) }),
  /** A pass over the parents begins: in each lane the candidates with places in [from, to) are tried. */
  z.strictObject({ event: z.literal("pass"), bands: z.record(z.string(), z.tuple([place, place])) }),
  /** Parents that a pass has dealt with. `ranks` holds the places of the candidates that passed all checks. */
  z.strictObject({
    event: z.literal("ranked"),
    loader: z.string(),
    next: positionSchema,
    /** See TRIED_COUNTS. */
    counts: countsSchema,
    ranks: outputMarkSchema,
  }),
  /** The draw: how many of each lane are taken, and the place of the last of them. Those before it are taken, too. */
  z.strictObject({
    event: z.literal("cut"),
    lanes: z.record(z.string(), z.strictObject({ taken: z.int().min(1), last: place })),
  }),
] as const;
