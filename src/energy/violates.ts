import type { PolicyRule, RuleViolation } from "../schema/boundary.ts";
import type { JsonObject, JsonValue } from "../schema/json.ts";
import { listValues } from "./destinations.ts";
import type { EnergyNode, EnergyPlan } from "./plan.ts";

const DAY_MS = 86_400_000;
const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]|$)/;

/**
 * Where a plan breaks rules, in the order of the rules, then of the nodes. By the rule's kind:
 * - `max`: an argument named `field` is a number above `value`, or a list of more members;
 * - `max_days`: an argument named `field` is a number above `value`; or, for a field `start..end`, the two arguments are ISO
 *   dates that span more days, both counted;
 * - `own_value`: an argument named `field` holds a value that is not among `value`;
 * - `approval`: a call of the tool `field` to which no call of the tool `value` leads by an edge;
 * - `max_sensitivity`: the scope sensitivity of a call of the tool `field` is above `value`.
 */
export function listViolations(plan: EnergyPlan, rules: readonly PolicyRule[]): RuleViolation[] {
  return rules.flatMap((rule) => plan.nodes.flatMap((node) => judge(plan, node, rule) ?? []));
}

/** True if a plan breaks any of the rules. */
export function violates(plan: EnergyPlan, rules: readonly PolicyRule[]): boolean {
  return listViolations(plan, rules).length > 0;
}

/** What a rule measures at a node: the number, the values, or the tools that lead there; undefined if it is not about it. */
export function toRuled({ nodes, edges }: EnergyPlan, node: EnergyNode, rule: PolicyRule): JsonValue | undefined {
  switch (rule.kind) {
    case "max":
      return toCount(member(node.arguments, rule.field));
    case "max_days":
      return toDays(node.arguments, rule.field);
    case "own_value": {
      const value = member(node.arguments, rule.field);
      return value === undefined ? undefined : listValues(value);
    }
    case "approval": {
      if (node.tool_name !== rule.field) return undefined;
      const before = new Set(edges.filter(([, to]) => to === node.node_id).map(([from]) => from));
      return nodes.filter(({ node_id }) => before.has(node_id)).map(({ tool_name }) => tool_name);
    }
    case "max_sensitivity":
      return node.tool_name === rule.field ? node.scope_sensitivity : undefined;
  }
}

function judge(plan: EnergyPlan, node: EnergyNode, rule: PolicyRule): RuleViolation | undefined {
  const actual = toRuled(plan, node, rule);
  if (actual === undefined) return undefined;
  const violation = { rule_id: rule.rule_id, node: node.node_id, field: rule.field, limit: rule.value, actual };
  if (typeof actual === "number") {
    const limit = rule.value as number;
    if (actual <= limit) return undefined;
    return { ...violation, excess: actual - limit, excess_rel: toSixDigits((actual - limit) / limit) };
  }
  const values = actual as string[];
  const allowed = rule.value;
  if (rule.kind === "approval") return values.includes(allowed as string) ? undefined : violation;
  return values.every((value) => (allowed as string[]).includes(value)) ? undefined : violation;
}

/** Significant ones: one more than sixteen million is more, too. */
function toSixDigits(share: number): number {
  return Number(share.toPrecision(6));
}

function toCount(value: JsonValue | undefined): number | undefined {
  if (typeof value === "number") return value;
  if (Array.isArray(value)) return value.length;
  return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function toDays(args: JsonObject, field: string): number | undefined {
  const [start, end] = field.split("..");
  if (end === undefined) return toCount(member(args, field));
  const [first, last] = [toDay(member(args, start as string)), toDay(member(args, end))];
  return first === undefined || last === undefined || last < first ? undefined : last - first + 1;
}

function toDay(value: JsonValue | undefined): number | undefined {
  const [, year, month, day] = (typeof value === "string" && ISO_DAY.exec(value)) || [];
  return year === undefined ? undefined : Math.floor(Date.UTC(Number(year), Number(month) - 1, Number(day)) / DAY_MS);
}

function member(args: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(args, name) ? args[name] : undefined;
}
