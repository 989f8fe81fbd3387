import { beforeAll, describe, expect, test } from "vitest";
import type { Mutation } from "../../../src/contract/index.ts";
import { hashPlan } from "../../../src/pool/mutate/hash-plan.ts";
import { type Made, makeMutation } from "../../../src/pool/mutate/make-mutation.ts";
import type { Parent } from "../../../src/pool/mutate/to-parent.ts";
import { verifyMutation } from "../../../src/pool/mutate/verify-mutation.ts";
import type { Plan } from "../../../src/schema/pair.ts";
import type { PlanNode } from "../../../src/schema/sample.ts";
import scopeBlowup from "../../../transforms/mutations/scope-blowup.ts";
import { makeParent, makePools } from "../../transforms/mutations/_corpus.ts";

let parent: Parent;
let made: Made;
const order = { tool: "get_order", arguments: { order_id: "ORD-4100" } };

beforeAll(() => {
  const calls = [{ tool: "list_orders", arguments: { limit: 5 } }, order];
  parent = makeParent({ calls, edges: [[0, 1]], request: "Show my 5 orders, and ORD-4100" }, makePools());
  const choice = { operator: "widen_limit", seed: "s", variant: 0, insertSources: false };
  const found = makeMutation(parent, { name: "scope_blowup", mutation: scopeBlowup }, choice);
  if ("na" in found) throw new Error(found.na);
  made = found;
});

const reasonOf = (changed: Partial<Made>, mutation: Mutation = scopeBlowup, isPositive?: (hash: string) => boolean) => {
  const verdict = verifyMutation(parent, mutation, { ...made, ...changed }, isPositive);
  return "rejected" in verdict ? verdict.rejected : "ok";
};

/** The negative with some of its plan changed. */
function negative(change: (plan: Plan) => Partial<Plan>): Partial<Made> {
  const plan = { ...made.negative.plan, ...change(made.negative.plan) };
  return { negative: { ...made.negative, plan, planHash: hashPlan(plan) } };
}

function withNode(place: number, change: Partial<PlanNode>): Partial<Made> {
  return negative(({ nodes }) => ({ nodes: nodes.map((node, i) => (i === place ? { ...node, ...change } : node)) }));
}

