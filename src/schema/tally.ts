import { z } from "zod";
import type { Sample } from "./sample.ts";

const count = z.int().min(0);
// Not z.record: it would lose the key `__proto__`, which a row is free to use as a tool name.
export const countsSchema = z
  .custom<Counts>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((by) => Number.isSafeInteger(by) && by >= 0),
    "expected a map of counts",
  )
  .meta({ type: "object", additionalProperties: { type: "integer", minimum: 0 } });

/**
 * What became of some rows. `rows_read + added = samples + sum(dropped) + sum(quarantined)`: every row ends in exactly one
 * place, and a row that gave n drafts counts n - 1 in `added`.
 */
export const tallySchema = z.strictObject({
  rows_read: count,
  added: count,
  samples: count,
  dropped: countsSchema,
  quarantined: countsSchema,
});
export type Tally = z.infer<typeof tallySchema>;

/** How often each value occurs: samples by `category`, nodes by the others. */
export const distributionsSchema = z.strictObject({
  category: countsSchema,
  provenance_tier: countsSchema,
  scope_sensitivity: countsSchema,
  scope_volume: countsSchema,
  tools: countsSchema,
});
export type Distributions = z.infer<typeof distributionsSchema>;

export type Counts = Record<string, number>;

/** A map of counts that keeps every key, `__proto__` too, as plain data. */
export function createCounts(): Counts {
  return Object.create(null) as Counts;
}

/** Adds to a count of a map made by createCounts. A count that comes to 0 is gone. */
export function addCount(counts: Counts, key: string, by = 1): void {
  const count = (counts[key] ?? 0) + by;
  if (count === 0) delete counts[key];
  else counts[key] = count;
}

/** Adds counts; `times` -1 takes them out again. */
export function addCounts(into: Counts, from: Counts, times: 1 | -1 = 1): void {
  for (const [key, by] of Object.entries(from)) addCount(into, key, times * by);
}

export function sumCounts(counts: Counts): number {
  return Object.values(counts).reduce((sum, by) => sum + by, 0);
}

/** The same counts with keys in code-unit order, as they stand in a manifest. */
export function toSortedCounts(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function createTally(): Tally {
  return { rows_read: 0, added: 0, samples: 0, dropped: createCounts(), quarantined: createCounts() };
}

/** Adds an account to another; `times` -1 takes it out again. */
export function addTally(into: Tally, from: Tally, times: 1 | -1 = 1): void {
  into.rows_read += times * from.rows_read;
  into.added += times * from.added;
  into.samples += times * from.samples;
  addCounts(into.dropped, from.dropped, times);
  addCounts(into.quarantined, from.quarantined, times);
}

/** Throws if a row went missing or was counted twice: a bug, never the data's fault. */
export function assertBalanced(tally: Tally, where: string): void {
  const came = tally.rows_read + tally.added;
  const went = tally.samples + sumCounts(tally.dropped) + sumCounts(tally.quarantined);
  if (came !== went) throw new Error(`[${where}] the account is off: ${came} rows came, ${went} are accounted for`);
}

export function createDistributions(): Distributions {
  return {
    category: createCounts(),
    provenance_tier: createCounts(),
    scope_sensitivity: createCounts(),
    scope_volume: createCounts(),
    tools: createCounts(),
  };
}

/** Counts a sample in (`by` 1) or out again (`by` -1). */
export function countSample(distributions: Distributions, { category, execution_plan }: Sample, by: 1 | -1): void {
  countPlan(distributions, category, execution_plan, by);
}

/** Counts a plan, under a category of its own, in or out again. */
export function countPlan(
  distributions: Distributions,
  category: string,
  { nodes }: Pick<Sample["execution_plan"], "nodes">,
  by: 1 | -1,
): void {
  addCount(distributions.category, category, by);
  for (const node of nodes) {
    addCount(distributions.provenance_tier, String(node.provenance_tier), by);
    addCount(distributions.scope_sensitivity, String(node.scope_sensitivity), by);
    addCount(distributions.scope_volume, String(node.scope_volume), by);
    addCount(distributions.tools, node.tool_name, by);
  }
}

/** What countSample needs of a node. */
export type CountedNode = {
  readonly tool: string;
  readonly provenanceTier?: number;
  readonly scopeVolume?: number;
  readonly scopeSensitivity?: number;
};

/** Counts a sample in by its parts. */
export function countNodes(distributions: Distributions, category: string, nodes: readonly CountedNode[]): void {
  addCount(distributions.category, category);
  for (const node of nodes) {
    addCount(distributions.provenance_tier, String(node.provenanceTier));
    addCount(distributions.scope_sensitivity, String(node.scopeSensitivity));
    addCount(distributions.scope_volume, String(node.scopeVolume));
    addCount(distributions.tools, node.tool);
  }
}

/** Adds distributions to others; `times` -1 takes them out again. */
export function addDistributions(into: Distributions, from: Distributions, times: 1 | -1 = 1): void {
  addCounts(into.category, from.category, times);
  addCounts(into.provenance_tier, from.provenance_tier, times);
  addCounts(into.scope_sensitivity, from.scope_sensitivity, times);
  addCounts(into.scope_volume, from.scope_volume, times);
  addCounts(into.tools, from.tools, times);
}
