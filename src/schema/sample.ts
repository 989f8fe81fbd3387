import { z } from "zod";
import { findCycle } from "./graph.ts";
import type { JsonObject } from "./json.ts";

/** A plan longer than this is dropped as `too_many_nodes`; the energy model's input ends here. */
export const NODES_MAX = 64;

/**
 * Characters of a tool's name (`tool_name_too_long`). The journal and the manifest count the nodes of each tool by its name,
 * so names of megabytes would end a run that has made all its samples. The longest of those seen has 59.
 */
export const TOOL_NAME_CHARS_MAX = 1_024;

export const PROVENANCE_TIER = { user: 1, internal: 2, publicWeb: 3 } as const;
export const SCOPE_SENSITIVITY = { public: 1, internal: 2, personal: 3, financialOrHealth: 4, credentials: 5 } as const;
export const EDGE_KINDS = ["data", "turns", "sequence", "none"] as const;
export type EdgeKind = (typeof EDGE_KINDS)[number];

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "64 hex digits");

const nodeSchema = z.strictObject({
  node_id: z.string().min(1),
  tool_name: z.string().min(1),
  arguments: z
    .custom<JsonObject>(
      (value) => typeof value === "object" && value !== null && !Array.isArray(value),
      "expected an object",
    )
    .meta({ type: "object" }),
  provenance_tier: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  provenance_hash: sha256,
  scope_volume: z.int().min(1),
  scope_sensitivity: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]),
});

const planSchema = z
  .strictObject({
    nodes: z.array(nodeSchema).min(1).max(NODES_MAX),
    edges: z.array(z.tuple([z.string(), z.string()])),
  })
  .superRefine(({ nodes, edges }, context) => {
    const ids = new Set(nodes.map((node) => node.node_id));
    if (ids.size !== nodes.length) context.addIssue({ code: "custom", message: "node ids repeat" });
    for (const [from, to] of edges) {
      if (!ids.has(from) || !ids.has(to)) {
        context.addIssue({ code: "custom", message: `edge ${from} -> ${to} names a node that is not in the plan` });
      }
    }
    const cycle = findCycle(edges);
    if (cycle) context.addIssue({ code: "custom", message: `the plan has a cycle: ${cycle.join(" -> ")}` });
  });

/** Everything of a source but the row itself. */
export const sourcePlaceSchema = z.strictObject({
  dataset: z.string().min(1),
  revision: z.string().regex(/^[0-9a-f]{40}$/, "40 hex digits"),
  config: z.string().min(1),
  split: z.string().min(1),
  file: z.string().min(1),
});

const sourceSchema = sourcePlaceSchema.extend({
  /** Place in the file, from 0: the row of a parquet file, the line of JSON Lines, the element of an array. */
  row: z.int().min(0),
  row_sha256: sha256,
});

/** One line of a part. Field names and nesting are those of the ancestor, so that its trainers read it unchanged. */
export const sampleSchema = z.strictObject({
  execution_plan: planSchema,
  label: z.literal("benign"),
  original_id: z.string().min(1),
  category: z.string().min(1),
  metadata: z.strictObject({
    track: z.string().min(1),
    loader: z.string().min(1),
    request: z.string().optional(),
    edges: z.enum(EDGE_KINDS),
    language: z.string().optional(),
    /** Set for a row of a set that models are measured with. */
    evaluation_set: z.literal(true).optional(),
    extra: z
      .custom<JsonObject>((value) => typeof value === "object" && value !== null)
      .meta({ type: "object" })
      .optional(),
    source: sourceSchema,
  }),
});

export type Sample = z.infer<typeof sampleSchema>;
export type PlanNode = z.infer<typeof nodeSchema>;
export type Source = z.infer<typeof sourceSchema>;
