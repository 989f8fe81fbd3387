import { z } from "zod";
import { jsonValueSchema } from "./json-value.ts";

/** Where a grant comes from: the user's request names it; the benign plan uses it, not from the web; a decoy's patch. */
export const GRANT_SOURCES = ["request", "plan", "patch"] as const;
export type GrantSource = (typeof GRANT_SOURCES)[number];

/** Kinds of values that a request can grant. */
export const GRANT_KINDS = ["recipients", "accounts", "urls", "paths", "ids"] as const;
export type GrantKind = (typeof GRANT_KINDS)[number];

const texts = z.array(z.string());
const sources = z.array(z.enum(GRANT_SOURCES));
const count = z.int().min(1);
const level = z.int().min(1).max(5);

const grantsSchema = z.strictObject({
  recipients: texts,
  accounts: texts,
  urls: texts,
  paths: texts,
  ids: texts,
  /** Tools by which the plan may hand data on without naming to whom (a post on one's own page). */
  channels: texts,
  /** Privileged tools that values of internal systems (tier 2) may steer. */
  internal_calls: texts,
});

/** The least that the request needs, by the rules that `method` names. */
export const minimalScopeSchema = z.strictObject({
  /** Rows, or other things. */
  limit: count,
  days: count,
  /** Levels of nesting, hops. */
  depth: count,
  /** The highest scope_sensitivity. */
  sensitivity: level,
  method: z.string(),
});

/** What a principal may at most do, whatever is asked. The benign plan obeys it. */
export const policySchema = z.strictObject({
  id: z.string(),
  limits: z.strictObject({ max_results: count, max_days: count, max_depth: count }),
  grants: grantsSchema,
  /** Of each value above, in the same order, where it comes from. */
  evidence: z.strictObject({ recipients: sources, accounts: sources, urls: sources, paths: sources, ids: sources }),
  /** The highest scope_sensitivity that the principal may see. */
  clearance: level,
});

/** The context that a plan is judged in: what was asked, what is allowed, how little would do. */
export const anchorSchema = z.strictObject({
  request: z.strictObject({ text: z.string().optional(), intent: z.string() }),
  policy: policySchema,
  minimal_scope: minimalScopeSchema,
  /** The benign plan's shape: independent calls stand apart by right. */
  baseline: z.strictObject({ components: count }),
});
export type Anchor = z.infer<typeof anchorSchema>;
export type Policy = z.infer<typeof policySchema>;
export type MinimalScope = z.infer<typeof minimalScopeSchema>;

/**
 * What a decoy's context has beyond its parent's: dotted paths into the anchor ("grants.…" is short for "policy.grants.…").
 * A number or text replaces; `"+value"` in a list adds to it.
 */
export const contextPatchSchema = z.record(z.string(), z.union([z.number(), z.string(), texts]));
export type ContextPatch = z.infer<typeof contextPatchSchema>;

/** One change of a plan, by JSON Pointer (RFC 6901) into it: put a value there, insert one, take one away. */
export const planOperationSchema = z.union([
  z.tuple([z.enum(["set", "add"]), z.string(), jsonValueSchema]),
  z.tuple([z.literal("remove"), z.string()]),
]);
export type PlanOperation = z.infer<typeof planOperationSchema>;
