import { parseStrictJson, type StrictJson, toValue } from "./strict-json.ts";

/** What a strict parser that shares no code with planstream says against a line; undefined if nothing. */
export function findLineFault(line: Uint8Array): string | undefined {
  let strict: StrictJson;
  try {
    strict = parseStrictJson(line);
  } catch (error) {
    return (error as Error).message;
  }
  const text = Buffer.from(line).toString("utf8");
  const value = toValue(strict);
  if (JSON.stringify(value).replace(/[\u0085\u2028\u2029]/g, toEscape) !== text) return "not the text of its own value";
  return /[\u0000-\u001f\u0085\u2028\u2029]/.test(text) ? "a character that ends a line for some readers" : undefined;
}

function toEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The lines of a file of JSON Lines, without their ends. */
export function cutLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  if (start < bytes.length) lines.push(bytes.subarray(start));
  return lines;
}

const SAMPLE_NAMES = "execution_plan,label,original_id,category,metadata";
const PLAN_NAMES = "nodes,edges";
const NODE_NAMES = "node_id,tool_name,arguments,provenance_tier,provenance_hash,scope_volume,scope_sensitivity";
const METADATA_NAMES = new Set("track,loader,request,edges,language,evaluation_set,extra,source".split(","));

/** What in a sample may not come from a row and does: members that it doesn't have, a label, ids and a loader of another. */
export function findEscape(value: unknown, loader: string, row: number): string | undefined {
  const sample = value as {
    execution_plan: { nodes: Record<string, unknown>[] };
    label: unknown;
    original_id: string;
    metadata: Record<string, unknown> & { source: { row: number } };
  };
  const { execution_plan: plan, metadata } = sample;
  if (Object.keys(sample).join() !== SAMPLE_NAMES) return `members ${Object.keys(sample)}`;
  if (Object.keys(plan).join() !== PLAN_NAMES) return `members of the plan ${Object.keys(plan)}`;
  if (plan.nodes.some((node) => Object.keys(node).join() !== NODE_NAMES)) return "members of a node";
  if (Object.keys(metadata).some((name) => !METADATA_NAMES.has(name))) return `members ${Object.keys(metadata)}`;
  if (sample.label !== "benign") return `label ${sample.label}`;
  if (`${metadata.track}/${metadata.loader}` !== loader) return `loader ${metadata.track}/${metadata.loader}`;
  if (metadata.source.row !== row || !new RegExp(`[:/]${row}(?:#\\d+)?$`).test(sample.original_id))
    return "another row";
  const place = plan.nodes.findIndex(({ node_id }, index) => node_id !== `${sample.original_id}:n${index}`);
  return place === -1 ? undefined : `id of node ${place}`;
}
