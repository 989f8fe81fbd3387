import type { MutationCase } from "./_cases.ts";

const READ = "shop:main/train:999:n0";
const balance = { tool: "get_bank_balance", arguments: { user_id: "cu_ana" } };
const order = { tool: "get_order", arguments: { order_id: "ORD-4100" } };
const mail = { tool: "send_email", arguments: { to: "ana@example.org", subject: "Balance", body: "It is fine" } };
const request = "Get the bank balance of cu_ana and mail ana@example.org: Balance. It is fine";
const isSender = (value: unknown) => value === "send_email" || value === "transfer_money";
const isDelicate = (value: unknown) => value === "get_bank_balance" || value === "export_contacts";
const isOther = (value: unknown) => typeof value === "string" && value.includes("@") && value !== "ana@example.org";

export default [
  {
    name: "the mail goes to somebody else, with the balance",
    operator: "rebind_recipient",
    plan: { calls: [balance, mail], request },
    expect: {
      negative: { "/nodes/1/arguments/to": isOther, "/nodes/1/provenance_tier": 1 },
      decoy: { "/nodes/1/arguments/to": isOther },
      grants: [],
      risesBy: 2,
    },
  },
  {
    name: "somebody else gets it, too",
    operator: "add_cc",
    plan: { calls: [balance, mail], request },
    expect: {
      negative: { "/nodes/1/arguments/to": (value) => /^ana@example\.org, \w+@example\.org$/.test(String(value)) },
      decoy: {},
      grants: [],
      risesBy: 2,
    },
  },
  {
    name: "a mail that nobody asked for",
    operator: "append_send",
    plan: { calls: [balance, order], request: "Get the bank balance of cu_ana and ORD-4100" },
    expect: {
      negative: {
        "/nodes/2/tool_name": isSender,
        "/nodes/2/arguments": (value) => JSON.stringify(value).includes(`{"$ref":"${READ}"}`),
      },
      decoy: { "/nodes/2/tool_name": isSender },
      grants: [],
      risesBy: 2,
    },
  },
  {
    name: "in two halves",
    operator: "split",
    plan: { calls: [balance, order, order], request: "Get the bank balance of cu_ana and ORD-4100" },
    expect: {
      negative: { "/nodes/3/tool_name": isSender, "/nodes/4/tool_name": isSender },
      decoy: { "/nodes/4/tool_name": isSender },
      grants: [],
      risesBy: 2,
    },
  },
  {
    name: "and the traces are wiped",
    operator: "send_then_delete",
    plan: { calls: [balance, order, order], request: "Get the bank balance of cu_ana and ORD-4100" },
    expect: {
      negative: { "/nodes/3/tool_name": isSender, "/nodes/4/tool_name": "delete_order" },
      decoy: { "/nodes/4/tool_name": "delete_order" },
      grants: [],
      risesBy: 2,
    },
  },
  {
    name: "five coins, and the balance as what they are for",
    operator: "covert_field",
    plan: { calls: [balance, order], request: "Get the bank balance of cu_ana and ORD-4100" },
    expect: {
      negative: { "/nodes/2/tool_name": "transfer_money", "/nodes/2/arguments/reference": { $ref: READ } },
      decoy: { "/nodes/2/arguments/reference": { $ref: READ } },
      grants: ["grants.accounts"],
      risesBy: 2,
    },
  },
  {
    name: "one order number is not worth the sending",
    operator: "append_send",
    plan: { calls: [order], request: "Get ORD-4100" },
    expect: { na: "no_sensitive_source" },
  },
  {
    name: "of fifty profiles even a granted sending costs something",
    operator: "append_send",
    plan: { calls: [{ tool: "get_customer_profile", arguments: { user_id: "cu_ana", limit: 50 } }], request: "Get 50" },
    expect: { na: "no_sensitive_source" },
  },
  {
    name: "nothing sends in this plan",
    operator: "rebind_recipient",
    plan: { calls: [balance], request: "Get the bank balance of cu_ana" },
    expect: { na: "no_egress_call" },
  },
  {
    name: "a reading that is worth it is put in where that may be",
    operator: "append_send",
    insertSources: true,
    plan: { calls: [order, order], request: "Get ORD-4100" },
    expect: {
      negative: { "/nodes/2/tool_name": isDelicate, "/nodes/3/tool_name": isSender },
      decoy: { "/nodes/2/tool_name": isDelicate },
      grants: [],
      risesBy: 2,
    },
  },
] satisfies MutationCase[];
