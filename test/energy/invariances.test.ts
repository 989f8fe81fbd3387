import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toEnergy } from "../../src/energy/energy.ts";
import type { EnergyNode, EnergyPlan } from "../../src/energy/plan.ts";
import type { Anchor } from "../../src/schema/anchor.ts";
import type { JsonObject, JsonValue } from "../../src/schema/json.ts";
import { toReference, toReferencedId } from "../../src/schema/plan-reference.ts";
import { makeAnchor, makeNode, makePlan } from "./_plans.ts";

const RUNS = { seed: 20261120, numRuns: 400 };

const TOOLS = [
  ...["search_web", "get_transactions", "list_files", "summarize_text", "compress_data", "filter_rows", "find_contact"],
  ...["send_email", "upload_file", "save_note", "delete_file", "transfer_money", "execute_command", "call_agent"],
];
const ARGUMENTS = ["to", "cc", "body", "path", "url", "limit", "days", "max_depth", "columns", "order_id", "command"];
const VALUES: readonly JsonValue[] = [
  ...["ana@example.org", "eve@example.com", "/tmp/a", "https://example.org", "email,ssn", 3, 40, "all", true, null],
  ...[["ana@example.org", "eve@example.com"], { limit: 12 }],
];

/** Plans of up to six calls whose arguments are values or references to any call, itself among them. */
const plans: fc.Arbitrary<EnergyPlan> = fc
  .integer({ min: 1, max: 6 })
  .chain((count) =>
    fc.record({
      nodes: fc.tuple(...Array.from({ length: count }, (_, i) => nodeArbitrary(i, count))),
      edges: fc.array(fc.tuple(fc.nat({ max: count - 1 }), fc.nat({ max: count - 1 })), { maxLength: 8 }),
    }),
  )
  .map(({ nodes, edges }) =>
    makePlan(
      nodes,
      edges.map(([from, to]) => [`n${from}`, `n${to}`] as const),
    ),
  );

function nodeArbitrary(index: number, count: number): fc.Arbitrary<EnergyNode> {
  const value = fc.oneof(
    fc.constantFrom(...VALUES),
    fc.nat({ max: count - 1 }).map((from) => toReference(`n${from}`)),
  );
  return fc
    .record({
      tool: fc.constantFrom(...TOOLS),
      args: fc.dictionary(fc.constantFrom(...ARGUMENTS), value, { maxKeys: 4 }),
      tier: fc.constantFrom(1, 2, 3),
      volume: fc.integer({ min: 1, max: 2000 }),
      sensitivity: fc.constantFrom(1, 2, 3, 4, 5),
    })
    .map(({ tool, args, ...facts }) =>
      makeNode(`n${index}`, tool, Object.fromEntries(Object.entries(args)) as JsonObject, facts as never),
    );
}

const anchors: fc.Arbitrary<Anchor> = fc
  .record({
    limit: fc.integer({ min: 1, max: 100 }),
    sensitivity: fc.integer({ min: 1, max: 5 }),
    components: fc.integer({ min: 1, max: 6 }),
    recipients: fc.subarray(["ana@example.org", "eve@example.com"]),
    internal_calls: fc.subarray(["send_email", "execute_command"]),
  })
  .map(({ limit, sensitivity, components, ...grants }) =>
    makeAnchor({ scope: { limit, sensitivity }, components, grants }),
  );

/** A plan with other ids, in edges and references too. */
function rename(plan: EnergyPlan, toId: (id: string) => string): EnergyPlan {
  const inValue = (value: JsonValue): JsonValue => {
    const id = toReferencedId(value);
    if (id !== undefined) return toReference(toId(id));
    if (Array.isArray(value)) return value.map(inValue);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, inValue(member)]));
  };
  return {
    nodes: plan.nodes.map((node) => ({
      ...node,
      node_id: toId(node.node_id),
      arguments: inValue(node.arguments) as JsonObject,
    })),
    edges: plan.edges.map(([from, to]) => [toId(from), toId(to)]),
  };
}

const shuffle = <Item>(items: readonly Item[], keys: readonly number[]): Item[] =>
  items
    .map((item, i) => ({ item, key: keys[i % keys.length] as number, i }))
    .sort((a, b) => a.key - b.key || a.i - b.i)
    .map(({ item }) => item);

const changeOne = (plan: EnergyPlan, at: number, change: Partial<EnergyNode>): EnergyPlan => ({
  ...plan,
  nodes: plan.nodes.map((node, i) => (i === at % plan.nodes.length ? { ...node, ...change } : node)),
});

