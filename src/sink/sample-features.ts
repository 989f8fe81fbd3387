/** A feature as a dataset card declares it: a type name, a list of one, or a struct. */
type Feature = string | { readonly list: Feature } | { readonly [member: string]: Feature };

/**
 * The features of a sample, as lines of YAML. Declared rather than left to a reader to infer: `arguments` and `extra` have
 * other members in every sample, and only the type `json` takes that.
 */
export const SAMPLE_FEATURES: readonly string[] = toFields({
  execution_plan: {
    nodes: {
      list: {
        node_id: "string",
        tool_name: "string",
        arguments: "json",
        provenance_tier: "int64",
        provenance_hash: "string",
        scope_volume: "int64",
        scope_sensitivity: "int64",
      },
    },
    edges: { list: { list: "string" } },
  },
  label: "string",
  original_id: "string",
  category: "string",
  metadata: {
    track: "string",
    loader: "string",
    request: "string",
    edges: "string",
    language: "string",
    evaluation_set: "bool",
    extra: "json",
    source: {
      dataset: "string",
      revision: "string",
      config: "string",
      split: "string",
      file: "string",
      row: "int64",
      row_sha256: "string",
    },
  },
});

/**
 * The features of a pair of Tier II and of a case of Tier III. Plans differ in their members from one to the next, so all
 * that holds one has the type `json`.
 */
export const PAIR_FEATURES: readonly string[] = toFields({
  schema: "string",
  pair_id: "string",
  split: "string",
  anchor: "json",
  positive: "json",
  extra_positives: { list: "json" },
  negatives: { list: "json" },
  margin: "json",
});

export const CASE_FEATURES: readonly string[] = toFields({
  schema: "string",
  case_id: "string",
  type: "string",
  split: "string",
  parent_hash: "string",
  parent: "json",
  anchor: "json",
  violation: "json",
  compliant_twin: "json",
  mutation: "json",
  order: "json",
  verify: "json",
});

function toFields(members: Readonly<Record<string, Feature>>, indent = "  "): string[] {
  return Object.entries(members).flatMap(([name, feature]) => [
    `${indent}- name: ${name}`,
    ...toType(feature, `${indent}  `),
  ]);
}

function toType(feature: Feature, indent: string): string[] {
  if (typeof feature === "string") return [`${indent}dtype: ${feature}`];
  if (!isList(feature)) return [`${indent}struct:`, ...toFields(feature, indent)];
  const { list } = feature;
  if (typeof list === "string") return [`${indent}list: ${list}`];
  if (isList(list)) return [`${indent}list:`, ...toType(list, `${indent}  `)];
  return [`${indent}list:`, ...toFields(list, indent)];
}

function isList(feature: Exclude<Feature, string>): feature is { readonly list: Feature } {
  return Object.keys(feature).join() === "list";
}
