import { hash } from "node:crypto";
import type { Plan } from "../../schema/pair.ts";
import type { PlanNode } from "../../schema/sample.ts";
import { toArgumentsText } from "./canonical-texts.ts";

/**
 * toPlanHash for many plans that share nodes with their parent: the same recipe spelled out, each node's text written once.
 * A node must not change after its plan was hashed.
 */
export function hashPlan({ nodes, edges }: Plan): string {
  let text = 'planstream/plan/1\n{"edges":[';
  for (let i = 0; i < edges.length; i++) {
    const [from, to] = edges[i] as Plan["edges"][number];
    text += `${i === 0 ? "" : ","}[${JSON.stringify(from)},${JSON.stringify(to)}]`;
  }
  text += '],"nodes":[';
  for (let i = 0; i < nodes.length; i++) text += (i === 0 ? "" : ",") + toNodeText(nodes[i] as PlanNode);
  return hash("sha256", `${text}]}`, "hex");
}

const texts = new WeakMap<PlanNode, string>();

function toNodeText(node: PlanNode): string {
  let text = texts.get(node);
  if (text === undefined) {
    const { node_id, provenance_hash, provenance_tier, scope_sensitivity, scope_volume, tool_name } = node;
    text = `{"arguments":${toArgumentsText(node.arguments)},"node_id":${JSON.stringify(node_id)},"provenance_hash":"${provenance_hash}","provenance_tier":${provenance_tier},"scope_sensitivity":${scope_sensitivity},"scope_volume":${scope_volume},"tool_name":${JSON.stringify(tool_name)}}`;
    texts.set(node, text);
  }
  return text;
}
