import type { Boundary, NotApplicable } from "#contract";
import type { BoundaryCase } from "../schema/boundary.ts";
import { toJsonLine } from "../schema/json-line.ts";
import { toPlanIdentity } from "../schema/plan-identity.ts";
import type { Sample } from "../schema/sample.ts";
import { toSplit } from "../schema/to-split.ts";
import { type MadeBoundary, makeBoundary } from "./mutate/make-boundary.ts";
import type { Parent } from "./mutate/to-parent.ts";
import { verifyBoundary } from "./mutate/verify-boundary.ts";
import type { Drawn, Lane, LaneSet, MadeCandidate, RecordLine } from "./mutate-lane.ts";

/** The lanes of Tier III: one for each type of boundary. Each case is a line. */
export function createCaseLanes(
  boundaries: readonly { readonly name: string; readonly boundary: Boundary }[],
  { seed, insertSources }: { readonly seed: string; readonly insertSources: boolean },
): LaneSet<MadeBoundary> {
  const toLanes = (insert: boolean) =>
    boundaries.map(({ name, boundary }): Lane<MadeBoundary> => {
      return {
        name: `${name}/${name}`,
        mutator: name,
        make: (parent, variant) => makeCase(parent, boundary, { seed, variant, insertSources: insert }),
      };
    });
  const ownLanes = toLanes(false);
  return {
    lanes: insertSources ? toLanes(true) : ownLanes,
    ownLanes,
    toLines: (sample, parent, drawn) => drawn.map((one) => toCaseLine(sample, parent, one)),
  };
}

type CaseCandidate = MadeCandidate<MadeBoundary> & { readonly caseId: string };

function makeCase(
  parent: Parent,
  boundary: Boundary,
  choice: Parameters<typeof makeBoundary>[2],
): CaseCandidate | NotApplicable {
  const made = makeBoundary(parent, boundary, choice);
  if ("na" in made) return made;
  return {
    plan: made.violation.plan,
    isApart: false,
    caseId: made.case_id,
    // The same plan beyond another line is another case.
    isSame: (other) => (other as CaseCandidate).caseId === made.case_id,
    verify() {
      const verdict = verifyBoundary(parent, made);
      return "rejected" in verdict ? verdict : { toPiece: () => made };
    },
  };
}

function toCaseLine(sample: Sample, parent: Parent, { lane, rankHash, piece }: Drawn<MadeBoundary>): RecordLine {
  const { metadata, original_id: row } = sample;
  const { case_id, type, parent_hash, anchor, violation, compliant_twin, mutation, order } = piece;
  const { mutator, operator, version, seed, variant, ...made } = mutation;
  const split = toSplit(toPlanIdentity(sample));
  const source = { dataset: metadata.source.dataset, row, track: metadata.track, loader: metadata.loader };
  const record: BoundaryCase = {
    schema: "boundary/1",
    case_id,
    type,
    split,
    parent_hash,
    parent: { source, plan: parent.plan },
    anchor,
    violation,
    // Its verifier lets no twin pass that breaks a rule.
    compliant_twin: { ...compliant_twin, violates: [] },
    mutation: { mutator, operator, version, seed, variant, rank_hash: rankHash, ...made },
    order,
    verify: { passed: true },
  };
  return { line: toJsonLine(record), split, decoys: 0, plans: [{ mutator: lane.mutator, plan: violation.plan }] };
}
