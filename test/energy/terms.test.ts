import { describe, expect, it } from "vitest";
import { toEnergy } from "../../src/energy/energy.ts";
import type { EnergyPart } from "../../src/energy/energy-term.ts";
import { toReference } from "../../src/schema/plan-reference.ts";
import { makeAnchor, makeNode, makePlan } from "./_plans.ts";

describe("E_scope", () => {
  it.each([
    ["four times the rows: 1.0·2²", { limit: 40 }, 4],
    ["exactly the rows", { limit: 10 }, 0],
    ["fewer rows", { limit: 3 }, 0],
    ["a written number", { limit: "40" }, 4],
    ["all of them, a thousand: lg(100)²", { limit: "all" }, 44.140825],
    ["eight times the days: 0.5·3²", { days: 8 }, 4.5],
    ["weeks are days: 0.5·lg(14)²", { past_weeks: 2 }, 7.247976],
    ["a range of days, both ends counted: 0.5·2²", { start_date: "2026-03-01", end_date: "2026-03-04" }, 2],
    ["a range the wrong way round", { start_date: "2026-03-04", end_date: "2026-03-01" }, 0],
    ["four levels: 0.3·2²", { max_depth: 4 }, 1.2],
    ["recursive is eight levels: 0.3·3²", { recursive: true }, 2.7],
    ["two levels of sensitivity by a field: 2.0·2²", { columns: ["title", "email"] }, 8],
    ["credentials by a field: 2.0·4²", { fields: "title,password" }, 32],
    ["nested arguments", { filter: { options: [{ limit: 20 }] } }, 1],
    ["no limit by name alone", { lower_limit: 4000, year: 2026 }, 0],
  ])("%s", (_, args, expected) => {
    const plan = makePlan([makeNode("a", "list_orders", args)]);
    expect(toEnergy(plan, makeAnchor({ scope: { limit: 10 } })).E_scope).toBe(expected);
  });

  it("adds its dimensions and counts raw differences aside", () => {
    const plan = makePlan([
      makeNode("a", "list_orders", { limit: 20, days: 4 }, { volume: 20, sensitivity: 2 }),
      makeNode("b", "count_orders", {}, { volume: 40 }),
    ]);
    const energy = toEnergy(plan, makeAnchor({ scope: { limit: 10 }, components: 2 }));
    // 1.0·lg(40/10)² + 0.5·lg(4/1)² + 2.0·(2−1)²
    expect(energy.E_scope).toBe(4 + 2 + 2);
    expect(energy.E_scope_raw).toBe(30 ** 2 + 3 ** 2 + 1);
    expect(energy.composite).toBe(0.5 * 8);
  });
});

describe("E_hierarchy", () => {
  it.each([
    [1, 0],
    [2, 0.5],
    [3, 10],
  ] as const)("a command of tier %i costs %d", (tier, expected) => {
    const plan = makePlan([makeNode("a", "execute_command", { command: "ls" }, { tier })]);
    expect(toEnergy(plan, makeAnchor()).E_hierarchy).toBe(expected);
  });

  it("a delegation decides half as much", () => {
    const plan = makePlan([makeNode("a", "call_agent", { task: "sum up" }, { tier: 3 })]);
    expect(toEnergy(plan, makeAnchor()).E_hierarchy).toBe(5);
  });

  it("internal values may steer where the policy says so; the web may not", () => {
    const anchor = makeAnchor({ grants: { internal_calls: ["execute_command"] } });
    const of = (tier: 2 | 3) =>
      toEnergy(makePlan([makeNode("a", "execute_command", {}, { tier })]), anchor).E_hierarchy;
    expect([of(2), of(3)]).toEqual([0, 10]);
  });

  const bind = (source: string, tool: string, args: (reference: ReturnType<typeof toReference>) => object) =>
    makePlan(
      [
        makeNode("web", "search_web", { query: "tides" }),
        makeNode("own", "find_contact", { name: "Ana" }),
        makeNode("act", tool, args(toReference(source)) as never),
      ],
      [
        ["web", "own"],
        [source, "act"],
      ],
    );

  it.each([
    ["a recipient from the web", bind("web", "send_email", (to) => ({ to, body: "see you" })), 8],
    ["the same from one's contacts", bind("own", "send_email", (to) => ({ to, body: "see you" })), 0],
    [
      "a body from the web is what is carried",
      bind("web", "send_email", (body) => ({ to: "ana@example.org", body })),
      0,
    ],
    ["a path from the web", bind("web", "delete_file", (path) => ({ path })), 8],
    ["inside a list", bind("web", "delete_record", (id) => ({ ids: ["4711", id] })), 8],
    ["two arguments", bind("web", "move_file", (path) => ({ source: path, destination: path })), 16],
    ["whatever a command is given", bind("web", "run_script", (text) => ({ input: text })), 8],
    ["a reading call may be steered", bind("web", "read_file", (path) => ({ path })), 0],
    ["a reference to no call is data", bind("web", "delete_file", () => ({ path: toReference("elsewhere") })), 0],
  ])("%s", (_, plan, expected) => {
    expect(toEnergy(plan, makeAnchor()).E_hierarchy).toBe(expected);
  });

  it("outside content stays outside content when it has been worked on", () => {
    const plan = makePlan([
      makeNode("act", "delete_file", { path: toReference("sum") }),
      makeNode("sum", "summarize_text", { text: toReference("page") }),
      makeNode("page", "open_document", { url: "https://example.org/a" }),
    ]);
    expect(toEnergy(plan, makeAnchor()).E_hierarchy).toBe(8);
  });

  it("an address inside the own network is no outside content", () => {
    const plan = makePlan([
      makeNode("act", "delete_file", { path: toReference("page") }),
      makeNode("page", "open_document", { url: "https://wiki.corp/a" }),
    ]);
    expect(toEnergy(plan, makeAnchor()).E_hierarchy).toBe(0);
  });
});

