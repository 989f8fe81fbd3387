import type { LlmTransform } from "./llm-transform.ts";
import type { Transform } from "./transform.ts";

/** What is true of a whole track. */
export type Track = {
  /** A few words for tables and cards. */
  readonly title: string;
  /** `free`, or `paid` when its datasets need a model to be of use. */
  readonly cost: "free" | "paid";
  /** The stages each draft goes through, in order. */
  readonly stages: readonly Transform[];
  /** The question to a model that `--llm` switches on. It is asked before the stages. */
  readonly llm?: LlmTransform;
};

/** Returns its argument, typed. */
export function defineTrack(track: Track): Track {
  return track;
}
