import { z } from "zod";
import { LOADER_STATUSES, listedFileSchema } from "./journal.ts";
import { mutationsSchema } from "./mutation-manifest.ts";
import { runSettingsSchema } from "./settings.ts";
import { countsSchema, distributionsSchema, tallySchema } from "./tally.ts";

const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const totalsSchema = z.strictObject({
  rows_read: count,
  added: count,
  samples: count,
  dropped: count,
  quarantined: count,
});

/** What a replay made of rows that were in quarantine. `rows + added = samples + dropped + quarantined`. */
const replayedSchema = z.strictObject({
  generation: z.int().min(1),
  /** The code that worked them, and what it read of a row; `row_sha256` of the samples covers exactly that. */
  code_sha256: sha256,
  columns: z.array(z.string()),
  /** How many of the loader's samples stand before those of the replay. */
  samples_before: count,
  rows: count,
  added: count,
  samples: count,
  dropped: count,
  /** Those that failed again. */
  quarantined: count,
});
export type Replayed = z.infer<typeof replayedSchema>;

/** What a run made, from what, and how it adds up. No clock, no host, no path: the same run gives the same bytes. */
export const manifestSchema = z.strictObject({
  schema: z.literal("planstream/manifest/1"),
  tier: z.enum(["tier1", "tier2", "tier3"]),
  seed: z.int(),
  settings: runSettingsSchema,
  settings_sha256: sha256,
  sources: z.array(
    z.strictObject({
      loader: z.string(),
      dataset: z.string(),
      /** The dataset that the loader names, if it holds none of the loader's files and this one was read in its place. */
      fallback_for: z.string().optional(),
      revision: z.string(),
      /** Of a tier that is made from another: the dataset that the other's samples were made from. */
      origin: z.strictObject({ dataset: z.string(), revision: z.string() }).optional(),
      license: z.string(),
      /** Over the loader's file, its track and all that they import: moves when the loader's code does. */
      code_sha256: sha256,
      /** Dotted paths of what is read of a row. `row_sha256` covers exactly these. */
      columns: z.array(z.string()),
      files: z.array(
        z.strictObject({
          path: z.string(),
          config: z.string(),
          split: z.string(),
          size: count,
          /** Rows read of it. */
          rows: count,
          sha256: z.string().optional(),
          etag: z.string().optional(),
          joined: listedFileSchema.optional(),
        }),
      ),
    }),
  ),
  totals: totalsSchema,
  loaders: z.record(
    z.string(),
    tallySchema.extend({
      status: z.enum(LOADER_STATUSES),
      reason: z.string().optional(),
      /** Replays of its quarantine, in order. The other members tell of the loader after them. */
      replayed: z.array(replayedSchema).optional(),
    }),
  ),
  distributions: distributionsSchema.extend({
    /** Samples by track. */
    track: countsSchema,
    /** Of each loader that has samples, its nodes by these three. */
    loaders: z.record(z.string(), distributionsSchema.omit({ category: true, tools: true })),
  }),
  /** Samples left out as repeats: by the loader they were of, and the loader that had them first. */
  duplicates: z.record(z.string(), countsSchema),
  parts: z.array(z.strictObject({ path: z.string(), samples: count, bytes: count, sha256 })),
  quarantine: z.array(z.strictObject({ path: z.string(), lines: count, bytes: count, sha256 })),
  card: z.strictObject({ path: z.literal("README.md"), bytes: count, sha256 }),
  report: z.strictObject({ path: z.literal("report.html"), bytes: count, sha256 }),
  /** Of a tier that is made from another's samples. */
  mutations: mutationsSchema.optional(),
  /** The models' replies in the samples, and what they cost when they were bought. `replies_sha256` covers them all. */
  cost: z.strictObject({ usd: z.number().min(0), calls: count, replies_sha256: sha256.optional() }),
});
export type Manifest = z.infer<typeof manifestSchema>;
