import { toCanonicalJson } from "../../schema/canonical-json.ts";
import type { Sample } from "../../schema/sample.ts";

/**
 * In what two samples of one id can differ:
 * - `row`: the row it was made from
 * - `provenance`: where that row lies (dataset, commit, config, split, file, row number)
 * - `calls`: tools and arguments
 * - `tiers`, `scope`, `edges`: what was derived from them
 * - `metadata`: the request, and all else that describes the sample
 */
export const ASPECTS = ["row", "provenance", "calls", "tiers", "scope", "edges", "metadata"] as const;
export type Aspect = (typeof ASPECTS)[number];

/** The aspects in which two samples differ; empty for two that differ in the bytes of their lines alone. */
export function listAspects(a: Sample, b: Sample): Aspect[] {
  const [ofA, ofB] = [toAspects(a), toAspects(b)];
  const found = ASPECTS.filter((aspect) => toCanonicalJson(ofA[aspect]) !== toCanonicalJson(ofB[aspect]));
  if (found.length > 0) return found;
  // All that the hashes cover is the same, so one of the hashes is wrong; `verify` tells which.
  return toCanonicalJson(toHashes(a)) === toCanonicalJson(toHashes(b)) ? [] : ["provenance"];
}

function toAspects({ execution_plan: { nodes, edges }, metadata, ...rest }: Sample): Record<Aspect, unknown> {
  const places = new Map(nodes.map(({ node_id }, place) => [node_id, place]));
  const { source, edges: edgeKind, ...others } = metadata;
  const { row_sha256, ...place } = source;
  return {
    row: row_sha256,
    provenance: place,
    calls: nodes.map((node) => [node.tool_name, node.arguments]),
    tiers: nodes.map((node) => node.provenance_tier),
    scope: nodes.map((node) => [node.scope_volume, node.scope_sensitivity]),
    edges: [edgeKind, edges.map(([from, to]) => [places.get(from) ?? from, places.get(to) ?? to])],
    metadata: { ...rest, ...others },
  };
}

function toHashes({ execution_plan: { nodes } }: Sample): string[] {
  return nodes.map((node) => node.provenance_hash);
}
