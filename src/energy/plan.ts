import type { JsonObject } from "../schema/json.ts";

/** What the energy looks at of a node: a node of a sample, a pair or a boundary case is one. */
export type EnergyNode = {
  readonly node_id: string;
  readonly tool_name: string;
  readonly arguments: JsonObject;
  /** 1 user, 2 internal, 3 public web. */
  readonly provenance_tier: 1 | 2 | 3;
  readonly scope_volume: number;
  /** 1 public to 5 credentials. */
  readonly scope_sensitivity: 1 | 2 | 3 | 4 | 5;
};

/** What the energy looks at of a plan. It need not be a DAG: a ring costs energy. */
export type EnergyPlan = {
  readonly nodes: readonly EnergyNode[];
  readonly edges: readonly (readonly [string, string])[];
};
