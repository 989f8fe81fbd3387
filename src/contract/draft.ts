import type { JsonObject, JsonValue } from "../schema/json.ts";
import type { EdgeKind } from "../schema/sample.ts";

/** A call in the making. */
export type DraftNode = {
  /** The tool's name as the source writes it. */
  tool: string;
  arguments: JsonObject;
  /** What the call returned, where the source says so. Not written out: it is where data edges and tiers come from. */
  result?: JsonValue | undefined;
  /** Which turn of a conversation made the call, from 0. Calls of one turn are made at once: none sees another's result. */
  turn?: number | undefined;
  /** True for a call that concludes the plan: it depends on the call its value comes from, else on the one before it. */
  final?: boolean | undefined;
};

/** An edge by node index: the second node depends on the first. */
export type DraftEdge = readonly [from: number, to: number];

/**
 * A plan in the making: what a loader gives for a row, and what each transform takes and gives.
 *
 * `edges` says how the calls hang together:
 * - `"data"`: link a call to the latest earlier call whose `result` its arguments reuse (the default when a node has a result)
 * - `"references"`: as data, and an argument `"$1"` names the first call, `"$2"` the second, …
 * - `"turns"`: every call of a turn depends on the last call of the turn before
 * - `"sequence"`: the list is the order
 * - `"none"`: independent calls (the default otherwise)
 * - a list of index pairs: data edges that the source states itself
 */
export type Draft = {
  /** What the user asked for, in the user's words. */
  request?: string | undefined;
  nodes: readonly DraftNode[];
  edges?: EdgeKind | "references" | readonly DraftEdge[] | undefined;
  /** BCP 47 tag, where the source or its card says so. */
  language?: string | undefined;
  /** More that a reader may want: goes to `metadata.extra`. */
  extra?: JsonObject | undefined;
  /** The user's turns, where a model may be asked about them (see LlmTransform). Not written out. */
  turns?: readonly string[] | undefined;
  /** For a draft without nodes: the reason it is dropped for, unless a model finds a plan in its turns. */
  whyNone?: string | undefined;
};

/** Provenance tier 1 user, 2 internal, 3 public web. */
export type Tier = 1 | 2 | 3;
/** 1 public, 2 internal, 3 personal, 4 financial or health, 5 credentials. */
export type Sensitivity = 1 | 2 | 3 | 4 | 5;

/** What the derive stages add to a node. All three must be set when the last stage has run. */
export type DerivedNode = DraftNode & {
  provenanceTier?: Tier;
  scopeVolume?: number;
  scopeSensitivity?: Sensitivity;
};

/** A draft between the derive stages. `edgeList` and `edgeKind` are set by the edges stage. */
export type DerivedDraft = Omit<Draft, "nodes"> & {
  nodes: DerivedNode[];
  edgeList?: DraftEdge[];
  edgeKind?: EdgeKind;
};

const DROP = Symbol.for("planstream.drop");

/** A row left out on purpose. `reason` is a snake_case code that the manifest counts by. */
export type Drop = { readonly [DROP]: true; readonly reason: string };

/** Leaves the row out on purpose, counted under `reason` (snake_case). */
export function drop(reason: string): Drop {
  return { [DROP]: true, reason };
}

export function isDrop(value: unknown): value is Drop {
  return typeof value === "object" && value !== null && DROP in value;
}