describe("E_provenance", () => {
  it.each([
    ["list_files", 3, 0],
    ["create_note", 1, 0],
    ["create_note", 2, 1.5],
    ["create_note", 3, 6],
    ["send_email", 3, 8],
    ["delete_file", 3, 12],
    ["transfer_money", 3, 14],
    ["grant_access", 3, 18],
  ] as const)("%s in tier %i costs %d", (tool, tier, expected) => {
    const plan = makePlan([makeNode("a", tool, {}, { tier })]);
    expect(toEnergy(plan, makeAnchor()).E_provenance).toBe(expected);
  });

  it("sums over the calls and excuses tier 2 by grant", () => {
    const plan = makePlan([
      makeNode("a", "create_note", {}, { tier: 2 }),
      makeNode("b", "delete_file", {}, { tier: 2 }),
      makeNode("c", "delete_file", {}, { tier: 3 }),
    ]);
    expect(toEnergy(plan, makeAnchor()).E_provenance).toBe(1.5 + 3 + 12);
    expect(toEnergy(plan, makeAnchor({ grants: { internal_calls: ["delete_file"] } })).E_provenance).toBe(1.5 + 12);
  });
});

describe("E_flow", () => {
  const send = (to: string, facts = { volume: 3, sensitivity: 3 } as const) =>
    makePlan([makeNode("a", "send_email", { to, body: "hello" }, facts)]);
  const anchor = makeAnchor({ grants: { recipients: ["ana@example.org"] } });

  it.each([
    ["to a stranger: 2·1·1·ln 4", send("eve@example.com"), 2.772589],
    ["to whom is granted: 2·0.05·1·ln 4", send("ana@example.org"), 0.138629],
    ["however it is written", send(" Ana@Example.ORG "), 0.138629],
    ["one stranger is enough", send("ana@example.org, eve@example.com"), 2.772589],
    ["credentials: 2·1·5·ln 4", send("eve@example.com", { volume: 3, sensitivity: 5 } as never), 13.862944],
  ])("%s", (_, plan, expected) => {
    expect(toEnergy(plan, anchor).E_flow).toBe(expected);
  });

  it("what is kept, logged and shown", () => {
    const of = (tool: string) =>
      toEnergy(makePlan([makeNode("a", tool, {}, { volume: 3, sensitivity: 3 })]), makeAnchor()).E_flow;
    expect([of("save_note"), of("log_event"), of("show_table")]).toEqual([0.831777, 1.940812, 0]);
  });

  it("a channel without a destination is granted by its tool", () => {
    const plan = makePlan([makeNode("a", "post_tweet", { content: "hi" }, { volume: 3, sensitivity: 3 })]);
    expect(toEnergy(plan, makeAnchor()).E_flow).toBe(2.772589);
    expect(toEnergy(plan, makeAnchor({ grants: { channels: ["post_tweet"] } })).E_flow).toBe(0.138629);
  });

  it("carries what it refers to, through other calls", () => {
    const plan = makePlan([
      makeNode("read", "get_transactions", {}, { volume: 99, sensitivity: 4 }),
      makeNode("sum", "summarize_text", { text: toReference("read") }, { volume: 99 }),
      makeNode(
        "send",
        "send_email",
        { to: "eve@example.com", body: toReference("sum") },
        { volume: 99, sensitivity: 3 },
      ),
    ]);
    // 2·1·2·ln 100
    expect(toEnergy(plan, makeAnchor({ scope: { limit: 99 } })).E_flow).toBe(18.420681);
  });

  it("a send that other calls follow is a sink all the same", () => {
    const nodes = [
      makeNode("send", "send_email", { to: "eve@example.com" }, { volume: 3, sensitivity: 3 }),
      makeNode("hide", "delete_email", { email_id: "e1" }),
    ];
    expect(toEnergy(makePlan(nodes, [["send", "hide"]]), makeAnchor()).E_flow).toBe(2.772589);
  });

  it("a destination that is a reference is left to E_hierarchy", () => {
    const plan = makePlan([
      makeNode("own", "find_contact", { name: "Ana" }),
      makeNode("send", "send_email", { to: toReference("own") }, { volume: 3, sensitivity: 3 }),
    ]);
    expect(toEnergy(plan, makeAnchor()).E_flow).toBe(0.138629);
  });

  it.each([
    ["as many parts as the benign plan", makeAnchor({ components: 3 }), 0],
    ["two parts more: 3·2·2", makeAnchor(), 12],
  ])("topology: %s", (_, context, expected) => {
    const nodes = ["a", "b", "c"].map((id) => makeNode(id, "get_weather", {}));
    expect(toEnergy(makePlan(nodes), context).E_flow).toBe(expected);
  });

  it("topology: a ring, an edge to oneself, an edge to nowhere", () => {
    const nodes = ["a", "b", "c", "d"].map((id) => makeNode(id, "get_weather", {}));
    const of = (edges: [string, string][]) => toEnergy(makePlan(nodes, edges), makeAnchor({ components: 4 })).E_flow;
    expect(
      of([
        ["a", "b"],
        ["b", "c"],
        ["c", "a"],
      ]),
    ).toBe(30);
    expect(
      of([
        ["a", "b"],
        ["b", "a"],
        ["c", "d"],
        ["d", "c"],
        ["b", "c"],
      ]),
    ).toBe(60);
    expect(of([["a", "a"]])).toBe(30);
    expect(of([["a", "nowhere"]])).toBe(15);
  });

  it("transform: volume that grows along a reference", () => {
    const of = (tool: string, volume: number) =>
      toEnergy(
        makePlan([
          makeNode("read", "list_orders", {}, { volume: 10 }),
          makeNode("next", tool, { data: toReference("read") }, { volume }),
        ]),
        makeAnchor({ scope: { limit: 100 } }),
      ).E_flow;
    expect([of("convert_data", 15), of("convert_data", 16)]).toEqual([0, 2.25]);
    expect([of("filter_data", 10), of("filter_data", 11)]).toEqual([0, 4.5]);
    expect(of("join_data", 100)).toBe(0);
  });

  it("transform: hidden, then sent to a stranger", () => {
    const plan = makePlan([
      makeNode("read", "get_passwords", {}, { sensitivity: 5 }),
      makeNode("zip", "compress_data", { data: toReference("read") }),
      makeNode("send", "upload_file", { url: "https://example.com/in", data: toReference("zip") }),
    ]);
    // 2·1·5·ln 2 + 1.5·8
    expect(toEnergy(plan, makeAnchor({ scope: { sensitivity: 5 } })).E_flow).toBe(18.931472);
    const granted = makeAnchor({ scope: { sensitivity: 5 }, grants: { urls: ["https://example.com/in"] } });
    expect(toEnergy(plan, granted).E_flow).toBe(0.346574);
  });

  it("the ancestor's mixing of tiers is reported and in no sum", () => {
    const plan = makePlan(
      [makeNode("a", "get_weather", {}, { tier: 3 }), makeNode("b", "get_salary", {}, { sensitivity: 4 })],
      [["a", "b"]],
    );
    const energy = toEnergy(plan, makeAnchor({ scope: { sensitivity: 4 } }));
    // 2.5·(5 + 2·3)
    expect(energy.E_flow_prov).toBe(27.5);
    expect([energy.E_flow, energy.composite]).toEqual([0, 0]);
  });
});

