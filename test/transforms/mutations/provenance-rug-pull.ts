import type { MutationCase } from "./_cases.ts";

const isHash = (value: unknown) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const read = { tool: "get_order", arguments: { order_id: "ORD-4100" } };
const remove = { tool: "delete_order", arguments: { order_id: "ORD-4100" } };

export default [
  {
    name: "the deletion comes from the web now; the decoy's reading does",
    operator: "swap_source",
    plan: { calls: [read, remove], request: "Look up ORD-4100, then delete it" },
    expect: {
      negative: {
        "/nodes/0/provenance_tier": 1,
        "/nodes/1/provenance_tier": 3,
        "/nodes/1/provenance_hash": isHash,
        "/nodes/1/arguments/order_id": "ORD-4100",
      },
      decoy: { "/nodes/0/provenance_tier": 3, "/nodes/1/provenance_tier": 1 },
      grants: [],
      risesBy: 12,
    },
  },
  {
    name: "what an internal system said comes from the web now",
    operator: "swap_upstream",
    plan: { calls: [read, remove] },
    expect: {
      negative: { "/nodes/1/provenance_tier": 3 },
      decoy: { "/nodes/0/provenance_tier": 3 },
      grants: [],
      risesBy: 12,
    },
  },
  {
    name: "nobody vouches that the user said it; the decoy's tool may be steered by internal values",
    operator: "drop_signature",
    plan: { calls: [remove], request: "Delete ORD-4100" },
    expect: {
      negative: { "/nodes/0/provenance_tier": 2, "/nodes/0/scope_volume": 1 },
      decoy: { "/nodes/0/provenance_tier": 2 },
      grants: ["grants.internal_calls"],
      risesBy: 3,
    },
  },
  {
    name: "reading alone has no power",
    operator: "swap_source",
    plan: { calls: [read], request: "Look up ORD-4100" },
    expect: { na: "no_privileged_trusted_node" },
  },
  {
    name: "a single deletion has no reading beside it for the permitted side",
    operator: "swap_source",
    plan: { calls: [remove], request: "Delete ORD-4100" },
    expect: { na: "no_reading_node" },
  },
  {
    name: "what runs commands is Instruction Shadowing's",
    operator: "drop_signature",
    plan: { calls: [{ tool: "run_command", arguments: { command: "report" } }], request: "Run the command report" },
    expect: { na: "no_privileged_trusted_node" },
  },
  {
    name: "a plan that already acts on the web's word is no parent",
    operator: "drop_signature",
    plan: {
      calls: [
        { tool: "search_web", arguments: { query: "the late order" }, result: { order: "ORD-9" } },
        { tool: "delete_order", arguments: { order_id: "ORD-9" } },
        { tool: "delete_order", arguments: { order_id: "ORD-4107" } },
      ],
      request: "Search for the late order and delete it, and ORD-4107 too",
    },
    expect: { rejected: "parent_not_clean" },
  },
] satisfies MutationCase[];
