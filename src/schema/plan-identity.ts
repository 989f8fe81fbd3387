import { hash } from "node:crypto";
import { toCanonicalJson } from "./canonical-json.ts";
import type { Sample } from "./sample.ts";

/** Bytes of an identity. With 8, two of 4 million different plans share one with a probability below one in a million. */
export const IDENTITY_BYTES = 8;

/**
 * What makes two samples the same: the request, the calls with their arguments, and the edges. Where the row lies, what it
 * is called and what was derived from it play no part. Hex.
 */
export function toPlanIdentity({ execution_plan: { nodes, edges }, metadata }: Sample): string {
  const places = new Map(nodes.map((node, place) => [node.node_id, place]));
  const calls = nodes.map((node) => `[${JSON.stringify(node.tool_name)},${toCanonicalJson(node.arguments)}]`);
  const byPlace = edges.map(([from, to]) => [places.get(from) ?? null, places.get(to) ?? null] as const);
  const subject = toIdentitySubject(JSON.stringify(metadata.request ?? null), calls, byPlace);
  // As text: a buffer per sample would each be memory of its own outside the heap.
  return hash("sha256", subject, "hex").slice(0, 2 * IDENTITY_BYTES);
}

/** The canonical JSON that an identity is taken over. `calls` are texts of `[tool, arguments]`, edges go by node index. */
export function toIdentitySubject(
  requestText: string,
  calls: readonly string[],
  edges: readonly (readonly [number | null, number | null])[],
): string {
  const edgesText = edges.map(([from, to]) => `[${from},${to}]`).join();
  return `{"edges":[${edgesText}],"nodes":[${calls.join()}],"request":${requestText}}`;
}
