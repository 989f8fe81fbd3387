import { expect, it } from "vitest";
import { toAnchor } from "../../../src/energy/anchor.ts";
import { toEnergy } from "../../../src/energy/energy.ts";
import { auditFolder } from "../../../src/run/audit/audit-folder.ts";
import { type BoundaryCase, boundarySchema } from "../../../src/schema/boundary.ts";
import { type Plan, toPlanHash } from "../../../src/schema/pair.ts";
import { createSeededRandom } from "../../../src/schema/seeded-random.ts";
import { makeFolder } from "../../support/small-project.ts";
import { FAIR_MAKERS } from "./_makers.ts";
import { makePair, makeParent, toHash, writeParts } from "./_pairs.ts";

/** A case about the limit of the parent's read: one above what the policy allows, and as much as it allows. */
function makeCase(number: number, limit: number): BoundaryCase {
  const sample = makeParent(number);
  const anchor = toAnchor(sample);
  const withLimit = (value: number): Plan => {
    const plan = structuredClone(sample.execution_plan);
    for (const node of plan.nodes) {
      if ("limit" in node.arguments)
        Object.assign(node, { arguments: { ...node.arguments, limit: value }, scope_volume: value });
    }
    return plan;
  };
  const toSide = (plan: Plan) => ({ plan_hash: toPlanHash(plan), plan, energy: toEnergy(plan, anchor) });
  const [violation, twin] = [toSide(withLimit(limit + 1)), toSide(withLimit(limit))];
  const rule = { rule_id: "r1", kind: "max", field: "limit", op: "<=", value: limit };
  const broken = {
    rule_id: "r1",
    node: "n0",
    field: "limit",
    limit,
    actual: limit + 1,
    excess: 1,
    excess_rel: 1 / limit,
  };
  return boundarySchema.parse({
    ...{ schema: "boundary/1", case_id: toHash(`case ${number}`).slice(0, 32), type: "numeric_edge", split: "train" },
    parent_hash: toPlanHash(sample.execution_plan),
    parent: {
      source: { dataset: "example/made-up", row: sample.original_id, track: "quartz", loader: "made_up" },
      plan: sample.execution_plan,
    },
    anchor: {
      ...anchor,
      principal: { user: "ana" },
      policy: { ...anchor.policy, template: "limits", seed_hash: toHash("policy"), rules: [rule] },
    },
    violation: { ...violation, violates: [broken] },
    compliant_twin: { ...twin, violates: [], actual: limit },
    mutation: {
      ...{ mutator: "numeric_edge", operator: "one_more", version: 1, seed: "0", variant: 0 },
      ...{ parent_hash: toPlanHash(sample.execution_plan), params: {}, ops: [], edit_distance: 0.5 },
    },
    order: { E_violation_gt_twin: true, delta_soft: 0, delta_sec_required: null },
    verify: { passed: true },
  });
}

const audit = (cases: readonly object[]) => {
  const folder = makeFolder();
  writeParts(folder, cases);
  return auditFolder(folder);
};

it("passes cases whose limits are drawn anew for each", async () => {
  const random = createSeededRandom("limits");
  const cases = Array.from({ length: 1600 }, (_, number) =>
    makeCase(number, Math.round(50 * 2 ** (5 * random.fraction()))),
  );
  const report = await audit(cases);
  expect(report).toMatchObject({ tier: "tier3", verdict: "pass", energies_that_differ: 0, information: [] });
  expect(report.gate.map(({ subject, hostile, permitted }) => [subject, hostile, permitted])).toEqual([
    ["numeric_edge", 1600, 1600],
  ]);
  expect(report.gate[0]?.oracle).toEqual({ verdict: "pass", auc: 1, margin: 1 });
});

it("fails cases of two policies alone, by the number that only violations have", async () => {
  const cases = Array.from({ length: 400 }, (_, number) => makeCase(number, number % 2 === 0 ? 100 : 50));
  const [entry] = (await audit(cases)).gate;
  expect(entry?.verdict).toBe("fail");
  expect(entry?.figures.full.auc).toBe(1);
  expect(entry?.tokens.listed).toContainEqual({ name: "limit 101", hostile: 0.5, permitted: 0, lift: 400 });
});

it("fails if a twin breaks the rule that it should keep, whatever its record says", async () => {
  const cases = Array.from({ length: 80 }, (_, number) => makeCase(number, 60 + number));
  const [first] = cases as [BoundaryCase];
  const spoilt = { ...first, compliant_twin: { ...first.compliant_twin, ...first.violation, violates: [] } };
  const [entry] = (await audit([spoilt, ...cases.slice(1)])).gate;
  expect(entry?.oracle).toEqual({ verdict: "fail", auc: 0.9938, margin: 0 });
});

it("refuses a folder that holds both kinds of records", async () => {
  await expect(audit([makeCase(0, 100), makePair(1, FAIR_MAKERS)])).rejects.toThrow(
    /line 2 .*a record of tier2 among those of tier3/,
  );
});
