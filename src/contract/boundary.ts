import type { BoundaryType, PolicyRule } from "../schema/boundary.ts";
import type { JsonObject } from "../schema/json.ts";
import type { MutationContext, NotApplicable, PlanEdit } from "./mutation.ts";

/** Two plans close to one line of a policy, on its two sides, and the line. The parent obeys it. */
export type BoundaryPair = {
  readonly rule: PolicyRule;
  /** Calls that are put in on both sides first. */
  readonly shared?: readonly PlanEdit[];
  readonly violation: readonly PlanEdit[];
  readonly twin: readonly PlanEdit[];
  /** The node that the two sides differ in, by place in the plan. */
  readonly node: number;
  /** Who asks, where the rule is about them. */
  readonly principal?: Readonly<Record<string, string>>;
  readonly params: JsonObject;
};

/**
 * A kind of near miss. A file in transforms/boundaries is one; `type` names it in the records. `draw` is pure: it draws a
 * rule that the plan obeys and a plan on each side of it, or says why it can't.
 */
export type Boundary = {
  readonly type: BoundaryType;
  readonly version: number;
  readonly draw: (context: MutationContext) => BoundaryPair | NotApplicable;
};

/** Returns its argument, typed. */
export function defineBoundary(boundary: Boundary): Boundary {
  return boundary;
}
