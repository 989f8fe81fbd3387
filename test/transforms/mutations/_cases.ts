import type { JsonValue } from "../../../src/contract/index.ts";
import type { MadePlan } from "./_corpus.ts";

/** What must come of one operator on one plan of the shop (see _corpus.ts). */
export type MutationCase = {
  readonly name: string;
  readonly operator: string;
  readonly plan: MadePlan;
  readonly insertSources?: boolean;
  readonly expect:
    | { readonly na: string }
    | { readonly rejected: string }
    /** Pointers into the plan, with what stands there on both sides; a function for what is drawn. */
    | {
        readonly negative: Readonly<Record<string, JsonValue | ((value: JsonValue) => boolean)>>;
        readonly decoy: Readonly<Record<string, JsonValue | ((value: JsonValue) => boolean)>>;
        /** Names in the decoy's context patch. */
        readonly grants: readonly string[];
        /** Rise of the target term, at least. */
        readonly risesBy: number;
      };
};
