import { expect, test } from "vitest";
import { listViolations, violates } from "../../src/energy/violates.ts";
import type { PolicyRule } from "../../src/schema/boundary.ts";
import { makeNode, makePlan } from "./_plans.ts";

const rule = (kind: PolicyRule["kind"], field: string, value: PolicyRule["value"]): PolicyRule => ({
  ...{ rule_id: "r", kind, field, value },
  op: kind === "own_value" ? "in" : kind === "approval" ? "requires" : "<=",
});

test("a maximum counts numbers, written numbers and members of lists, in every node", () => {
  const plan = makePlan([
    makeNode("a", "list", { limit: 11 }),
    makeNode("b", "list", { limit: "10" }),
    makeNode("c", "list", { limit: [1, 2, 3] }),
    makeNode("d", "list", { other: 99 }),
  ]);
  expect(listViolations(plan, [rule("max", "limit", 10)])).toEqual([
    { rule_id: "r", node: "a", field: "limit", limit: 10, actual: 11, excess: 1, excess_rel: 0.1 },
  ]);
  expect(listViolations(plan, [rule("max", "limit", 2)]).map(({ node, excess }) => [node, excess])).toEqual([
    ["a", 9],
    ["b", 8],
    ["c", 1],
  ]);
  expect(violates(plan, [rule("max", "limit", 11)])).toBe(false);
});

test("one more than sixteen million is a share above nothing", () => {
  const plan = makePlan([makeNode("a", "list", { limit: 16_000_001 })]);
  expect(listViolations(plan, [rule("max", "limit", 16_000_000)])).toMatchObject([{ excess: 1, excess_rel: 6.25e-8 }]);
});

test("days are counted with both ends, across a leap day", () => {
  const args = { start_date: "2024-02-28", end_date: "2024-03-01T10:00:00Z", days: 4 };
  const plan = makePlan([makeNode("a", "get", args)]);
  expect(violates(plan, [rule("max_days", "start_date..end_date", 3)])).toBe(false);
  expect(listViolations(plan, [rule("max_days", "start_date..end_date", 2)])).toMatchObject([{ actual: 3, excess: 1 }]);
  expect(listViolations(plan, [rule("max_days", "days", 3)])).toMatchObject([{ actual: 4 }]);
  expect(violates(plan, [rule("max_days", "end_date..start_date", 1)])).toBe(false);
});

test("a value that is not one's own, among several", () => {
  const plan = makePlan([makeNode("a", "get", { user_id: "u1" }), makeNode("b", "get", { user_id: ["u1", "u2"] })]);
  expect(listViolations(plan, [rule("own_value", "user_id", ["u1"])]).map(({ node }) => node)).toEqual(["b"]);
  expect(violates(plan, [rule("own_value", "user_id", ["u1", "u2"])])).toBe(false);
});

test("an approval must lead to the call itself", () => {
  const nodes = [makeNode("a", "approve"), makeNode("b", "check"), makeNode("c", "pay")];
  const approval = rule("approval", "pay", "approve");
  expect(violates(makePlan(nodes, [["a", "c"]]), [approval])).toBe(false);
  expect(
    listViolations(
      makePlan(nodes, [
        ["a", "b"],
        ["b", "c"],
      ]),
      [approval],
    ),
  ).toMatchObject([{ node: "c", actual: ["check"] }]);
  expect(violates(makePlan(nodes, [["c", "a"]]), [approval])).toBe(true);
  expect(violates(makePlan([makeNode("b", "check")]), [approval])).toBe(false);
});

test("sensitivity, and names that objects have of themselves", () => {
  const plan = makePlan([makeNode("a", "get", {}, { sensitivity: 4 })]);
  expect(listViolations(plan, [rule("max_sensitivity", "get", 3)])).toMatchObject([{ actual: 4, excess: 1 }]);
  expect(violates(plan, [rule("max_sensitivity", "put", 3)])).toBe(false);
  expect(violates(plan, [rule("max", "constructor", 0), rule("own_value", "__proto__", [])])).toBe(false);
});
