import { describe, expect, it } from "vitest";
import { toCalls } from "../../src/energy/data-flow.ts";
import { listLeaks, listTaintedControls, listUpstream } from "../../src/energy/taint.ts";
import { findReferences, toReference, toReferencedId } from "../../src/schema/plan-reference.ts";
import { makeNode, makePlan } from "./_plans.ts";

describe("references", () => {
  const isNode = (id: string) => id === "a" || id === "b/c";

  it("are objects with $ref alone that name a node of the plan", () => {
    expect(toReference("a")).toEqual({ $ref: "a" });
    expect(toReferencedId({ $ref: "a" })).toBe("a");
    expect(
      [{ $ref: "a", type: "string" }, { $ref: 1 }, ["a"], "$a.out", null].map((value) => toReferencedId(value)),
    ).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  it("are found wherever they stand, with a pointer to each", () => {
    const args = {
      body: toReference("a"),
      "to/cc": ["x", { list: [toReference("b/c")] }],
      schema: { $ref: "#/definitions/a" },
    };
    expect(findReferences(args, isNode)).toEqual([
      { argument: "body", pointer: "/body", nodeId: "a" },
      { argument: "to/cc", pointer: "/to~1cc/1/list/0", nodeId: "b/c" },
    ]);
  });
});

describe("what flows", () => {
  const calls = toCalls(
    makePlan(
      [
        makeNode("web", "search_web", { query: "x" }),
        makeNode("own", "get_transactions", {}, { volume: 50, sensitivity: 4 }),
        makeNode("sum", "summarize_text", { text: toReference("own"), extra: toReference("web") }),
        makeNode("send", "send_email", { to: toReference("web"), body: toReference("sum") }, { sensitivity: 3 }),
      ],
      [["own", "web"]],
    ),
  );

  it("goes along references, not along edges", () => {
    expect(calls.map(({ tainted }) => tainted)).toEqual([true, false, true, true]);
    expect(calls.map(({ carriedSensitivity }) => carriedSensitivity)).toEqual([1, 4, 4, 4]);
    expect(calls.map(({ carriedVolume }) => carriedVolume)).toEqual([1, 50, 50, 50]);
  });

  it("inputs know their argument and what it is for", () => {
    expect(calls[3]?.inputs).toEqual([
      { argument: "to", kind: "recipient", from: 0 },
      { argument: "body", kind: "payload", from: 2 },
    ]);
  });

  it("outside content that steers is listed; what it is carried in is not", () => {
    expect(listTaintedControls(calls).map(({ from, to, input }) => [from, to, input.argument])).toEqual([[0, 3, "to"]]);
  });

  it("sensitive output that leads out is listed, with the argument it goes in by", () => {
    expect(listLeaks(calls)).toEqual([{ from: 1, to: 3, argument: "body" }]);
    expect(listUpstream(calls, 3)).toEqual([0, 1, 2, 3]);
  });
});
