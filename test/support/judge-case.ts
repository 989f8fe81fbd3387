import type { Boundary } from "../../src/contract/boundary.ts";
import { applyOperations } from "../../src/pool/mutate/apply-operations.ts";
import { makeBoundary } from "../../src/pool/mutate/make-boundary.ts";
import { verifyBoundary } from "../../src/pool/mutate/verify-boundary.ts";
import type { PlanOperation } from "../../src/schema/anchor.ts";
import type { BoundaryCase } from "../../src/schema/boundary.ts";
import { toCanonicalJson } from "../../src/schema/canonical-json.ts";
import { type Plan, toPlanHash } from "../../src/schema/pair.ts";
import { type RecordContext, toRecordParent } from "./judge-pair.ts";

/**
 * Judges a boundary case from the file and the parent's plan: made again from its choices it must come out the same, its
 * operations must give both plans, and it must pass its verifier. Gives what is wrong, in words; nothing for a sound case.
 */
export function judgeCase(
  written: BoundaryCase,
  boundary: Boundary,
  parentPlan: Plan,
  dataset: string,
  context: Pick<RecordContext, "pools" | "stages" | "insertSources">,
): string[] {
  const faults: string[] = [];
  const check = (isRight: boolean, what: string) => {
    if (!isRight) faults.push(`${written.case_id}: ${what}`);
  };
  const parent = toRecordParent(parentPlan, written.anchor.request.text, dataset, context);
  check(parent.planHash === written.parent_hash, "parent_hash is not that of the parent");
  const { seed, variant, params, ops } = written.mutation;
  const made = makeBoundary(parent, boundary, { seed, variant, insertSources: context.insertSources });
  if ("na" in made) return [...faults, `${written.case_id}: does not replay: not applicable, ${made.na}`];
  const { schema: _schema, split: _split, parent: _parent, verify: _verify, ...rest } = written;
  check(toCanonicalJson(made) === toCanonicalJson(rest), "does not replay from its choices");
  const twinOps = params.twin_ops as unknown as PlanOperation[];
  for (const [side, operations] of [
    [written.violation, ops],
    [written.compliant_twin, twinOps],
  ] as const) {
    check(
      toPlanHash(applyOperations(parentPlan, operations)) === side.plan_hash,
      "does not replay from its operations",
    );
  }
  const verdict = verifyBoundary(parent, made);
  if ("rejected" in verdict) check(false, `rejected: ${verdict.rejected}`);
  return faults;
}
