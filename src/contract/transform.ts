import type { DerivedDraft, Drop } from "./draft.ts";

/** A pure step from draft to draft. It may drop; a RowError (or any throw) sends the row to quarantine. */
export type Transform = {
  readonly name: string;
  /** Moves when the same draft would come out differently. It goes into the manifest. */
  readonly version: number;
  /** True if what it sets of a node follows from that node alone. Then it need not be shown the others again. */
  readonly perNode?: true;
  /** Works on `draft` in place or gives a new one. */
  apply(draft: DerivedDraft): DerivedDraft | Drop;
};

/** Returns its argument, typed. */
export function defineTransform(transform: Transform): Transform {
  return transform;
}
