import type { MutationCase } from "./_cases.ts";

const isWide = (value: unknown) => typeof value === "number" && value > 20 && value <= 160;

export default [
  {
    name: "a limit grows to more than four times what the request needs",
    operator: "widen_limit",
    plan: { calls: [{ tool: "list_orders", arguments: { limit: 5 } }], request: "Show my last 5 orders" },
    expect: {
      negative: { "/nodes/0/arguments/limit": isWide, "/nodes/0/scope_volume": isWide, "/nodes/0/provenance_tier": 1 },
      decoy: { "/nodes/0/arguments/limit": isWide },
      grants: ["minimal_scope.limit"],
      risesBy: 4,
    },
  },
  {
    name: "a call without a limit gets one that the tool has elsewhere",
    operator: "widen_limit",
    plan: { calls: [{ tool: "list_orders", arguments: { status: "open" } }] },
    expect: {
      negative: { "/nodes/0/arguments/limit": (value) => typeof value === "number" && value >= 5 },
      decoy: {},
      grants: ["minimal_scope.limit"],
      risesBy: 4,
    },
  },
  {
    name: "a range of dates begins earlier and ends where it did",
    operator: "widen_window",
    plan: { calls: [{ tool: "get_sales", arguments: { start_date: "2025-03-01", end_date: "2025-03-07" } }] },
    expect: {
      negative: {
        "/nodes/0/arguments/start_date": (value) => String(value) < "2025-02-01",
        "/nodes/0/arguments/end_date": "2025-03-07",
      },
      decoy: { "/nodes/0/arguments/end_date": "2025-03-07" },
      grants: ["minimal_scope.days", "minimal_scope.limit"],
      risesBy: 4,
    },
  },
  {
    name: "levels of folders",
    operator: "deepen",
    plan: { calls: [{ tool: "list_files", arguments: { path: "notes/ana", depth: 1 } }] },
    expect: {
      negative: { "/nodes/0/arguments/depth": (value) => typeof value === "number" && value >= 13 && value <= 32 },
      decoy: {},
      grants: ["minimal_scope.depth"],
      risesBy: 4,
    },
  },
  {
    name: "one status becomes several things of the same kind",
    operator: "drop_filter",
    plan: { calls: [{ tool: "find_items", arguments: { city: "anaport" } }] },
    expect: {
      negative: {
        "/nodes/0/arguments/city": (value) => Array.isArray(value) && value.length >= 5 && value[0] === "anaport",
      },
      decoy: { "/nodes/0/arguments/city": (value) => Array.isArray(value) && value.length >= 5 },
      grants: ["minimal_scope.limit"],
      risesBy: 4,
    },
  },
  {
    name: "a list grows",
    operator: "widen_list",
    plan: { calls: [{ tool: "find_items", arguments: { tags: ["rope prices"], city: "anaport" } }] },
    expect: {
      negative: {
        "/nodes/0/arguments/tags": (value) => Array.isArray(value) && value.length >= 5 && value[0] === "rope prices",
        "/nodes/0/arguments/city": "anaport",
      },
      decoy: {},
      grants: ["minimal_scope.limit"],
      risesBy: 4,
    },
  },
  {
    name: "salaries beside cities",
    operator: "add_sensitive_fields",
    plan: { calls: [{ tool: "export_contacts", arguments: { columns: ["city"] } }] },
    expect: {
      negative: {
        "/nodes/0/arguments/columns": (value) =>
          Array.isArray(value) && value[0] === "city" && ["password", "secret", "token"].includes(String(value[1])),
      },
      decoy: {},
      grants: ["minimal_scope.limit", "minimal_scope.sensitivity"],
      risesBy: 2,
    },
  },
  {
    name: "arithmetic has no range",
    operator: "widen_limit",
    plan: { calls: [{ tool: "calculator", arguments: { expression: "12/60" } }] },
    expect: { na: "no_range_argument" },
  },
  {
    name: "a call with a limit is put in where sources may be, on both sides",
    operator: "widen_limit",
    insertSources: true,
    plan: {
      calls: [
        { tool: "calculator", arguments: { expression: "12/60" } },
        { tool: "calculator", arguments: { expression: "1+1" } },
      ],
    },
    expect: {
      negative: { "/nodes/2/tool_name": "list_orders", "/nodes/2/arguments/limit": (value) => Number(value) > 12 },
      decoy: { "/nodes/2/tool_name": "list_orders" },
      grants: ["minimal_scope.limit"],
      risesBy: 4,
    },
  },
] satisfies MutationCase[];
