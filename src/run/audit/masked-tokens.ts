import type { EnergyPlan } from "../../energy/plan.ts";
import { isJsonObject, type JsonValue } from "../../schema/json.ts";
import { toReferencedId } from "../../schema/plan-reference.ts";
import { toValueKind } from "./value-kind.ts";

/** Nesting that is followed. */
const DEPTH_MAX = 16;

/**
 * What a plan says with its meaning masked: tools, the order of tools, names of arguments, and of each value its kind. No
 * value, tier, volume or sensitivity is in it. A token may come several times.
 */
export function listMaskedTokens({ nodes }: EnergyPlan): string[] {
  const tokens = [`first ${nodes[0]?.tool_name}`, `last ${nodes.at(-1)?.tool_name}`];
  let before: string | undefined;
  for (const node of nodes) {
    tokens.push(`tool ${node.tool_name}`, `id ${toIdTail(node.node_id)}`);
    if (before !== undefined) tokens.push(`tools ${before}, ${node.tool_name}`);
    before = node.tool_name;
    const names = Object.keys(node.arguments);
    tokens.push(`arguments ${names.slice(0, 32).join()}`);
    for (const name of names) addArgument(name, node.arguments[name] as JsonValue, tokens, 0);
  }
  return tokens;
}

/** The last piece of a node's id: ids begin with the row that the plan is from. */
export function toIdTail(id: string): string {
  return id.slice(id.lastIndexOf(":") + 1);
}

function addArgument(name: string, value: JsonValue, tokens: string[], depth: number): void {
  tokens.push(`argument ${name}`, `${name}: ${toValueKind(value)}`);
  if (typeof value !== "object" || value === null || depth >= DEPTH_MAX) return;
  if (Array.isArray(value)) {
    for (const member of value) {
      if (isJsonObject(member)) addMembers(member, tokens, depth);
    }
  } else addMembers(value, tokens, depth);
}

function addMembers(object: { [key: string]: JsonValue }, tokens: string[], depth: number): void {
  if (toReferencedId(object) !== undefined) return;
  for (const name of Object.keys(object)) addArgument(name, object[name] as JsonValue, tokens, depth + 1);
}
