import { z } from "zod";
import { outputMarkSchema, positionSchema } from "./marks.ts";
import { modelUseSchema } from "./model-use.ts";
import { mutationEventSchemas } from "./mutation-events.ts";
import { runSettingsSchema } from "./settings.ts";
import { countsSchema, distributionsSchema, tallySchema } from "./tally.ts";

export type { OutputMark, Position } from "./marks.ts";

const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A file as the hub lists it. */
export const listedFileSchema = z.strictObject({
  path: z.string(),
  /** Bytes. */
  size: count,
  sha256: z.string().optional(),
  etag: z.string().optional(),
});
export type ListedFile = z.infer<typeof listedFileSchema>;

/** One input file of a dataset, as it was listed when its revision was pinned. */
export const sourceFileSchema = listedFileSchema.extend({
  config: z.string(),
  split: z.string(),
  /** The file whose rows complete this one's. */
  joined: listedFileSchema.optional(),
});
export type SourceFile = z.infer<typeof sourceFileSchema>;

export const LOADER_STATUSES = ["ok", "excluded", "disabled", "gated", "failed"] as const;
export type LoaderStatus = (typeof LOADER_STATUSES)[number];

/** How a loader has ended. */
const loaderEndSchema = z.strictObject({
  status: z.enum(LOADER_STATUSES),
  reason: z.string().optional(),
  /** Whether a later start of the same command tries again. */
  retry: z.boolean(),
  /** Set where the loader has failed by what it put into quarantine, not by its source. */
  by: z.literal("quarantine").optional(),
});
export type LoaderEnd = z.infer<typeof loaderEndSchema>;

/** The last sample of a slice, kept back until the next row shows whether it goes on the same conversation. */
export const heldSampleSchema = z.strictObject({
  /** The sample's line, without its line end. */
  line: z.string(),
  /** Hash of the conversation's key, hex. */
  conversation: z.string(),
  nodes: count,
});
export type HeldSample = z.infer<typeof heldSampleSchema>;

/** What a run folder's journal holds: one event a line, never changed once written. */
export const journalEventSchema = z.discriminatedUnion("event", [
  z.strictObject({ event: z.literal("start"), format: z.literal(1), settings: runSettingsSchema }),
  /** A loader enters the run, its dataset pinned to a commit. Anything it did before in this folder is void. */
  z.strictObject({
    event: z.literal("pin"),
    loader: z.string(),
    dataset: z.string(),
    /** The dataset that was to be read, if this one is its fallback. */
    fallback_for: z.string().optional(),
    revision: z.string(),
    code_sha256: sha256,
    /** Dotted paths of what is read of a row. Journals of before replays do not have them. */
    columns: z.array(z.string()).optional(),
    files: z.array(sourceFileSchema),
  }),
  /** A new round of --target: how many samples each loader may have made by its end. */
  z.strictObject({ event: z.literal("round"), quotas: z.record(z.string(), count) }),
  /** Rows of a file that are done. `next` is where the loader reads on. */
  z.strictObject({
    event: z.literal("slice"),
    loader: z.string(),
    file: count,
    tally: tallySchema,
    distributions: distributionsSchema,
    /** What was wrong with the first row of each reason that is new to the loader. */
    examples: z.record(z.string(), z.string()),
    /** Samples left out as repeats, by the loader that had them first. */
    duplicates: countsSchema.optional(),
    held: heldSampleSchema.optional(),
    /** Set where what was held back is let go of because the source failed: a retry takes it back. */
    released: z.literal(true).optional(),
    /** The models' replies in it. */
    model: modelUseSchema.optional(),
    /** What of a tier's mutations is in it; see MADE_COUNTS. */
    mutations: countsSchema.optional(),
    next: positionSchema,
    part: outputMarkSchema.optional(),
    quarantine: outputMarkSchema.optional(),
  }),
  /** A loader's end, or why there was none. */
  loaderEndSchema.extend({ event: z.literal("loader"), loader: z.string() }),
  /** A loader that had ended with a failure goes on where it stopped. */
  z.strictObject({ event: z.literal("retry"), loader: z.string() }),
  /** Rows that a loader which has ended had in quarantine were worked again. They were counted as read before. */
  z.strictObject({
    event: z.literal("replay"),
    loader: z.string(),
    /** From 1, counted for each loader. */
    generation: z.int().min(1),
    /** The code that worked them, and the dotted paths of what it read of a row. */
    code_sha256: sha256,
    columns: z.array(z.string()),
    /** The rows taken out of quarantine, by the reason that they were in it for. */
    taken: countsSchema,
    /** What became of them. `rows_read` is how many they are. */
    tally: tallySchema,
    distributions: distributionsSchema,
    /** What was wrong with the first row of each reason that is in quarantine now. */
    examples: z.record(z.string(), z.string()),
    duplicates: countsSchema.optional(),
    /** The parts that took the samples, in order. */
    parts: z.array(outputMarkSchema),
    /** All that is in quarantine now, in place of the files before; absent if that is nothing. */
    quarantine: outputMarkSchema.optional(),
    ended: loaderEndSchema,
  }),
  ...mutationEventSchemas,
  /** Every file of the run folder stands under its final name. */
  z.strictObject({ event: z.literal("finished"), manifest_sha256: sha256 }),
]);
export type JournalEvent = z.infer<typeof journalEventSchema>;
