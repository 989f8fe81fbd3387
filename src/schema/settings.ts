import { hash } from "node:crypto";
import { z } from "zod";
import { toCanonicalJson } from "./canonical-json.ts";

/** Which drafts a model is asked about, and which one. */
const modelSettingsSchema = z.strictObject({
  mode: z.enum(["uncertain", "all"]),
  /** "vendor/model". */
  model: z.string().min(1),
  /** Drafts whose rules are at least so sure are not asked about. With mode "all" it is above 1. */
  confidence_min: z.number(),
  /** With --partial: rows whose rank in the order of the seed is above it are not asked about. */
  rank_max: z.number().nullable(),
});
export type ModelSettings = z.infer<typeof modelSettingsSchema>;

/**
 * What decides the bytes of a run beside its sources: two runs with the same settings on the same commits are the same.
 * Where the Hub is, where the output goes and how many workers there are decide nothing and are not in it.
 */
export const settingsSchema = z.strictObject({
  tier: z.literal("tier1"),
  /** Tracks named by --track, empty for all. */
  tracks: z.array(z.string()),
  exclude_tracks: z.array(z.string()),
  /** Loaders named by --loader, empty for all that are enabled. */
  loaders: z.array(z.string()),
  /** Samples to make in all, shared over the loaders. */
  target: z.int().min(1).nullable(),
  /** Rows to read per loader. */
  limit: z.int().min(1).nullable(),
  seed: z.int(),
  llm: z.union([z.literal("none"), modelSettingsSchema]),
  /** Repeats of a plan with its request: kept, left out within a loader, or over all loaders. */
  dedupe: z.enum(["none", "exact", "global"]),
  /** Share of a loader's rows that may go to quarantine before the loader counts as failed. */
  quarantine_max: z.number().min(0).max(1),
  /** Commits pinned by --revision, by loader. */
  revisions: z.record(z.string(), z.string()),
});
export type Settings = z.infer<typeof settingsSchema>;

/** The same for a run that makes Tier II or Tier III from another tier's folder. The input is pinned in the journal. */
export const mutationSettingsSchema = z.strictObject({
  tier: z.enum(["tier2", "tier3"]),
  /** Negatives (tier2) or cases (tier3) to make in all; null for as many as there are. */
  target: z.int().min(1).nullable(),
  /** Parts of the whole by mutator, in lowest terms. Those that are not named make none. */
  ratio: z.record(z.string(), z.int().min(1)),
  seed: z.int(),
  /** How often an operator is tried on a parent, at most. */
  variants_max: z.int().min(1).max(16),
  /** Whether calls may be put in that only bring in what an operator needs. */
  insert_sources: z.boolean(),
  quarantine_max: z.number().min(0).max(1),
});
export type MutationSettings = z.infer<typeof mutationSettingsSchema>;

/** The settings of a run of any tier. */
export const runSettingsSchema = z.discriminatedUnion("tier", [settingsSchema, mutationSettingsSchema]);
export type RunSettings = z.infer<typeof runSettingsSchema>;

export function toSettingsSha256(settings: RunSettings): string {
  return hash("sha256", toCanonicalJson(settings), "hex");
}
