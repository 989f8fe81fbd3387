import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/contract/index.ts";
import { applyOperations } from "../../../src/pool/mutate/apply-operations.ts";
import { isWithin, toChangeSet } from "../../../src/pool/mutate/change-set.ts";
import { type Made, makeMutation } from "../../../src/pool/mutate/make-mutation.ts";
import type { Parent } from "../../../src/pool/mutate/to-parent.ts";
import { verifyMutation } from "../../../src/pool/mutate/verify-mutation.ts";
import { toMutatedNodeHash } from "../../../src/schema/mutated-node.ts";
import { type Plan, planSchema, toPlanHash } from "../../../src/schema/pair.ts";
import type { PlanNode } from "../../../src/schema/sample.ts";
import type { MutationCase } from "./_cases.ts";
import { CALLS, type MadePlan, makeParent, makePools } from "./_corpus.ts";
import { listMutators } from "./_mutators.ts";

const SEED = 20261120;
const pools = makePools();
const samePools = makePools();
const mutators = await listMutators();

/** Plans of one to five calls of the shop, some after others. */
const plans: fc.Arbitrary<MadePlan> = fc
  .tuple(
    fc.array(fc.constantFrom(...CALLS), { minLength: 1, maxLength: 5 }),
    fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    fc.constantFrom(undefined, "Do it, please", "Show me the last 3 orders", "all of it"),
  )
  .map(([calls, follows, said]) => ({
    calls,
    edges: calls.slice(1).flatMap((_, i) => (follows[i] ? [[i, i + 1] as const] : [])),
    ...(said === undefined ? {} : { request: said === "all of it" ? JSON.stringify(calls) : said }),
  }));

describe.each(mutators)("$name", (mutator) => {
  const { name, mutation } = mutator;

  test("has test data that says how its operators go, and more than two operators", async () => {
    const file = join(import.meta.dirname, `${name.replaceAll("_", "-")}.ts`);
    expect(existsSync(file), `write ${file}: cases as in the files beside it`).toBe(true);
    const { default: cases } = (await import(pathToFileURL(file).href)) as { default: MutationCase[] };
    const operators = Object.keys(mutation.operators);
    expect(operators.length).toBeGreaterThanOrEqual(3);
    expect(operators.filter((operator) => !cases.some((one) => one.operator === operator))).toEqual([]);
    for (const one of cases) checkCase(one);
  });

  function checkCase({ name: title, operator, plan, expect: expected, insertSources = false }: MutationCase): void {
    const parent = makeParent(plan, pools);
    const made = makeMutation(parent, mutator, { operator, seed: "cases", variant: 0, ...{ insertSources } });
    if ("na" in expected || "na" in made) {
      expect(made, title).toEqual("na" in expected ? { na: expected.na } : "a mutation");
      return;
    }
    const verdict = verifyMutation(parent, mutation, made);
    if ("rejected" in expected) {
      expect(verdict, title).toEqual(expected);
      return;
    }
    expect(verdict, title).toHaveProperty("ok");
    if (!("ok" in verdict)) return;
    expect(verdict.ok.delta.target, title).toBeGreaterThanOrEqual(expected.risesBy);
    expect(Object.keys(made.decoy.contextPatch).sort(), title).toEqual(
      expect.arrayContaining([...expected.grants].sort()),
    );
    for (const side of ["negative", "decoy"] as const) {
      for (const [pointer, value] of Object.entries(expected[side])) {
        const actual = at(made[side].plan, pointer);
        if (typeof value === "function")
          expect(value(actual), `${title}: ${side} ${pointer} ${JSON.stringify(actual)}`).toBe(true);
        else expect(actual, `${title}: ${side} ${pointer}`).toEqual(value);
      }
    }
  }

  test.each(Object.keys(mutation.operators))("%s is pure, within its limits, and replays", (operator) => {
    let applied = 0;
    fc.assert(
      fc.property(plans, fc.boolean(), fc.nat(7), (plan, insertSources, variant) => {
        const parent = makeParent(plan, pools);
        const before = freeze(parent.plan);
        const choice = { operator, seed: "s", variant, insertSources };
        const made = makeMutation(parent, mutator, choice);
        expect(makeMutation(makeParent(plan, samePools), mutator, choice)).toEqual(made);
        expect(JSON.stringify(parent.plan)).toBe(before);
        if ("na" in made) {
          expect(made.na).toMatch(/^[a-z]+(_[a-z]+)*$/);
          return;
        }
        applied++;
        checkMade(parent, made);
        if (!insertSources) expect(made.apart).toBe(false);
      }),
      { seed: SEED, numRuns: 150 },
    );
    expect(applied).toBeGreaterThan(0);
  });

  function checkMade(parent: Parent, made: Made): void {
    for (const { plan, planHash, mutation: record } of [made.negative, made.decoy]) {
      expect(planSchema.parse(plan)).toEqual(plan);
      expect(toPlanHash(plan)).toBe(planHash);
      expect(toPlanHash(applyOperations(parent.plan, record.ops))).toBe(planHash);
      const change = toChangeSet(parent.plan, plan);
      expect(isWithin(change, mutation.mayChange, made.inserted)).toBe(true);
      expect(change.added.every(({ tool_name }) => parent.pools.corpusInventory().tools.has(tool_name))).toBe(true);
      checkDerived(parent, plan);
    }
  }
});

