import { type Draft, type Drop, drop, isDrop } from "../../src/contract/index.ts";

/**
 * What becomes of a draft when no model is asked: one without calls is dropped for its reason, and the turns that a model
 * would be asked about go nowhere.
 */
export function asWritten(outcome: Draft | Drop): Draft | Drop {
  if (isDrop(outcome)) return outcome;
  const { turns: _, whyNone, ...draft } = outcome;
  return draft.nodes.length === 0 && whyNone !== undefined ? drop(whyNone) : draft;
}
