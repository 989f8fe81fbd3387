import { hash } from "node:crypto";
import { toCanonicalJson } from "./canonical-json.ts";
import type { JsonObject } from "./json.ts";

const MUTATED_NODE_DOMAIN = "planstream/mutated-node/1\n";

/** What the hash of a changed or added node is taken over. */
export type MutatedNode = {
  /** Hash of the parent plan: it covers the parent's provenance hashes, and through them the row. */
  readonly parent_hash: string;
  /** The node's place in the changed plan. */
  readonly index: number;
  readonly tool_name: string;
  readonly arguments: JsonObject;
  readonly provenance_tier: number;
  /** The hash that a changed source stands for, for a node whose source was changed. */
  readonly source?: string;
};

/**
 * The provenance hash (SHA-256, hex) of a node that a mutation changed or added: no row holds this call, so it is tied to the
 * plan that it was made from. Recomputable from a record alone. `argumentsText` is for whoever has their canonical JSON.
 */
export function toMutatedNodeHash(node: MutatedNode, argumentsText = toCanonicalJson(node.arguments)): string {
  const { parent_hash, index, tool_name, provenance_tier, source } = node;
  const sourceText = source === undefined ? "" : `,"source":${JSON.stringify(source)}`;
  // Canonical JSON spelled out: the names below are in order.
  const text = `{"arguments":${argumentsText},"index":${index},"parent_hash":"${parent_hash}","provenance_tier":${provenance_tier}${sourceText},"tool_name":${JSON.stringify(tool_name)}}`;
  return hash("sha256", MUTATED_NODE_DOMAIN + text, "hex");
}
