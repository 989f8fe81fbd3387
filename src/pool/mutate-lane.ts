import type { NotApplicable } from "#contract";
import type { Plan } from "../schema/pair.ts";
import type { Sample } from "../schema/sample.ts";
import type { Parent } from "./mutate/to-parent.ts";

/** One operator of one mutator. Candidates stand in line by lane, so that operators get equal shares. */
export type Lane<Piece = unknown> = {
  /** `mutator/operator`. */
  readonly name: string;
  readonly mutator: string;
  make(parent: Parent, variant: number): MadeCandidate<Piece> | NotApplicable;
};

/** A mutated plan, not checked yet. */
export type MadeCandidate<Piece> = {
  readonly plan: Plan;
  /** True if another candidate of its lane and parent is the same. */
  isSame(other: MadeCandidate<Piece>): boolean;
  /** True if it is counted apart: a call was put in that brings in what the operator needs, or a tool was borrowed. */
  readonly isApart: boolean;
  verify(): { readonly rejected: string } | { readonly toPiece: () => Piece };
};

/** A piece of a record that was drawn, with the hash it was drawn by. */
export type Drawn<Piece> = { readonly lane: Lane<Piece>; readonly rankHash: string; readonly piece: Piece };

/** A line of a part, and what is counted of it. */
export type RecordLine = {
  readonly line: string;
  readonly split: string;
  readonly decoys: number;
  /** The plans that it is there for, with the mutator of each. */
  readonly plans: readonly { readonly mutator: string; readonly plan: Plan }[];
};

/** The lanes of a tier, and how what was drawn of a parent becomes lines. */
export type LaneSet<Piece = unknown> = {
  readonly lanes: readonly Lane<Piece>[];
  /** The same, in the same order, as they are where no call may be put in: to tell what that makes possible. */
  readonly ownLanes: readonly Lane<Piece>[];
  toLines(sample: Sample, parent: Parent, drawn: readonly Drawn<Piece>[]): RecordLine[];
};
