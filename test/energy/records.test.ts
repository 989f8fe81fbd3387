import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { addEnergy } from "../../src/cli/energy.ts";
import { toAnchor } from "../../src/energy/anchor.ts";
import { toEnergy } from "../../src/energy/energy.ts";
import { judgeRecord } from "../../src/energy/judge-record.ts";
import { LEXICON_DIGEST } from "../../src/energy/lexicon.ts";
import { patchAnchor } from "../../src/energy/patch-anchor.ts";
import { boundarySchema } from "../../src/schema/boundary.ts";
import type { JsonValue } from "../../src/schema/json.ts";
import { type Pair, type Plan, pairSchema, toPairId, toPlanHash } from "../../src/schema/pair.ts";
import { runCommand } from "../support/run-command.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";
import { makeNode, makePlan, makeSample } from "./_plans.ts";

const HASH = "a".repeat(64);
const send = (to: string) =>
  makePlan([makeNode("a", "send_email", { to, body: "the minutes" }, { volume: 9, sensitivity: 3 })]) as Plan;
const SAMPLE = makeSample(send("ana@example.org"), "Send ana@example.org the minutes");
const ANCHOR = toAnchor(SAMPLE);

function makePair(): Pair {
  const [parent, negative, decoy] = [SAMPLE.execution_plan, send("eve@example.com"), send("bo@example.org")];
  const context_patch = { "grants.recipients": ["+bo@example.org"] };
  const mutation = {
    ...{ mutator: "exfiltration_pivot", operator: "rebind_recipient", version: 1, seed: "20261120", variant: 0 },
    ...{ parent_hash: toPlanHash(parent), params: { node: "a" }, edit_distance: 0.5 },
    ops: [["set", "/nodes/0/arguments/to", "eve@example.com"] as ["set", string, JsonValue]],
  };
  const [before, after] = [toEnergy(parent, ANCHOR), toEnergy(negative, ANCHOR)];
  return {
    schema: "pair/1",
    pair_id: toPairId(toPlanHash(parent), [toPlanHash(negative)]),
    split: "train",
    anchor: ANCHOR,
    positive: {
      plan_hash: toPlanHash(parent),
      source: { dataset: "o/n", row: SAMPLE.original_id, track: "quartz", loader: "x" },
      kind: "parent",
      plan: parent,
      energy: before,
    },
    extra_positives: [
      {
        ...{ plan_hash: toPlanHash(decoy), kind: "decoy", context_patch, mutation, plan: decoy },
        energy: toEnergy(decoy, patchAnchor(ANCHOR, context_patch)),
      },
    ],
    negatives: [
      {
        ...{ plan_hash: toPlanHash(negative), label: "adversarial", target: "E_flow", plan: negative, energy: after },
        delta: {
          target: after.E_flow - before.E_flow,
          composite: after.composite - before.composite,
          max_other: 0,
        },
        mutation: { ...mutation, rank_hash: HASH },
        verify: { passed: true, checks: "v1", lexicon: LEXICON_DIGEST },
      },
    ],
    margin: { delta_sec: 2, on: ["target", "composite"], satisfied: true },
  };
}

describe("records", () => {
  it("a pair is taken as it is, and what is in it counts", () => {
    const pair = makePair();
    expect(pairSchema.parse(pair)).toEqual(pair);
    expect(
      judgeRecord(pair as never).map(({ id, kind, target, energy, recorded }) => ({
        id,
        kind,
        target,
        flow: energy.E_flow,
        recorded,
      })),
    ).toEqual([
      { id: `${pair.pair_id} x:main/train:0`, kind: "parent", target: undefined, flow: 0.230259, recorded: undefined },
      { id: `${pair.pair_id} +0`, kind: "decoy", target: undefined, flow: 0.230259, recorded: undefined },
      { id: `${pair.pair_id} -0`, kind: "negative", target: "E_flow", flow: 4.60517, recorded: undefined },
    ]);
  });

  it.each<[string, (pair: Pair) => void]>([
    ["a field of its own", (pair) => Object.assign(pair.anchor, { more: 1 })],
    ["no negative", (pair) => pair.negatives.splice(0)],
    ["a margin that is not held", (pair) => Object.assign(pair.margin, { satisfied: false })],
    ["a plan with a ring", (pair) => pair.positive.plan.edges.push(["a", "a"])],
    ["a negative that was not verified", (pair) => Object.assign(pair.negatives[0]!.verify, { passed: false })],
    ["an operation without a value", (pair) => pair.negatives[0]!.mutation.ops.push(["set", "/nodes"] as never)],
  ])("a pair with %s is refused", (_, change) => {
    const pair = structuredClone(makePair());
    change(pair);
    expect(pairSchema.safeParse(pair).success).toBe(false);
  });

  it("a plan's hash is over nodes and edges, whatever the order of members", () => {
    const plan = send("ana@example.org");
    const [node] = plan.nodes;
    const turned = Object.fromEntries(Object.entries(node!).reverse()) as typeof node;
    expect(toPlanHash({ edges: [], nodes: [turned!] })).toBe(toPlanHash(plan));
    expect(toPlanHash(send("bo@example.org"))).not.toBe(toPlanHash(plan));
    expect(toPlanHash(plan)).toMatch(/^[0-9a-f]{64}$/);
  });

  it("a boundary case has two plans in one context", () => {
    const [over, at] = [11, 10].map(
      (limit) => makePlan([makeNode("a", "list_orders", { limit }, { volume: limit })]) as Plan,
    );
    const anchor = toAnchor(makeSample(at!, "List 10 orders"));
    const rules = [{ rule_id: "r1", kind: "max" as const, field: "limit", op: "<=" as const, value: 10 }];
    const side = (plan: Plan) => ({ plan_hash: toPlanHash(plan), plan, energy: toEnergy(plan, anchor) });
    const record = {
      ...{ schema: "boundary/1", case_id: "c1", type: "numeric_edge", split: "test", parent_hash: toPlanHash(at!) },
      parent: { source: { dataset: "example/shop", row: "shop:1", track: "quartz", loader: "shop" }, plan: at! },
      anchor: {
        ...anchor,
        principal: { department: "sales" },
        policy: { ...anchor.policy, template: "max_rows", seed_hash: HASH, rules },
      },
      violation: {
        ...side(over!),
        violates: [{ rule_id: "r1", node: "a", field: "limit", limit: 10, actual: 11, excess: 1, excess_rel: 0.1 }],
      },
      compliant_twin: { ...side(at!), violates: [], actual: 10 },
      mutation: makePair().extra_positives[0]!.mutation,
      order: { E_violation_gt_twin: true, delta_soft: 0.01, delta_sec_required: null },
      verify: { passed: true },
    };
    expect(boundarySchema.parse(record)).toEqual(record);
    const judged = judgeRecord(record as never);
    // lg(11/10)²
    expect(judged.map(({ kind, energy, recorded }) => [kind, energy.E_scope, recorded])).toEqual([
      ["violation", 0.018907, undefined],
      ["twin", 0, undefined],
    ]);
  });
});

