import { hash } from "node:crypto";
import { toCanonicalJson } from "./canonical-json.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { Source } from "./sample.ts";

/** First line of what a provenance hash is taken over; the number moves when the recipe does. */
const PROVENANCE_DOMAIN = "planstream/provenance/1\n";

/** SHA-256 (hex) of the canonical JSON of a row as decoded with the loader's columns, before any clean-up. */
export function toRowSha256(row: JsonValue): string {
  return hash("sha256", toCanonicalJson(row), "hex");
}

/**
 * SHA-256 (hex) that ties a node to the row it was made from: recomputable from the sample alone, and, because it covers
 * `row_sha256`, from the Hub. `index` is the node's place in its plan.
 */
export function toProvenanceHash(
  source: Source,
  node: { index: number; tool_name: string; arguments: JsonObject },
): string {
  const { dataset, revision, config, split, file, row, row_sha256 } = source;
  const { index, tool_name } = node;
  const subject = {
    dataset,
    revision,
    config,
    split,
    file,
    row,
    row_sha256,
    node: { index, tool_name, arguments: node.arguments },
  };
  return hash("sha256", PROVENANCE_DOMAIN + toCanonicalJson(subject), "hex");
}

/** What createNodeHasher's function needs of a node; the texts are canonical JSON. */
export type HashedNode = {
  readonly row: number;
  readonly rowSha256: string;
  readonly index: number;
  readonly toolText: string;
  readonly argumentsText: string;
};

/** toProvenanceHash for many nodes of one file, from texts that are there already: the same recipe, spelled out. */
export function createNodeHasher(place: Omit<Source, "row" | "row_sha256">): (node: HashedNode) => string {
  const { config, dataset, file, revision, split } = place;
  const head = `${PROVENANCE_DOMAIN}{"config":${JSON.stringify(config)},"dataset":${JSON.stringify(dataset)},"file":${JSON.stringify(file)},"node":{"arguments":`;
  const tail = `},"revision":${JSON.stringify(revision)},"row":`;
  const end = `","split":${JSON.stringify(split)}}`;
  return ({ row, rowSha256, index, toolText, argumentsText }) =>
    hash(
      "sha256",
      `${head}${argumentsText},"index":${index},"tool_name":${toolText}${tail}${row},"row_sha256":"${rowSha256}${end}`,
      "hex",
    );
}