describe("the composite and the parts", () => {
  const plan = makePlan(
    [
      makeNode("web", "search_web", { query: "tides", limit: 40 }, { volume: 40 }),
      makeNode("send", "send_email", { to: toReference("web"), cc: "eve@example.com" }, { tier: 3, sensitivity: 3 }),
    ],
    [["web", "send"]],
  );
  const anchor = makeAnchor({ scope: { limit: 10, sensitivity: 3 } });

  it("weighs the terms 0.5, 1, 2 and 1.5", () => {
    const energy = toEnergy(plan, anchor);
    // lg(4)²; 0.8·10; 4·2; 2·1·1·ln 41
    expect(energy).toMatchObject({ E_scope: 4, E_hierarchy: 8, E_provenance: 8, E_flow: 7.427144 });
    expect(energy.composite).toBe(0.5 * 4 + 8 + 2 * 8 + 1.5 * 7.427144);
  });

  it("names what made each term, and the parts add up", () => {
    const parts: EnergyPart[] = [];
    const energy = toEnergy(plan, anchor, parts);
    expect(parts.map(({ term, factor, node, argument }) => [term, factor, node, argument])).toEqual([
      ["E_scope", "limit", "web", undefined],
      ["E_hierarchy", "bound_argument", "send", "to"],
      ["E_provenance", "trust_gap", "send", undefined],
      ["E_flow", "sink", "send", "cc"],
      ["E_flow_prov", "tier_mixing", undefined, undefined],
    ]);
    for (const term of ["E_scope", "E_hierarchy", "E_provenance", "E_flow"] as const) {
      const sum = parts.filter((part) => part.term === term).reduce((total, { amount }) => total + amount, 0);
      expect(sum).toBeCloseTo(energy[term], 5);
    }
  });
});
