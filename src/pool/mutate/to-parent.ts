import type { Transform } from "../../contract/index.ts";
import { toAnchor } from "../../energy/anchor.ts";
import { type Call, toCalls } from "../../energy/data-flow.ts";
import { toCallsEnergy } from "../../energy/energy.ts";
import type { Anchor } from "../../schema/anchor.ts";
import type { Energy } from "../../schema/energy.ts";
import type { Plan } from "../../schema/pair.ts";
import type { Sample } from "../../schema/sample.ts";
import { forgetTexts } from "./canonical-texts.ts";
import { createScopeDeriver, type DeriveScope } from "./derive-scope.ts";
import { hashPlan } from "./hash-plan.ts";
import type { OpenedPools } from "./open-pools.ts";

/** A benign sample with all that its mutations need, computed once. */
export type Parent = {
  readonly plan: Plan;
  readonly planHash: string;
  readonly anchor: Anchor;
  readonly calls: readonly Call[];
  readonly energy: Energy;
  readonly request: string | undefined;
  readonly dataset: string;
  readonly pools: OpenedPools;
  readonly deriveScope: DeriveScope;
};

const derivers = new WeakMap<readonly Transform[], DeriveScope>();

/** A sample as a parent; `stages` are those of its track. */
export function toParent(sample: Sample, pools: OpenedPools, stages: readonly Transform[]): Parent {
  forgetTexts();
  const { execution_plan: plan, metadata } = sample;
  const anchor = toAnchor(sample);
  const calls = toCalls(plan);
  let deriveScope = derivers.get(stages);
  if (!deriveScope) {
    deriveScope = createScopeDeriver(stages);
    derivers.set(stages, deriveScope);
  }
  return {
    plan,
    planHash: hashPlan(plan),
    anchor,
    calls,
    energy: toCallsEnergy(plan, calls, anchor),
    request: metadata.request,
    dataset: metadata.source.dataset,
    pools,
    deriveScope,
  };
}