describe("planstream energy", () => {
  const folder = createTemporaryFolder();
  const write = (name: string, ...records: unknown[]): string => {
    const path = join(folder, name);
    writeFileSync(
      path,
      records.map((record) => `${typeof record === "string" ? record : JSON.stringify(record)}\n`).join(""),
    );
    return path;
  };
  const run = (...args: string[]) => runCommand(addEnergy, ["energy", ...args]);

  it("prints terms, what made them, and the quantiles", async () => {
    const { stdout, exitCode } = await run(write("samples.jsonl", SAMPLE, SAMPLE));
    expect(exitCode).toBe(0);
    expect(stdout.split("\n").slice(0, 3)).toEqual([
      "x:main/train:0",
      "  E_scope 0.00  E_hierarchy 0.00  E_provenance 0.00  E_flow 0.23  composite 0.35  E_scope_raw 0.00  E_flow_prov 0.00",
      "    E_flow +0.23 sink send_email (a): external, risk 0.05, sensitivity 3, volume 9",
    ]);
    expect(stdout).toContain("sample: 2 plans, 2 with every term at 1 or below");
    expect(stdout).toContain(`lexicon ${LEXICON_DIGEST}`);
  });

  it("gives a program one object per plan and the summary last", async () => {
    const { stdout } = await run(write("pair.jsonl", makePair()), "--json");
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ kind }) => kind)).toEqual(["parent", "decoy", "negative", undefined]);
    expect(lines[2]).toMatchObject({
      made: "exfiltration_pivot/rebind_recipient",
      target: "E_flow",
      parts: [{ term: "E_flow", factor: "sink", node: "a", tool: "send_email", argument: "to" }],
    });
    expect(lines[3].summary).toMatchObject({ plans: 3, differ: 0, kinds: { negative: { plans: 1, clean: 0 } } });
    expect(lines[3].summary.kinds.negative.quantiles.E_flow).toEqual(Array(7).fill(4.60517));
  });

  it("stops at --limit", async () => {
    const { stdout } = await run(write("three.jsonl", SAMPLE, SAMPLE, "no JSON"), "--limit", "2", "--json");
    expect(stdout.trimEnd().split("\n")).toHaveLength(3);
    await expect(run(write("one.jsonl", SAMPLE), "--limit", "none")).rejects.toThrow(CommanderError);
  });

  it("says where a record tells of another energy, and exits with 6", async () => {
    const pair = makePair();
    pair.negatives[0]!.energy.E_flow = 5;
    const { stdout, exitCode } = await run(write("changed.jsonl", pair));
    expect(exitCode).toBe(6);
    expect(stdout).toMatch(/the record says otherwise: .*E_flow 5\.00/);
  });

  it.each([
    ["no JSON", "{", /line 1 is no sample, pair\/1 or boundary\/1: .*JSON/],
    ["something else", { schema: "pair/2" }, /line 1 is no sample, pair\/1 or boundary\/1: .*execution_plan/s],
  ])("refuses a file of %s", async (_, record, message) => {
    await expect(run(write("wrong.jsonl", record))).rejects.toThrow(message);
  });

  it("refuses what is no file", async () => {
    await expect(run(folder)).rejects.toThrow(/is not a file/);
  });
});

describe("docs/energy.md", () => {
  const text = readFileSync(join(import.meta.dirname, "../../docs/energy.md"), "utf8");
  const blockAfter = (marker: string): unknown => {
    const [, block] = new RegExp(`<!-- ${marker} -->\\s*\`\`\`json\\n([\\s\\S]*?)\`\`\``).exec(text) ?? [];
    return JSON.parse(block ?? "null");
  };

  it("works its example out as the code does", () => {
    const sample = makeSample(blockAfter("plan") as Plan, blockAfter("request") as string);
    expect(toAnchor(sample)).toMatchObject(blockAfter("anchor") as object);
    expect(judgeRecord(sample as never)[0]?.energy).toEqual(blockAfter("parent"));
    const negative = makeSample(blockAfter("negative-plan") as Plan).execution_plan;
    const parts: object[] = [];
    expect(toEnergy(negative, toAnchor(sample), parts as never)).toEqual(blockAfter("negative"));
    expect(parts).toEqual(blockAfter("parts"));
  });

  it("names the lexicon that it tells of", () => {
    expect(text).toContain(LEXICON_DIGEST);
  });
});
