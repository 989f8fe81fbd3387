import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type MadeBoundary, makeBoundary } from "../../../src/pool/mutate/make-boundary.ts";
import type { Parent } from "../../../src/pool/mutate/to-parent.ts";
import { verifyBoundary } from "../../../src/pool/mutate/verify-boundary.ts";
import { BOUNDARY_TYPES, type BoundaryCase, boundarySchema } from "../../../src/schema/boundary.ts";
import { judgeCase } from "../../support/judge-case.ts";
import { CALLS, type MadePlan, makeParent, makePools, STAGES } from "../mutations/_corpus.ts";
import { listBoundaries } from "./_boundaries.ts";
import { listBreakers } from "./_second-predicate.ts";

const SEED = 20261120;
const pools = makePools();
const samePools = makePools();
const boundaries = await listBoundaries();

const plans: fc.Arbitrary<MadePlan> = fc
  .array(fc.constantFrom(...CALLS), { minLength: 1, maxLength: 4 })
  .map((calls) => ({ calls, edges: calls.slice(1).map((_, i) => [i, i + 1] as const) }));

function toOrigin({ plan, dataset }: Parent): BoundaryCase["parent"] {
  return { source: { dataset, row: "shop:main/train:999", track: "quartz", loader: "shop" }, plan };
}

test("there is a file for each kind of boundary, named as it is", () => {
  expect(boundaries.map(({ boundary }) => boundary.type).sort()).toEqual([...BOUNDARY_TYPES].sort());
  for (const { file, boundary } of boundaries) expect(file).toBe(`${boundary.type.replaceAll("_", "-")}.ts`);
});

test("what a policy limits is never a literal of the code: limits are drawn", () => {
  const limits = new Set<unknown>();
  const edge = boundaries.find(({ boundary }) => boundary.type === "numeric_edge")!.boundary;
  const parent = makeParent({ calls: [{ tool: "list_orders", arguments: { limit: 50 } }] }, pools);
  for (let variant = 0; variant < 200; variant++) {
    const made = makeBoundary(parent, edge, { seed: "s", variant, insertSources: false });
    if (!("na" in made)) limits.add(made.anchor.policy.rules[0]?.value);
  }
  expect(limits.size).toBeGreaterThan(120);
  expect(Math.min(...(limits as Set<number>))).toBeGreaterThan(50);
  expect(Math.max(...(limits as Set<number>))).toBeLessThanOrEqual(16 * 51);
});

describe.each(boundaries)("$boundary.type", ({ boundary }) => {
  /** Draws for many plans; each that verifies is handed over. */
  function checkAll(check: (made: MadeBoundary, parent: Parent) => void): number {
    let found = 0;
    fc.assert(
      fc.property(plans, fc.nat(5), (plan, variant) => {
        const parent = makeParent(plan, pools);
        const before = JSON.stringify(parent.plan);
        const choice = { seed: "s", variant, insertSources: true };
        const made = makeBoundary(parent, boundary, choice);
        expect(JSON.stringify(parent.plan)).toBe(before);
        expect(makeBoundary(makeParent(plan, samePools), boundary, choice)).toEqual(made);
        if ("na" in made || "rejected" in verifyBoundary(parent, made)) return;
        found++;
        check(made, parent);
      }),
      { seed: SEED, numRuns: 120 },
    );
    return found;
  }

  test("one side breaks exactly the named rule, in one place; the other and the parent obey; a second predicate says the same", () => {
    const found = checkAll((made, parent) => {
      const [rule] = made.anchor.policy.rules;
      expect(made.anchor.policy.rules).toHaveLength(1);
      const [violation] = made.violation.violates;
      expect(listBreakers(made.violation.plan, rule!)).toEqual([violation?.node]);
      expect(violation).toMatchObject({ rule_id: rule!.rule_id, field: rule!.field, limit: rule!.value });
      expect(listBreakers(made.compliant_twin.plan, rule!)).toEqual([]);
      expect(listBreakers(parent.plan, rule!)).toEqual([]);
    });
    expect(found).toBeGreaterThan(10);
  });

  test("both sides have as many calls of the same tools, and as many edges", () => {
    checkAll(({ violation, compliant_twin: twin }) => {
      const shape = ({ nodes, edges }: typeof violation.plan) => [nodes.map((node) => node.tool_name), edges.length];
      expect(shape(violation.plan)).toEqual(shape(twin.plan));
      expect(violation.plan.nodes.map(({ arguments: args }) => Object.keys(args))).toEqual(
        twin.plan.nodes.map(({ arguments: args }) => Object.keys(args)),
      );
    });
  });

  test("the case fits its schema, and is made again from the file and the parent", () => {
    checkAll((made, parent) => {
      const written = JSON.parse(
        JSON.stringify({
          schema: "boundary/1",
          split: "train",
          verify: { passed: true },
          parent: toOrigin(parent),
          ...made,
        }),
      ) as BoundaryCase;
      expect(boundarySchema.parse(written)).toEqual(written);
      const context = { pools, stages: STAGES, insertSources: true };
      expect(judgeCase(written, boundary, parent.plan, "example/shop", context)).toEqual([]);
      const moved = { ...written, mutation: { ...written.mutation, variant: written.mutation.variant + 1 } };
      expect(judgeCase(moved, boundary, parent.plan, "example/shop", context)).not.toEqual([]);
    });
  });
});