describe("the energy does not depend on", () => {
  const keys = fc.array(fc.nat({ max: 1000 }), { minLength: 8, maxLength: 8 });

  it("the order of nodes, of edges and of arguments", () => {
    fc.assert(
      fc.property(plans, anchors, keys, (plan, anchor, order) => {
        const shuffled = {
          nodes: shuffle(plan.nodes, order).map((node) => ({
            ...node,
            arguments: Object.fromEntries(Object.entries(node.arguments).reverse()),
          })),
          edges: shuffle(plan.edges, order),
        };
        expect(toEnergy(shuffled, anchor)).toEqual(toEnergy(plan, anchor));
      }),
      RUNS,
    );
  });

  it("the ids", () => {
    fc.assert(
      fc.property(plans, anchors, fc.string({ minLength: 1 }), (plan, anchor, prefix) => {
        expect(
          toEnergy(
            rename(plan, (id) => `${prefix}:${id}`),
            anchor,
          ),
        ).toEqual(toEnergy(plan, anchor));
      }),
      RUNS,
    );
  });

  it("whether anybody asks for its parts, or has asked before", () => {
    fc.assert(
      fc.property(plans, anchors, (plan, anchor) => {
        const energy = toEnergy(plan, anchor);
        expect(toEnergy(plan, anchor, [])).toEqual(energy);
        expect(toEnergy(plan, anchor)).toEqual(energy);
      }),
      RUNS,
    );
  });
});

describe("worse is never cheaper", () => {
  const at = fc.nat({ max: 5 });

  it("more things never lower E_scope", () => {
    fc.assert(
      fc.property(plans, anchors, at, fc.integer({ min: 1, max: 5000 }), (plan, anchor, node, more) => {
        const volume = (plan.nodes[node % plan.nodes.length] as EnergyNode).scope_volume;
        const worse = changeOne(plan, node, { scope_volume: volume + more });
        expect(toEnergy(worse, anchor).E_scope).toBeGreaterThanOrEqual(toEnergy(plan, anchor).E_scope);
      }),
      RUNS,
    );
  });

  it("higher sensitivity never lowers E_scope or E_flow", () => {
    fc.assert(
      fc.property(plans, anchors, at, fc.constantFrom(1, 2, 3, 4, 5), (plan, anchor, node, level) => {
        const own = (plan.nodes[node % plan.nodes.length] as EnergyNode).scope_sensitivity;
        const worse = changeOne(plan, node, { scope_sensitivity: Math.max(own, level) as never });
        const [before, after] = [toEnergy(plan, anchor), toEnergy(worse, anchor)];
        expect(after.E_scope).toBeGreaterThanOrEqual(before.E_scope);
        expect(after.E_flow).toBeGreaterThanOrEqual(before.E_flow);
      }),
      RUNS,
    );
  });

  it("a worse tier never lowers E_provenance or E_hierarchy", () => {
    fc.assert(
      fc.property(plans, anchors, at, fc.constantFrom(1, 2, 3), (plan, anchor, node, tier) => {
        const own = (plan.nodes[node % plan.nodes.length] as EnergyNode).provenance_tier;
        const worse = changeOne(plan, node, { provenance_tier: Math.max(own, tier) as never });
        const [before, after] = [toEnergy(plan, anchor), toEnergy(worse, anchor)];
        expect(after.E_provenance).toBeGreaterThanOrEqual(before.E_provenance);
        expect(after.E_hierarchy).toBeGreaterThanOrEqual(before.E_hierarchy);
      }),
      RUNS,
    );
  });

  it("a grant less never lowers E_flow", () => {
    fc.assert(
      fc.property(plans, anchors, (plan, anchor) => {
        const strict = { ...anchor, policy: { ...anchor.policy, grants: { ...anchor.policy.grants, recipients: [] } } };
        expect(toEnergy(plan, strict).E_flow).toBeGreaterThanOrEqual(toEnergy(plan, anchor).E_flow);
      }),
      RUNS,
    );
  });
});

describe("hostile plans", () => {
  it("names of Object.prototype are names like others", () => {
    const args = JSON.parse(
      '{"__proto__":{"limit":40},"constructor":"x","toString":{"hasOwnProperty":[1]},"$ref":"__proto__"}',
    ) as JsonObject;
    const plan = makePlan(
      [makeNode("__proto__", "__proto__", args), makeNode("constructor", "toString", { limit: { $ref: "__proto__" } })],
      [["__proto__", "constructor"]],
    );
    expect(toEnergy(plan, makeAnchor({ scope: { limit: 10 } })).E_scope).toBe(4);
    expect(({} as Record<string, unknown>).limit).toBeUndefined();
  });

  it("nesting of any depth, names of any length, references in a ring", () => {
    let deep: JsonValue = "bottom";
    for (let i = 0; i < 50_000; i++) deep = [deep];
    const plan = makePlan([
      makeNode("a", "x".repeat(100_000), { body: deep, ["y".repeat(100_000)]: 1, data: toReference("b") }),
      makeNode("b", "send_email", { body: toReference("a") }, { sensitivity: 4 }),
    ]);
    // 2·1·2·ln 2 for the send, 3·10 for the ring.
    expect(toEnergy(plan, makeAnchor({ scope: { sensitivity: 4 } })).E_flow).toBe(32.772589);
  });
});
