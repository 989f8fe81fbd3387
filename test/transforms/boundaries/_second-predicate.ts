import type { PolicyRule } from "../../../src/schema/boundary.ts";
import type { JsonValue } from "../../../src/schema/json.ts";
import type { Plan } from "../../../src/schema/pair.ts";

/**
 * The ids of the nodes that break a rule, by the words of docs and schema alone: written without a look at src/energy, so
 * that what one of the two gets wrong the other does not.
 */
export function listBreakers({ nodes, edges }: Plan, rule: PolicyRule): string[] {
  const breaks: Record<PolicyRule["kind"], (node: Plan["nodes"][number]) => boolean> = {
    max: ({ arguments: args }) => {
      const value = own(args, rule.field);
      const count = Array.isArray(value)
        ? value.length
        : /^[0-9]+$/.test(`${value}`)
          ? Number.parseInt(`${value}`, 10)
          : Number(value);
      return count > Number(rule.value);
    },
    max_days: ({ arguments: args }) => {
      if (!rule.field.includes("..")) return Number(own(args, rule.field)) > Number(rule.value);
      const [from, to] = rule.field.split("..").map((name) => new Date(`${own(args, name)}`.slice(0, 10)).valueOf());
      return Math.round((Number(to) - Number(from)) / 86_400_000) + 1 > Number(rule.value);
    },
    own_value: ({ arguments: args }) => {
      const value = own(args, rule.field);
      return value !== undefined && !new Set(rule.value as string[]).has(`${value}`);
    },
    approval: ({ tool_name, node_id }) => {
      if (tool_name !== rule.field) return false;
      const approvals = nodes
        .filter((node) => node.tool_name === rule.value)
        .map((node) => `${node.node_id}>${node_id}`);
      return !edges.some(([from, to]) => approvals.includes(`${from}>${to}`));
    },
    max_sensitivity: ({ tool_name, scope_sensitivity }) =>
      tool_name === rule.field && !(scope_sensitivity <= Number(rule.value)),
  };
  return nodes.filter(breaks[rule.kind]).map(({ node_id }) => node_id);
}

function own(args: Plan["nodes"][number]["arguments"], name: string): JsonValue | undefined {
  return Object.entries(args).find(([key]) => key === name)?.[1];
}