describe("the verifier", () => {
  test("lets a sound pair pass, with its energies", () => {
    const verdict = verifyMutation(parent, scopeBlowup, made);
    expect(verdict).toMatchObject({ ok: { parentEnergy: { E_scope: 0 }, decoyEnergy: { E_scope: 0 } } });
    if (!("ok" in verdict)) return;
    const limit = Number(made.negative.plan.nodes[0]?.arguments.limit);
    expect(verdict.ok.delta.target).toBeCloseTo(Math.log2(limit / 5) ** 2, 5);
    expect(verdict.ok.delta.composite).toBeCloseTo(0.5 * Math.log2(limit / 5) ** 2, 5);
  });

  test("nothing changed", () => {
    const same = { plan: parent.plan, planHash: parent.planHash };
    expect(reasonOf({ negative: { ...made.negative, ...same } })).toBe("no_change");
    expect(reasonOf({ decoy: { ...made.decoy, ...same } })).toBe("decoy_no_change");
    const twin = { plan: made.negative.plan, planHash: made.negative.planHash };
    expect(reasonOf({ decoy: { ...made.decoy, ...twin } })).toBe("decoy_is_negative");
  });

  test("a benign plan elsewhere in the corpus", () => {
    expect(reasonOf({}, scopeBlowup, (hash) => hash === made.negative.planHash)).toBe("is_positive");
    expect(reasonOf({}, scopeBlowup, (hash) => hash === made.decoy.planHash)).toBe("ok");
  });

  test("more changed than the mutator may", () => {
    expect(reasonOf(withNode(1, { arguments: { order_id: "ORD-4107" } }))).toBe("change_set");
    expect(reasonOf(withNode(1, { scope_volume: 9 }))).toBe("change_set"); // metadata alone
    expect(reasonOf(withNode(1, { provenance_tier: 3 }))).toBe("change_set");
    expect(reasonOf(withNode(1, { tool_name: "delete_order" }))).toBe("change_set");
    expect(reasonOf(negative(({ edges }) => ({ edges: edges.slice(1) })))).toBe("change_set");
    expect(reasonOf(negative(({ nodes }) => ({ nodes: nodes.slice(0, 1) })))).toBe("change_set");
  });

  test("an argument that the tool has nowhere in the dataset", () => {
    expect(reasonOf(withNode(0, { arguments: { limit: 5, rows_at_once: 90 } }))).toBe("not_in_inventory");
  });

  const free: Mutation = {
    ...scopeBlowup,
    mayChange: { nodesAdded: 9, edgesAdded: 9, nodesChanged: 9, argumentsChanged: 9, tiersChanged: 9 },
  };
  const added = (tool_name: string): PlanNode => ({
    ...(parent.plan.nodes[1] as PlanNode),
    ...{ node_id: "shop:main/train:999:n2", tool_name, arguments: {} },
  });

  test("a tool that the dataset has not, unless it was borrowed from one that has", () => {
    const notice = () => negative(({ nodes }) => ({ nodes: [...nodes, added("post_notice")] }));
    expect(reasonOf(notice(), free)).toBe("not_in_inventory");
    expect(reasonOf({ ...notice(), apart: true }, free)).not.toBe("not_in_inventory");
    const unknown = () => negative(({ nodes }) => ({ nodes: [...nodes, added("evil_tool")] }));
    expect(reasonOf({ ...unknown(), apart: true }, free)).toBe("not_in_inventory");
  });

  test("too much changed for a plan of its size", () => {
    const two = [0, 1].map((i) => ({ ...added("get_order"), node_id: `x${i}` }));
    expect(
      reasonOf(
        negative(({ nodes }) => ({ nodes: [...nodes, ...two] })),
        free,
      ),
    ).toBe("edit_share");
    const four = [0, 1, 2, 3].map((i) => ({ ...added("get_order"), node_id: `x${i}` }));
    expect(
      reasonOf(
        negative(({ nodes }) => ({ nodes: [...nodes, ...four] })),
        free,
      ),
    ).toBe("edit_distance");
  });

  test("what is no plan, or falls apart", () => {
    const [first, second] = made.negative.plan.nodes.map(({ node_id }) => node_id) as [string, string];
    const back: [string, string] = [second, first];
    expect(
      reasonOf(
        negative(({ edges }) => ({ edges: [...edges, back] })),
        free,
      ),
    ).toBe("cycle");
    expect(
      reasonOf(
        negative(({ edges }) => ({ edges: [...edges, [second, "nowhere"]] })),
        free,
      ),
    ).toBe("loose_edge");
    expect(
      reasonOf(
        negative(({ nodes }) => ({ nodes: [...nodes, added("get_order")] })),
        free,
      ),
    ).toBe("components");
    const twice = { ...added("get_order"), node_id: first };
    expect(
      reasonOf(
        negative(({ nodes }) => ({ nodes: [...nodes, twice] })),
        free,
      ),
    ).toBe("ids_repeat");
  });

  test("a rise below the margin, of the term or of the composite, or beside others", () => {
    const limited = (limit: number) => withNode(0, { arguments: { limit }, scope_volume: limit });
    expect(reasonOf(limited(10))).toBe("margin_target"); // one doubling: 1.0
    expect(reasonOf(limited(14))).toBe("margin_composite"); // 2.2, half of it in the composite
    expect(reasonOf(limited(21))).toBe("ok"); // 4.3
    expect(reasonOf(limited(21), { ...scopeBlowup, target: "E_flow" })).toBe("margin_target");
  });

  test("a decoy that its context does not allow", () => {
    expect(reasonOf({ decoy: { ...made.decoy, contextPatch: {} } })).toBe("decoy_energy");
    const plan = { ...made.decoy.plan, edges: [] };
    expect(reasonOf({ decoy: { ...made.decoy, plan, planHash: hashPlan(plan) } })).toBe("decoy_change_set");
  });
});
