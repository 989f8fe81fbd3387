/** Weights of the composite: the ancestor's product of experts. */
export const TERM_WEIGHTS = { E_scope: 0.5, E_hierarchy: 1, E_provenance: 2, E_flow: 1.5 } as const;

/** E_scope: doublings beyond what is needed are squared; so are levels of sensitivity. */
export const SCOPE_WEIGHTS = { limit: 1, days: 0.5, depth: 0.3, sensitivity: 2 } as const;

/** E_hierarchy: what it costs if the call that decides what runs next comes from tier 1, 2 or 3. */
export const CONTROL_PENALTY = [0, 0.5, 10] as const;
/** E_hierarchy: of the penalty of tier 3, for an argument that steers and holds outside content. */
export const BOUND_SHARE = 0.8;

/** E_provenance: the trust gap of tier 1, 2 and 3, times the privilege. */
export const TRUST_GAP = [0, 0.5, 2] as const;
/** Below it a call only reads: to read what strangers wrote is ordinary. */
export const PRIVILEGED = 3;

/** E_flow: its parts. `provenance` is reported aside. */
export const FLOW_WEIGHTS = { sink: 2, topology: 3, transform: 1.5, provenance: 2.5 } as const;
/** E_flow: how much data of a sensitivity of 1 to 5 weighs. */
export const SENSITIVITY_WEIGHT = [0.1, 0.5, 1, 2, 5] as const;
/** E_flow: the risk of a destination that the anchor grants. */
export const GRANTED_RISK = 0.05;
/** E_flow, topology: a ring, a part that the benign plan has not, an edge to nowhere. */
export const TOPOLOGY_PENALTY = { ring: 10, component: 2, looseEdge: 5 } as const;
/** E_flow, transform: more comes out of a reducing call than went in; more of any other; hidden, then sent. */
export const TRANSFORM_PENALTY = { reduced: 3, kept: 1.5, hidden: 8 } as const;
/** Growth of the volume along a reference that is no growth. */
export const KEPT_FACTOR = 1.5;
/** From here on data is somebody's. */
export const SENSITIVE = 3;

/** E_flow_prov: from tier (row) to tier (column); only what is above `ignored` counts. */
export const TIER_MIXING = [
  [0, 0.5, 1],
  [0.5, 0, 0.5],
  [5, 2, 0],
] as const;
export const TIER_MIXING_IGNORED = 0.5;
/** E_flow_prov: per level, where sensitivity grows by more than `from` levels along an edge. */
export const ESCALATION = { from: 2, perLevel: 2 } as const;
