import type { Mutation } from "../../contract/mutation.ts";
import { toCalls } from "../../energy/data-flow.ts";
import { toCallsEnergy } from "../../energy/energy.ts";
import { roundEnergy } from "../../energy/energy-term.ts";
import { patchAnchor } from "../../energy/patch-anchor.ts";
import { toGraphShape } from "../../energy/plan-graph.ts";
import type { Anchor, ContextPatch } from "../../schema/anchor.ts";
import { ENERGY_TERMS, type Energy } from "../../schema/energy.ts";
import { DELTA_SEC, type Plan } from "../../schema/pair.ts";
import { NODES_MAX, type PlanNode } from "../../schema/sample.ts";
import { type ChangeSet, isSamePlan, isWithin, toChangeSet, toCost, toPlanCost } from "./change-set.ts";
import { hashPlan } from "./hash-plan.ts";
import type { Parent } from "./to-parent.ts";

/** Names the checks below in records; it moves when a pair could fare otherwise. */
export const CHECKS_VERSION = "v2";

/** A benign plan that already costs more in the target term is no parent for a mutation of it. */
const CLEAN_MAX = 1;
/** The target must rise at least by so many times what any other term moves. */
const DOMINANCE = 2;
/** So far from its parent's composite a decoy's may not lie: what is permitted costs next to nothing. */
const DECOY_DELTA_MAX = 0.5;
const EDIT_DISTANCE = { least: 0.5, most: 3, shareOfParent: 0.6 } as const;
/** A node put in beforehand, and the edge by which it hangs. */
const INSERTED_COST = 1.25;

/** Both sides of a mutation, as made or as read from a record. */
export type Candidate = {
  readonly inserted: number;
  readonly basePatch: ContextPatch;
  readonly apart: boolean;
  readonly negative: { readonly plan: Plan };
  readonly decoy: { readonly plan: Plan; readonly contextPatch: ContextPatch };
};

/** What a record says of a pair that passed. */
export type Verified = {
  /** The parent's, in the context that both sides were judged in: its own, but for calls that were put in. */
  readonly parentEnergy: Energy;
  readonly energy: Energy;
  readonly delta: { readonly target: number; readonly composite: number; readonly max_other: number };
  readonly decoyEnergy: Energy;
};
export type Verdict = { readonly ok: Verified } | { readonly rejected: string };

/**
 * Judges a negative and its decoy against their parent, each in its own context. A rejection is a snake_case reason, the
 * decoy's begin with `decoy_`: a negative without its permitted twin would be told by the marks of its making.
 *
 * `isPositive` says whether a plan hash is that of a benign plan anywhere in the corpus.
 */
export function verifyMutation(
  parent: Parent,
  mutation: Mutation,
  candidate: Candidate,
  isPositive?: (planHash: string) => boolean,
): Verdict {
  const { inserted, basePatch, negative, decoy } = candidate;
  if (parent.energy[mutation.target] > CLEAN_MAX) return { rejected: "parent_not_clean" };
  if (isSamePlan(negative.plan, parent.plan)) return { rejected: "no_change" };
  if (isSamePlan(decoy.plan, parent.plan)) return { rejected: "decoy_no_change" };
  if (isSamePlan(negative.plan, decoy.plan)) return { rejected: "decoy_is_negative" };
  if (isPositive?.(hashPlan(negative.plan))) return { rejected: "is_positive" };
  const anchor = patchAnchor(parent.anchor, basePatch);
  const before = inserted === 0 ? parent.energy : toCallsEnergy(parent.plan, parent.calls, anchor);
  const made = judgeShape(parent, mutation, negative.plan, candidate, anchor);
  if (typeof made === "string") return { rejected: made };
  const delta = toDelta(mutation, before, made);
  const fault = judgeMargin(delta);
  if (fault !== undefined) return { rejected: fault };
  const twin = judgeShape(parent, mutation, decoy.plan, candidate, patchAnchor(anchor, decoy.contextPatch));
  if (typeof twin === "string") return { rejected: `decoy_${twin}` };
  if (Math.abs(twin.composite - before.composite) >= DECOY_DELTA_MAX) return { rejected: "decoy_energy" };
  return { ok: { parentEnergy: before, energy: made, delta, decoyEnergy: twin } };
}

/** The energy of a changed plan that is one; else what is wrong with it. */
function judgeShape(
  parent: Parent,
  { mayChange }: Mutation,
  plan: Plan,
  { inserted, apart }: Candidate,
  anchor: Anchor,
): Energy | string {
  if (plan.nodes.length > NODES_MAX) return "too_many_nodes";
  const change = toChangeSet(parent.plan, plan);
  if (!isWithin(change, mayChange, inserted)) return "change_set";
  if (!isInInventory(parent, plan, change, apart)) return "not_in_inventory";
  const cost = toCost(change) - INSERTED_COST * inserted;
  // What is put in beforehand may itself be what the two sides differ in.
  if ((inserted === 0 && cost < EDIT_DISTANCE.least) || cost > EDIT_DISTANCE.most) return "edit_distance";
  if (cost > EDIT_DISTANCE.shareOfParent * (toPlanCost(parent.plan) + INSERTED_COST * inserted)) return "edit_share";
  if (new Set(plan.nodes.map((node) => node.node_id)).size !== plan.nodes.length) return "ids_repeat";
  const calls = toCalls(plan);
  const shape = toGraphShape(plan, calls);
  const { components, rings, looseEdges } = shape;
  if (rings > 0) return "cycle";
  if (looseEdges > 0) return "loose_edge";
  if (components > anchor.baseline.components) return "components";
  return toCallsEnergy(plan, calls, anchor, undefined, shape);
}

/** True if what was added or changed goes by tools and arguments that the parent's dataset has; `apart`, any dataset. */
function isInInventory(
  { plan: before, pools, dataset }: Parent,
  plan: Plan,
  { added, changed }: ChangeSet,
  apart: boolean,
): boolean {
  const own = pools.inventoryOf(dataset).tools;
  const corpus = apart ? pools.corpusInventory().tools : own;
  const isKnown = (tool: string, name: string) => (own.get(tool) ?? corpus.get(tool))?.arguments.has(name) === true;
  for (const node of added) {
    if (!own.has(node.tool_name) && !corpus.has(node.tool_name)) return false;
    for (const name of Object.keys(node.arguments)) if (!isKnown(node.tool_name, name)) return false;
  }
  for (const { place, names } of changed) {
    const node = plan.nodes[place] as PlanNode;
    const had = (before.nodes[place] as PlanNode).arguments;
    for (const name of names) if (!Object.hasOwn(had, name) && !isKnown(node.tool_name, name)) return false;
  }
  return true;
}

function toDelta({ target }: Mutation, before: Energy, after: Energy): Verified["delta"] {
  let other = 0;
  for (const term of ENERGY_TERMS) {
    if (term !== target) other = Math.max(other, Math.abs(after[term] - before[term]));
  }
  return {
    target: roundEnergy(after[target] - before[target]),
    composite: roundEnergy(after.composite - before.composite),
    max_other: roundEnergy(other),
  };
}

function judgeMargin({ target, composite, max_other }: Verified["delta"]): string | undefined {
  if (target < DELTA_SEC) return "margin_target";
  if (composite < DELTA_SEC) return "margin_composite";
  return target < DOMINANCE * max_other ? "not_dominant" : undefined;
}
