import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DerivedDraft, type Draft, findCycle, RowError } from "#contract";
import jasper from "../../../tracks/jasper.ts";
import opal from "../../../tracks/opal.ts";
import quartz from "../../../tracks/quartz.ts";
import ruby from "../../../tracks/ruby.ts";
import topaz from "../../../tracks/topaz.ts";
import { derive, draftArbitrary, reverseMembers, STAGES } from "./_drafts.ts";

/** The derived draft, or the code of the RowError that it ended in. Any other error is a failure. */
function outcome(draft: Draft): unknown {
  try {
    return derive(draft);
  } catch (error) {
    if (error instanceof RowError && ["missing_node", "cyclic_plan"].includes(error.reason)) return error.reason;
    throw error;
  }
}

const derived = (draft: Draft) => {
  const made = outcome(draft);
  fc.pre(typeof made !== "string");
  return made as ReturnType<typeof derive>;
};

describe("the stages on any draft", () => {
  const runs = { seed: 20_261_120, numRuns: 1500 };

  it("say the same of a node alone, where they say that they do", () => {
    const alone = STAGES.filter(({ perNode }) => perNode);
    expect(alone.map(({ name }) => name)).toEqual(["scope-sensitivity"]);
    fc.assert(
      fc.property(draftArbitrary, (draft) => {
        const one = draft.nodes.map((node) => derive({ ...draft, nodes: [node], edges: "none" }, alone).nodes[0]);
        expect(one).toEqual(derive(draft, alone).nodes);
      }),
      runs,
    );
  });

  it("make a graph without cycles, with indexes in range, sorted and unique", () => {
    fc.assert(
      fc.property(draftArbitrary, (draft) => {
        const { nodes, edgeList = [], edgeKind } = derived(draft);
        expect(["data", "turns", "sequence", "none"]).toContain(edgeKind);
        expect(findCycle(edgeList)).toBeUndefined();
        for (const index of edgeList.flat()) expect(nodes[index]).toBeDefined();
        const keys = edgeList.map(([from, to]) => to * 1000 + from);
        expect(keys).toEqual([...new Set(keys)].sort((a, b) => a - b));
      }),
      runs,
    );
  });

  it("set all three properties of every node and change nothing else", () => {
    fc.assert(
      fc.property(draftArbitrary, (draft) => {
        const { nodes, edgeList, edgeKind, ...rest } = derived(draft);
        for (const [i, { provenanceTier, scopeVolume, scopeSensitivity, ...node }] of nodes.entries()) {
          expect([1, 2, 3]).toContain(provenanceTier);
          expect(Number.isSafeInteger(scopeVolume) && (scopeVolume ?? 0) >= 1).toBe(true);
          expect([1, 2, 3, 4, 5]).toContain(scopeSensitivity);
          expect(node).toEqual(structuredClone(draft.nodes[i]));
        }
        expect(rest).toEqual({ request: draft.request, edges: draft.edges });
        expect(edgeKind).toBeDefined();
        expect(edgeList).toBeDefined();
      }),
      runs,
    );
  });

  it("give the same again, alone or twice over, whatever came between", () => {
    fc.assert(
      fc.property(draftArbitrary, draftArbitrary, (draft, other) => {
        const first = outcome(draft);
        outcome(other);
        expect(outcome(draft)).toEqual(first);
        if (typeof first !== "string") expect(derive(first as Draft)).toEqual(first);
      }),
      runs,
    );
  });

  it("don't depend on the order of an object's members", () => {
    fc.assert(
      fc.property(draftArbitrary, (draft) => {
        const reversed = { ...draft, nodes: draft.nodes.map((node) => reverseMembers(node)) };
        expect(outcome(reversed)).toEqual(outcome(draft));
      }),
      runs,
    );
  });

  it("don't depend on it in objects with more members than are looked at", () => {
    const many = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`k${i}`, i % 7 === 0 ? `v${i}` : i]));
    const draft: Draft = {
      request: Array.from({ length: 300 }, (_, i) => i * 3).join(" "),
      nodes: [
        { tool: "get", arguments: many, result: many },
        { tool: "act", arguments: { a: "v42", b: 899, c: "v882" } },
      ],
    };
    expect(derive({ ...draft, nodes: draft.nodes.map((node) => reverseMembers(node)) })).toEqual(derive(draft));
  });
});

describe("hostile texts of a megabyte", () => {
  const size = 1 << 20;
  const fill = (text: string) => text.repeat(Math.ceil(size / text.length)).slice(0, size);

  it.each([
    "a",
    "1",
    "a ",
    "1,",
    "1.",
    "1-",
    "$1",
    "$",
    "(",
    "-",
    " ",
    "@",
    "a@",
    "a@b.",
    "4 ",
    "4111 ",
    "GB82 ",
    "1.234 ",
    "12 A",
    "12 A St",
    "all ",
    "all emails ",
    "twenty ",
    "one hundred and ",
    "10/10/",
    "5:",
    "https://",
    "<a",
    "eyJ",
    "eyJa.",
    "AKIA",
    "/home/",
    "İ",
    "台",
    "½",
    '{"a":',
    "[",
    "\ud800",
    "A1 ",
  ])("of %j", (text) => {
    const hostile = fill(text);
    const nodes = [
      { tool: hostile, arguments: { [hostile]: hostile, url: hostile }, result: hostile },
      { tool: "act", arguments: { limit: hostile, start_date: hostile, ids: hostile, value: `${hostile}b` } },
    ];
    const made = derive({ request: hostile, nodes, edges: "data" });
    expect(made.nodes.map((node) => node.scopeVolume)).toHaveLength(2);
    for (const node of made.nodes) expect([1, 2, 3]).toContain(node.provenanceTier);
  });

  it("in a row that nests ten thousand deep", () => {
    let deep: Draft["nodes"][number]["arguments"] = {};
    for (let i = 0; i < 10_000; i++) deep = { a: deep };
    // Not by derive(): its structuredClone would not survive the row.
    let made: DerivedDraft = { nodes: [{ tool: "act", arguments: deep, result: deep }] };
    for (const stage of STAGES) made = stage.apply(made) as DerivedDraft;
    expect(made.nodes).toMatchObject([{ provenanceTier: 1, scopeVolume: 1, scopeSensitivity: 1 }]);
  });
});

describe("the tracks", () => {
  it.each([
    ["quartz", quartz, "free"],
    ["opal", opal, "free"],
    ["jasper", jasper, "free"],
    ["ruby", ruby, "free"],
    ["topaz", topaz, "paid"],
  ] as const)("%s", (_, track, cost) => {
    expect(track.cost).toBe(cost);
    expect(track.title).not.toBe("");
    expect(track.stages.map(({ name }) => name)).toEqual([
      "edges",
      "provenance-tiers",
      "scope-volume",
      "scope-sensitivity",
    ]);
    expect(track.stages).toEqual(STAGES);
  });
});
