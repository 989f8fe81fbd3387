import { hash } from "node:crypto";
import type { Plan } from "../../schema/pair.ts";
import type { PlanNode } from "../../schema/sample.ts";
import { toArgumentsText } from "./canonical-texts.ts";

/**
 * toPlanHash for many plans that share nodes with their parent: the same recipe spelled out.
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

function toNodeText(node: PlanNode): string {
  const { node_id, provenance_hash, provenance_tier, scope_sensitivity, scope_volume, tool_name } = node;
  return `{"arguments":${toArgumentsText(node.arguments)},"node_id":${JSON.stringify(node_id)},"provenance_hash":"${provenance_hash}","provenance_tier":${provenance_tier},"scope_sensitivity":${scope_sensitivity},"scope_volume":${scope_volume},"tool_name":${JSON.stringify(tool_name)}}`;
}