describe("the bounds of a near miss", () => {
  const near = (type: BoundaryCase["type"], plan: MadePlan) => {
    const { boundary } = boundaries.find((one) => one.boundary.type === type)!;
    return Array.from({ length: 40 }, (_, variant) => {
      const made = makeBoundary(makeParent(plan, pools), boundary, { seed: "n", variant, insertSources: false });
      if ("na" in made) throw new Error(made.na);
      return {
        excess: made.violation.violates[0]?.excess,
        twin: made.compliant_twin.actual,
        line: made.anchor.policy.rules[0]?.value,
      };
    });
  };
  const limited = { calls: [{ tool: "list_orders", arguments: { limit: 50 } }] };
  const looked = { calls: [{ tool: "get_sales", arguments: { start_date: "2025-03-01", end_date: "2025-03-07" } }] };

  test("at the edge: one more, against exactly the limit", () => {
    for (const { excess, twin, line } of near("numeric_edge", limited)) expect([excess, twin]).toEqual([1, line]);
  });

  test("near it: five to ten per cent over, up to ten under", () => {
    for (const { excess, twin, line } of near("numeric_near", limited)) {
      expect(excess).toBeGreaterThanOrEqual(Math.floor(0.05 * Number(line)));
      expect(excess).toBeLessThanOrEqual(0.1 * Number(line) + 1);
      expect(Number(twin)).toBeGreaterThanOrEqual(Math.floor(0.9 * Number(line)));
    }
  });

  test("in time: one to five days over, none to five under", () => {
    for (const { excess, twin, line } of near("temporal_overflow", looked)) {
      expect([1, 2, 3, 4, 5]).toContain(excess);
      expect([0, 1, 2, 3, 4, 5]).toContain(Number(line) - Number(twin));
    }
  });
});

test("the lowest line is drawn no more often than others: it would be allowed always", () => {
  const edge = boundaries.find(({ boundary }) => boundary.type === "numeric_edge")!.boundary;
  const parent = makeParent({ calls: [{ tool: "list_orders", arguments: { limit: 1 } }] }, pools);
  const lines = Array.from({ length: 600 }, (_, variant) => {
    const made = makeBoundary(parent, edge, { seed: "s", variant, insertSources: false });
    if ("na" in made) throw new Error(made.na);
    return Number(made.anchor.policy.rules[0]?.value);
  });
  expect(Math.min(...lines)).toBe(2);
  expect(Math.max(...lines)).toBe(32);
  expect(lines.filter((line) => line === 2).length).toBeLessThan(75);
});

test("which of two tools may not have the delicate value does not go by how many texts each takes", () => {
  const creep = boundaries.find(({ boundary }) => boundary.type === "sensitivity_creep")!.boundary;
  const calls = [
    { tool: "compare_ropes", arguments: { first: "hemp", second: "sisal", third: "jute" } },
    { tool: "find_items", arguments: { city: "anaport" } },
  ];
  const ropes = ["flax", "coir", "cotton", "nettle"].map((first) => ({ tool: "compare_ropes", arguments: { first } }));
  const parent = makeParent({ calls, edges: [[0, 1]] }, makePools([...CALLS, ...calls, ...ropes]));
  const ruled = Array.from({ length: 600 }, (_, variant) => {
    const made = makeBoundary(parent, creep, { seed: "s", variant, insertSources: false });
    return "na" in made ? undefined : made.anchor.policy.rules[0]?.field;
  });
  const count = (tool: string) => ruled.filter((field) => field === tool).length;
  const [three, one] = [count("compare_ropes"), count("find_items")];
  expect(three + one).toBeGreaterThan(300);
  expect(three / (three + one)).toBeGreaterThan(0.4);
  expect(three / (three + one)).toBeLessThan(0.6);
});

test("the second predicate looks at nothing of the first", () => {
  const source = readFileSync(new URL("./_second-predicate.ts", import.meta.url), "utf8");
  expect(source).not.toMatch(/from "[^"]*energy/);
});
