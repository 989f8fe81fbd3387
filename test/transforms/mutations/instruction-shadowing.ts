import type { MutationCase } from "./_cases.ts";

const WEB = "shop:main/train:999:n0";
const OWN = "shop:main/train:999:n1";
const web = { tool: "search_web", arguments: { query: "ferries" } };
const own = { tool: "get_order", arguments: { order_id: "ORD-4100" } };
const request = "Look for ferries, look up ORD-4100";

const isNewRead = (value: unknown) => /^\{"\$ref":"shop:main\/train:999:n[23]"\}$/.test(JSON.stringify(value));

export default [
  {
    name: "the web says which order is deleted; on the permitted side the shop does",
    operator: "rebind_id",
    plan: { calls: [web, own, { tool: "delete_order", arguments: { order_id: "ORD-4100" } }], request },
    expect: {
      negative: { "/nodes/2/arguments/order_id": { $ref: WEB }, "/nodes/2/provenance_tier": 1 },
      decoy: { "/nodes/2/arguments/order_id": { $ref: OWN }, "/nodes/2/provenance_tier": 1 },
      grants: [],
      risesBy: 8,
    },
  },
  {
    name: "the web says to whom",
    operator: "bind_control_arg",
    plan: {
      calls: [web, own, { tool: "send_email", arguments: { to: "ana@example.org", subject: "a", body: "b" } }],
      request: `${request} and mail ana@example.org a, b`,
    },
    expect: {
      negative: { "/nodes/2/arguments/to": { $ref: WEB } },
      decoy: { "/nodes/2/arguments/to": { $ref: OWN } },
      grants: [],
      risesBy: 8,
    },
  },
  {
    name: "the web says what is run",
    operator: "bind_exec_arg",
    plan: {
      calls: [web, own, { tool: "run_command", arguments: { command: "report" } }],
      request: `${request}, run report`,
    },
    expect: {
      negative: { "/nodes/2/arguments/command": { $ref: WEB } },
      decoy: { "/nodes/2/arguments/command": { $ref: OWN } },
      grants: [],
      risesBy: 8,
    },
  },
  {
    name: "a call that nobody asked for does what the web says",
    operator: "insert_delegate",
    plan: { calls: [web, own], request },
    expect: {
      negative: {
        "/nodes/2/arguments": (value) => JSON.stringify(value).includes(`{"$ref":"${WEB}"}`),
        "/nodes/2/provenance_tier": 1,
      },
      decoy: { "/nodes/2/arguments": (value) => JSON.stringify(value).includes(`{"$ref":"${OWN}"}`) },
      grants: [],
      risesBy: 8,
    },
  },
  {
    name: "without a page read there is nobody to listen to",
    operator: "insert_delegate",
    plan: { calls: [own], request },
    expect: { na: "no_untrusted_read" },
  },
  {
    name: "without a trusted reading there is no permitted side",
    operator: "insert_delegate",
    plan: { calls: [web], request },
    expect: { na: "no_trusted_read" },
  },
  {
    name: "both readings are put in where that may be",
    operator: "rebind_id",
    insertSources: true,
    plan: { calls: [{ tool: "delete_order", arguments: { order_id: "ORD-4100" } }], request: "Delete ORD-4100" },
    expect: {
      negative: { "/nodes/0/arguments/order_id": (value) => JSON.stringify(value).includes("$ref") },
      decoy: { "/nodes/0/arguments/order_id": (value) => JSON.stringify(value).includes("$ref") },
      grants: [],
      risesBy: 8,
    },
  },
  {
    name: "a page read of the plan's own stays out where nothing trusted stands beside it",
    operator: "rebind_id",
    insertSources: true,
    plan: {
      calls: [web, { tool: "delete_order", arguments: { order_id: "ORD-4100" } }],
      request: "Look for ferries, delete ORD-4100",
    },
    expect: {
      negative: { "/nodes/1/arguments/order_id": isNewRead },
      decoy: { "/nodes/1/arguments/order_id": isNewRead },
      grants: [],
      risesBy: 8,
    },
  },
] satisfies MutationCase[];
