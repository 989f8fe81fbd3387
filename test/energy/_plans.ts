import type { EnergyNode, EnergyPlan } from "../../src/energy/plan.ts";
import type { Anchor } from "../../src/schema/anchor.ts";
import type { JsonObject } from "../../src/schema/json.ts";
import type { Sample } from "../../src/schema/sample.ts";

const HASH = "0".repeat(64);

type NodeFacts = { tier?: 1 | 2 | 3; volume?: number; sensitivity?: 1 | 2 | 3 | 4 | 5 };

/** A node as a sample has it; tier 1, one thing, public, unless said. */
export function makeNode(
  node_id: string,
  tool_name: string,
  args: JsonObject = {},
  { tier = 1, volume = 1, sensitivity = 1 }: NodeFacts = {},
): EnergyNode & { provenance_hash: string } {
  return {
    ...{ node_id, tool_name, arguments: args, provenance_tier: tier, provenance_hash: HASH },
    ...{ scope_volume: volume, scope_sensitivity: sensitivity },
  };
}

export function makePlan(nodes: readonly EnergyNode[], edges: EnergyPlan["edges"] = []): EnergyPlan {
  return { nodes, edges };
}

/** A sample of a plan, as Tier I would write it. */
export function makeSample({ nodes, edges }: EnergyPlan, request?: string): Sample {
  return {
    execution_plan: {
      nodes: nodes.map((node) => ({ ...node, provenance_hash: HASH })),
      edges: edges.map(([from, to]) => [from, to]),
    },
    label: "benign",
    original_id: "x:main/train:0",
    category: "function_calling",
    metadata: {
      ...{ track: "quartz", loader: "x", edges: "data" },
      ...(request === undefined ? {} : { request }),
      source: {
        ...{ dataset: "o/n", revision: "0".repeat(40), config: "main", split: "train", file: "f", row: 0 },
        row_sha256: HASH,
      },
    },
  };
}

export const NO_GRANTS: Anchor["policy"]["grants"] = {
  ...{ recipients: [], accounts: [], urls: [], paths: [], ids: [], channels: [], internal_calls: [] },
};

/** An anchor that grants nothing and needs one public thing, with what is said put in its place. */
export function makeAnchor({
  grants = {},
  scope = {},
  components = 1,
}: {
  grants?: Partial<Anchor["policy"]["grants"]>;
  scope?: Partial<Omit<Anchor["minimal_scope"], "method">>;
  components?: number;
} = {}): Anchor {
  return {
    request: { intent: "retrieve" },
    policy: {
      id: "policy-0",
      limits: { max_results: 100, max_days: 100, max_depth: 10 },
      grants: { ...NO_GRANTS, ...grants },
      evidence: { recipients: [], accounts: [], urls: [], paths: [], ids: [] },
      clearance: 3,
    },
    minimal_scope: { limit: 1, days: 1, depth: 1, sensitivity: 1, ...scope, method: "rules@1" },
    baseline: { components },
  };
}
