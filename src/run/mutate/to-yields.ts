import { readCount } from "../../schema/mutation-counts.ts";
import type { MutationSettings } from "../../schema/settings.ts";
import type { MutationState } from "./mutation-state.ts";
import type { LaneYield } from "./shares.ts";

/** What each lane of the mutators in the ratio has given so far; the last pass must be through. */
export function toYields({ ratio, variants_max }: MutationSettings, state: MutationState): LaneYield[] {
  const mutators = state.input?.mutators ?? [];
  return mutators
    .filter(({ name }) => Object.hasOwn(ratio, name))
    .flatMap(({ name, operators }) =>
      operators.map((operator): LaneYield => {
        const lane = `${name}/${operator}`;
        const triedTo = state.bands?.[lane]?.[1] ?? state.triedTo.get(lane) ?? 0;
        const available = readCount(state.tried, "lane", lane, "verified");
        return { lane, mutator: name, available, triedTo, isExhausted: triedTo >= variants_max };
      }),
    );
}