test("both sides of a binding are the same plan but for the reference and what follows from it", () => {
  const shadowing = mutators.find(({ name }) => name === "instruction_shadowing") as (typeof mutators)[number];
  let pairs = 0;
  fc.assert(
    fc.property(plans, fc.nat(3), (plan, variant) => {
      const parent = makeParent(plan, pools);
      for (const operator of Object.keys(shadowing.mutation.operators)) {
        const made = makeMutation(parent, shadowing, { operator, seed: "s", variant, insertSources: true });
        if ("na" in made) continue;
        pairs++;
        const { untrusted, trusted } = made.negative.mutation.params;
        const text = (side: Plan) => JSON.stringify({ ...side, nodes: side.nodes.map(withoutHash) });
        const bound = (id: unknown) => JSON.stringify({ $ref: id });
        expect(text(made.negative.plan)).not.toBe(text(made.decoy.plan));
        expect(text(made.negative.plan).replace(bound(untrusted), bound(trusted))).toBe(text(made.decoy.plan));
      }
    }),
    { seed: SEED, numRuns: 100 },
  );
  expect(pairs).toBeGreaterThan(100);
});

test("of two reads that are put in, the untrusted one is the first as often as the second", () => {
  const shadowing = mutators.find(({ name }) => name === "instruction_shadowing") as (typeof mutators)[number];
  const deletion = { tool: "delete_order", arguments: { order_id: "ORD-4100" } };
  const parent = makeParent({ calls: [deletion], request: "Delete ORD-4100" }, pools);
  const places = Array.from({ length: 400 }, (_, variant) => {
    const made = makeMutation(parent, shadowing, { operator: "rebind_id", seed: "s", variant, insertSources: true });
    if ("na" in made) throw new Error(made.na);
    const { untrusted, trusted, inserted } = made.negative.mutation.params;
    expect(inserted).toBe(2);
    expect([untrusted, trusted].sort()).toEqual(["shop:main/train:999:n1", "shop:main/train:999:n2"]);
    return untrusted;
  });
  const first = places.filter((id) => id === "shop:main/train:999:n1").length;
  expect(first).toBeGreaterThan(160);
  expect(first).toBeLessThan(240);
});

test("a decoy costs next to nothing, whoever sends what", () => {
  const exfiltration = mutators.find(({ name }) => name === "exfiltration_pivot") as (typeof mutators)[number];
  let pairs = 0;
  fc.assert(
    fc.property(plans, fc.nat(3), (plan, variant) => {
      const parent = makeParent(plan, pools);
      for (const operator of Object.keys(exfiltration.mutation.operators)) {
        const made = makeMutation(parent, exfiltration, { operator, seed: "s", variant, insertSources: true });
        const verdict = "na" in made ? undefined : verifyMutation(parent, exfiltration.mutation, made);
        if (!verdict || !("ok" in verdict)) continue;
        pairs++;
        const { parentEnergy, decoyEnergy, energy } = verdict.ok;
        expect(Math.abs(decoyEnergy.composite - parentEnergy.composite)).toBeLessThan(0.5);
        expect(energy.composite - parentEnergy.composite).toBeGreaterThanOrEqual(2);
      }
    }),
    { seed: SEED, numRuns: 100 },
  );
  expect(pairs).toBeGreaterThan(50);
});

/** What follows from changes is what the stages and the recipe give, for each changed or new node. */
function checkDerived(parent: Parent, plan: Plan): void {
  const places = plan.nodes.flatMap((node, place) => (node === parent.plan.nodes[place] ? [] : [place]));
  const scopes = parent.deriveScope(plan.nodes, places, parent.request);
  for (const [i, place] of places.entries()) {
    const node = plan.nodes[place] as PlanNode;
    const argumentsChanged = node.arguments !== parent.plan.nodes[place]?.arguments;
    if (argumentsChanged) expect(node).toMatchObject(scopes[i] as JsonObject);
    if (node.provenance_tier !== parent.plan.nodes[place]?.provenance_tier && place < parent.plan.nodes.length)
      continue;
    if (node.provenance_tier !== 1 && place >= parent.plan.nodes.length) continue;
    const { tool_name, arguments: args, provenance_tier } = node;
    const subject = { parent_hash: parent.planHash, index: place, tool_name, arguments: args, provenance_tier };
    expect(node.provenance_hash).toBe(toMutatedNodeHash(subject));
  }
}

function withoutHash({ provenance_hash: _, ...node }: PlanNode): object {
  return node;
}

/** Freezes all of a value: whoever changes it throws. Gives its JSON. */
function freeze(value: unknown): string {
  const visit = (one: unknown): void => {
    if (typeof one !== "object" || one === null) return;
    Object.freeze(one);
    for (const member of Object.values(one)) visit(member);
  };
  visit(value);
  return JSON.stringify(value);
}

function at(plan: Plan, pointer: string): JsonValue {
  return pointer
    .split("/")
    .slice(1)
    .reduce<JsonValue>((value, part) => (value as JsonObject)[part] as JsonValue, plan as unknown as JsonValue);
}
