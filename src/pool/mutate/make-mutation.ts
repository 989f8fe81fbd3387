import type { ArgumentKind, Mutation, MutationContext, NotApplicable, PlanEdit } from "../../contract/mutation.ts";
import { toArgumentKind, toFieldSensitivity } from "../../energy/argument-kind.ts";
import { toCalls } from "../../energy/data-flow.ts";
import { GRANT_OF_KIND, isGranted } from "../../energy/destinations.ts";
import { patchAnchor } from "../../energy/patch-anchor.ts";
import { toPlanScope } from "../../energy/scope.ts";
import { toToolTraits } from "../../energy/tool-traits.ts";
import type { Anchor, ContextPatch } from "../../schema/anchor.ts";
import type { Mutation as MutationRecord, Plan } from "../../schema/pair.ts";
import { createSeededRandom } from "../../schema/seeded-random.ts";
import { toEditDistance } from "./change-set.ts";
import { draftPlan, type EditedPlan, sealPlan, toNewNodeId, type UnsealedPlan } from "./edit-plan.ts";
import { hashPlan } from "./hash-plan.ts";
import type { Parent } from "./to-parent.ts";

/** A mutator by the name of its file, with underscores. */
export type NamedMutation = { readonly name: string; readonly mutation: Mutation };

/** Which of the many: same choice, same parent and same pools, same plans. */
export type MutationChoice = {
  readonly operator: string;
  readonly seed: string;
  readonly variant: number;
  /** True if operators may put in calls that bring in what they need. */
  readonly insertSources: boolean;
};

export type MadePlan = EditedPlan & { readonly planHash: string; readonly mutation: MutationRecord };

/** Both sides of a mutation, not verified yet. */
export type Made = Sides<MadePlan>;

/** The same, but for what only a record needs: hashes, operations, choices. */
export type Drafted = Sides<UnsealedPlan> & { readonly params: MutationRecord["params"] };

type Sides<Side> = {
  /** Nodes put in on both sides first. 0 unless `insertSources`. */
  readonly inserted: number;
  /**
   * What the parent's anchor must have beside, for the calls that were put in to be benign: scope that they need. The parent
   * and both sides are judged in this context: a record of such a pair has the patched anchor. Empty for any other pair.
   */
  readonly basePatch: ContextPatch;
  /** True if anything in it is not from the parent's own dataset, or was put in first: to be counted apart. */
  readonly apart: boolean;
  readonly negative: Side;
  readonly decoy: Side & { readonly contextPatch: ContextPatch };
};

/**
 * One mutation of a parent with its decoy, or why there is none. Pure: all choices follow from seed, parent, mutator,
 * version, operator and variant, and from what the pools hold.
 */
export function makeMutation(parent: Parent, named: NamedMutation, choice: MutationChoice): Made | NotApplicable {
  const drafted = draftMutation(parent, named, choice);
  return "na" in drafted ? drafted : sealMutation(parent, named, choice, drafted);
}

/** As makeMutation, but for what sealMutation adds. */
export function draftMutation(parent: Parent, named: NamedMutation, choice: MutationChoice): Drafted | NotApplicable {
  const operate = Object.hasOwn(named.mutation.operators, choice.operator)
    ? named.mutation.operators[choice.operator]
    : undefined;
  if (!operate) throw new TypeError(`${named.name} has no operator ${choice.operator}`);
  const pair = operate(toContext(parent, named.name, named.mutation.version, choice));
  if ("na" in pair) return pair;
  const before = pair.inserted ?? [];
  const inserted = countNodes(before);
  const negative = draftPlan(parent, [...before, ...pair.negative]);
  const decoy = draftPlan(parent, [...before, ...pair.decoy]);
  const basePatch = inserted === 0 ? {} : toScopePatch(parent.anchor, draftPlan(parent, before).plan);
  const ownScope = pair.needsOwnScope ? toScopePatch(patchAnchor(parent.anchor, basePatch), decoy.plan) : {};
  const { tools } = parent.pools.inventoryOf(parent.dataset);
  const borrows = (edit: PlanEdit) => edit.kind === "node" && !tools.has(edit.tool);
  return {
    inserted,
    basePatch,
    apart: inserted > 0 || pair.negative.some(borrows) || pair.decoy.some(borrows),
    params: inserted === 0 ? pair.params : { ...pair.params, inserted },
    negative,
    decoy: { ...decoy, contextPatch: { ...pair.grants, ...ownScope } },
  };
}

/** Hashes both sides and writes down how they were made. */
export function sealMutation(
  parent: Parent,
  named: NamedMutation,
  choice: MutationChoice,
  { inserted, basePatch, apart, params, negative, decoy }: Drafted,
): Made {
  const toSide = (side: UnsealedPlan) => toMadePlan(parent, named, choice, params, sealPlan(parent, side));
  const { contextPatch } = decoy;
  return { inserted, basePatch, apart, negative: toSide(negative), decoy: { ...toSide(decoy), contextPatch } };
}

function toMadePlan(
  parent: Parent,
  { name: mutator, mutation: { version } }: NamedMutation,
  { operator, seed, variant }: MutationChoice,
  params: MutationRecord["params"],
  edited: EditedPlan,
): MadePlan {
  return {
    ...edited,
    planHash: hashPlan(edited.plan),
    mutation: {
      ...{ mutator, operator, version, seed, variant },
      parent_hash: parent.planHash,
      params,
      ops: edited.ops as MutationRecord["ops"],
      edit_distance: toEditDistance(parent.plan, edited.plan),
    },
  };
}

/** What a plug-in sees of a parent, with random numbers of its own. */
export function toContext(
  parent: Parent,
  name: string,
  version: number,
  { operator, seed, variant, insertSources }: MutationChoice,
): MutationContext {
  const { anchor, calls, plan, pools } = parent;
  return {
    anchor,
    calls,
    edges: plan.edges,
    inventory: pools.inventoryOf(parent.dataset),
    corpusInventory: pools.corpusInventory(),
    corpus: pools,
    random: createSeededRandom(`${seed}\n${parent.planHash}\n${name}@${version}\n${operator}\n${variant}`),
    insertSources,
    variant,
    toKind: (tool, argument) => toArgumentKind(toToolTraits(tool), argument),
    toFieldSensitivity,
    isGranted: (kind: ArgumentKind, value) => {
      const grant = GRANT_OF_KIND[kind];
      return grant !== undefined && isGranted(anchor.policy, grant, value);
    },
    toScope(tool_name, args) {
      const [scope] = parent.deriveScope([{ tool_name, arguments: args }], [0]);
      return { volume: scope?.scope_volume ?? 1, sensitivity: scope?.scope_sensitivity ?? 1 };
    },
    toNewId: (place) => toNewNodeId(plan, place),
  };
}

/** Grants the scope that a plan has, where it is more than its request needs. */
function toScopePatch(anchor: Anchor, plan: Plan): ContextPatch {
  const scope = toPlanScope(toCalls(plan));
  const patch: Record<string, number> = {};
  for (const dimension of ["limit", "days", "depth", "sensitivity"] as const) {
    if (scope[dimension] > anchor.minimal_scope[dimension]) patch[`minimal_scope.${dimension}`] = scope[dimension];
  }
  return patch;
}

function countNodes(edits: readonly PlanEdit[]): number {
  return edits.filter(({ kind }) => kind === "node").length;
}
