import type { MutatorFacts } from "../../schema/mutation-events.ts";

/** The lanes of mutators, in order: operator by operator. A lane's number is its place in the list of all. */
export function listLaneNames(mutators: readonly Pick<MutatorFacts, "name" | "operators">[]): string[] {
  return mutators.flatMap(({ name, operators }) => operators.map((operator) => `${name}/${operator}`));
}
