import type { Anchor, ContextPatch } from "../schema/anchor.ts";
import type { EnergyTermName } from "../schema/energy.ts";
import type { JsonObject, JsonValue } from "../schema/json.ts";
import type { PlanNode } from "../schema/sample.ts";
import type { SeededRandom } from "../schema/seeded-random.ts";

/** What an argument is for, by its name: the kinds of the energy's lexicon. */
export type ArgumentKind =
  | ("recipient" | "target" | "account" | "url" | "path" | "id" | "code" | "delegate")
  | ("limit" | "days" | "start" | "end" | "depth" | "fields" | "payload" | "credential" | "amount" | "other");

/** What the energy's lexicon says of a tool: see docs/energy.md. */
export type MutationTool = {
  readonly action: string;
  /** 0-2 read, 3-5 write, 6-8 sensitive, 9-10 administer. */
  readonly privilege: number;
  readonly controlFlow: number;
  readonly destination: "none" | "display" | "store" | "log" | "external";
  readonly risk: number;
  /** `outside` if its output is what strangers wrote. */
  readonly reach: "outside" | "read" | "none";
};

/** A call of the benign plan as the energy sees it. */
export type MutationCall = {
  readonly node: Pick<PlanNode, "node_id" | "tool_name" | "arguments" | "provenance_tier" | "scope_volume">;
  readonly tool: MutationTool;
  readonly scan: { readonly limit: number; readonly days: number; readonly depth: number };
  /** 1 public to 5 credentials. */
  readonly sensitivity: number;
  readonly inputs: readonly { readonly argument: string; readonly from: number }[];
  /** True if its output is what strangers wrote. */
  readonly tainted: boolean;
  readonly carriedSensitivity: number;
  readonly carriedVolume: number;
};

/** An argument of a tool, as the dataset's calls have it. */
export type InventoryArgument = {
  readonly name: string;
  readonly kind: ArgumentKind;
  /** Calls that have it. */
  readonly uses: number;
  /** Calls in which it is a list. */
  readonly lists: number;
  /** Values that calls give it, members of lists one by one: some of them, drawn by hash. */
  readonly values: readonly JsonValue[];
};

/** A tool of the parent's dataset, as its calls have it. */
export type InventoryTool = {
  readonly name: string;
  readonly tool: MutationTool;
  readonly uses: number;
  /** The highest scope sensitivity of its calls, 1 to 5. */
  readonly sensitivity: number;
  readonly arguments: ReadonlyMap<string, InventoryArgument>;
  /** Arguments of whole calls: some of them, drawn by hash. */
  readonly calls: readonly JsonObject[];
};

/** The tools that a dataset has, with the arguments that its calls give them. Nothing else may be called. */
export type Inventory = {
  readonly tools: ReadonlyMap<string, InventoryTool>;
  /** The tools that `keep` is true of, in a fixed order. Answers are remembered by the function: make it once. */
  select(keep: (tool: InventoryTool) => boolean): readonly InventoryTool[];
  /** Values that calls of any of the tools give an argument of that name: some of them, in a fixed order. */
  valuesOf(argument: string): readonly JsonValue[];
};

/** Values of the whole corpus. */
export type CorpusValues = {
  /** Texts that calls give arguments of a kind: some of them, drawn by hash, in a fixed order. */
  ofKind(kind: ArgumentKind): readonly string[];
  /** Provenance hashes of calls whose values come from that tier. */
  sourcesOfTier(tier: 2 | 3): readonly string[];
};

/** What a mutator sees: a benign plan with its context. It must not change any of it. */
export type MutationContext = {
  readonly anchor: Anchor;
  /** In the order of the plan's nodes. */
  readonly calls: readonly MutationCall[];
  readonly edges: readonly (readonly [string, string])[];
  readonly inventory: Inventory;
  /** The tools of all datasets. To be drawn from where the dataset has none that fits, and only if `insertSources`. */
  readonly corpusInventory: Inventory;
  readonly corpus: CorpusValues;
  readonly random: SeededRandom;
  /**
   * True if calls that bring in what an operator needs (a page read, a record looked up) may be put in first, and tools of
   * other datasets be called. Such pairs are counted apart.
   */
  readonly insertSources: boolean;
  /** Number of this variant, from 0: several of one parent differ. */
  readonly variant: number;
  toKind(tool: string, argument: string): ArgumentKind;
  /** How delicate the field is that a name speaks of, 1 to 5. */
  toFieldSensitivity(name: string): number;
  isGranted(kind: ArgumentKind, value: string): boolean;
  /** The scope that Tier I would derive for a call by itself: how many things, and how delicate, 1 to 5. */
  toScope(tool: string, args: JsonObject): { readonly volume: number; readonly sensitivity: number };
  /** The id of the n-th node (from 0) that is added to the plan. */
  toNewId(place: number): string;
};

/** One change of a plan. Nodes are added at the end; what follows from a change (scope, hashes) is derived by planstream. */
export type PlanEdit =
  /** Puts a value in an argument's place, or adds the argument. */
  | { readonly kind: "argument"; readonly node: number; readonly name: string; readonly value: JsonValue }
  /** Says that the call's values come from elsewhere: from what `source` (a provenance hash) stands for. */
  | { readonly kind: "source"; readonly node: number; readonly tier: 1 | 2 | 3; readonly source: string }
  | { readonly kind: "node"; readonly tool: string; readonly arguments: JsonObject; readonly tier: 1 | 2 | 3 }
  | { readonly kind: "edge"; readonly from: string; readonly to: string };

/** Both sides of an operator: what an attacker would do, and the same where it is allowed. */
export type MutationPair = {
  /** Benign calls that are put in on both sides first; none unless `insertSources`. The request is taken to need them. */
  readonly inserted?: readonly PlanEdit[];
  readonly negative: readonly PlanEdit[];
  readonly decoy: readonly PlanEdit[];
  /** What the decoy's context grants beyond the parent's. */
  readonly grants?: ContextPatch;
  /** True if the decoy's request needs the scope that the decoy has. */
  readonly needsOwnScope?: true;
  /** Choices, for a reader of the record. */
  readonly params: JsonObject;
};

/** Why an operator can't be applied to a plan, as a snake_case code. */
export type NotApplicable = { readonly na: string };

/** What a mutator may change at most, beside scope and hashes derived from it. Checked for each plan. */
export type ChangeLimits = {
  readonly nodesAdded: number;
  readonly edgesAdded: number;
  /** Nodes of the parent with other arguments, or of another tier. */
  readonly nodesChanged: number;
  readonly argumentsChanged: number;
  readonly tiersChanged: number;
};

/**
 * A way in which an attacker changes a benign plan. A file in transforms/mutations is one, its name the mutator's.
 *
 * Operators are pure: they look at the context alone and give both sides of the change, or a reason why not.
 */
export type Mutation = {
  /** Moves when the same choices would give another plan. */
  readonly version: number;
  /** The term of the energy that it is meant to raise. */
  readonly target: EnergyTermName;
  readonly mayChange: ChangeLimits;
  readonly operators: Readonly<Record<string, (context: MutationContext) => MutationPair | NotApplicable>>;
};

/** Returns its argument, typed. */
export function defineMutation(mutation: Mutation): Mutation {
  return mutation;
}

/** Why an operator can't be applied. */
export function notApplicable(reason: string): NotApplicable {
  return { na: reason };
}
