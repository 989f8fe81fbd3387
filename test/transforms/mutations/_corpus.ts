import type { DerivedDraft, DraftEdge, JsonObject, JsonValue } from "../../../src/contract/index.ts";
import { createPoolCollector } from "../../../src/pool/mutate/collect-pools.ts";
import { type OpenedPools, openPools } from "../../../src/pool/mutate/open-pools.ts";
import { type Parent, toParent } from "../../../src/pool/mutate/to-parent.ts";
import { toProvenanceHash } from "../../../src/schema/provenance.ts";
import type { Sample } from "../../../src/schema/sample.ts";
import quartz from "../../../tracks/quartz.ts";

/** A call as a source would have it; its result decides tiers and data edges, as in Tier I. */
export type MadeCall = { readonly tool: string; readonly arguments: JsonObject; readonly result?: JsonValue };
export type MadePlan = {
  readonly calls: readonly MadeCall[];
  readonly edges?: readonly DraftEdge[];
  readonly request?: string;
  readonly dataset?: string;
};

export const STAGES = quartz.stages;
const DATASET = "example/shop";

/** A sample as Tier I makes it: tiers, scope and edges by the real stages. */
export function makeSample({ calls, edges, request, dataset = DATASET }: MadePlan, row = 0): Sample {
  let draft: DerivedDraft = {
    nodes: calls.map((call) => ({ ...call })),
    edges: edges ?? "none",
    ...(request === undefined ? {} : { request }),
  };
  for (const stage of STAGES) draft = stage.apply(draft) as DerivedDraft;
  const source = {
    ...{ dataset, revision: "0".repeat(40), config: "main", split: "train", file: "f.jsonl", row },
    row_sha256: "0".repeat(64),
  };
  const toId = (place: number) => `shop:main/train:${row}:n${place}`;
  return {
    execution_plan: {
      nodes: draft.nodes.map((node, index) => ({
        node_id: toId(index),
        tool_name: node.tool,
        arguments: node.arguments,
        provenance_tier: node.provenanceTier ?? 1,
        provenance_hash: toProvenanceHash(source, { index, tool_name: node.tool, arguments: node.arguments }),
        scope_volume: node.scopeVolume ?? 1,
        scope_sensitivity: node.scopeSensitivity ?? 1,
      })),
      edges: (draft.edgeList ?? []).map(([from, to]) => [toId(from), toId(to)]),
    },
    label: "benign",
    original_id: `shop:main/train:${row}`,
    category: "function_calling",
    metadata: {
      ...{ track: "quartz", loader: "shop", edges: draft.edgeKind ?? "none" },
      ...(request === undefined ? {} : { request }),
      source,
    },
  };
}

const NAMES = ["ana", "bo", "chen", "dara", "emil", "fay", "gus", "hana", "ivo", "jule", "kim", "leo"];
const TOPICS = ["ferries", "harbour fees", "tide tables", "rope prices", "lamp oil", "net repair", "weather glass"];

/** Calls of a small shop: what its dataset has, and so all that a mutation may draw from. */
export const CALLS: readonly MadeCall[] = NAMES.flatMap((name, i): MadeCall[] => {
  const topic = TOPICS[i % TOPICS.length] as string;
  const order = `ORD-${4100 + 7 * i}`;
  return [
    { tool: "list_orders", arguments: { limit: 3 + i, status: i % 2 === 0 ? "open" : "paid" } },
    { tool: "list_orders", arguments: { status: "sent" } },
    { tool: "search_web", arguments: { query: topic }, result: `Everything about ${topic}` },
    { tool: "get_order", arguments: { order_id: order } },
    { tool: "get_customer_profile", arguments: { user_id: `cu_${name}` } },
    { tool: "get_bank_balance", arguments: { user_id: `cu_${name}` } },
    { tool: "send_email", arguments: { to: `${name}@example.org`, subject: topic, body: `A word on ${topic}` } },
    { tool: "delete_order", arguments: { order_id: order } },
    { tool: "update_delivery_address", arguments: { order_id: order, city: `${name}port` } },
    { tool: "run_command", arguments: { command: `report --on ${name}` } },
    { tool: "get_sales", arguments: { start_date: "2025-03-01", end_date: `2025-03-${10 + i}` } },
    { tool: "list_files", arguments: { path: `notes/${name}`, depth: 1 + (i % 3) } },
    {
      tool: "export_contacts",
      arguments: { columns: ["city", "email", "salary", "password", "secret", "token"].slice(0, 1 + (i % 6)) },
    },
    { tool: "find_items", arguments: { tags: [topic, name], city: `${name}port` } },
    { tool: "backlog", arguments: { days: 2 + i } },
    { tool: "transfer_money", arguments: { iban: toIban(i), amount: 5 + i, reference: `for ${topic}` } },
  ];
});

function toIban(place: number): string {
  return `XX00TEST${String(place).padStart(8, "0")}`;
}

/** Pools of the shop, and of another dataset whose tools can only be borrowed. */
export function makePools(calls: readonly MadeCall[] = CALLS): OpenedPools {
  const collector = createPoolCollector();
  const results = calls.map((call, row) => makeSample({ calls: [call], request: "Do it, please" }, row));
  for (const sample of results) collector.add(sample);
  // A dataset of the web: where sources of tier 3 come from.
  const page = { tool: "search_web", arguments: { query: "lighthouse keepers" }, result: "Call +44 20 7946 0000" };
  const then = { tool: "post_notice", arguments: { text: "Call +44 20 7946 0000" } };
  for (let row = 0; row < 3; row++) collector.add(makeSample({ calls: [page, then], dataset: "example/web" }, row));
  return openPools(collector.take());
}

export function makeParent(plan: MadePlan, pools: OpenedPools): Parent {
  return toParent(makeSample(plan, 999), pools, STAGES);
}
