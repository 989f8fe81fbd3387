import { DefinitionError } from "#contract";
import { BOUNDARY_SHARES } from "../../schema/boundary.ts";
import type { MutationSettings } from "../../schema/settings.ts";
import type { FoundMutator } from "./list-mutators.ts";

type Ratio = MutationSettings["ratio"];
type Named = Pick<FoundMutator, "name" | "target">;

/**
 * The parts of the whole by mutator, in lowest terms and by name. `given` names mutators in full, by the beginning of their
 * name, or by the energy they raise (`flow` for E_flow); if it is empty, all mutators have equal parts, and boundaries
 * those of their types. Throws DefinitionError for a name that means none or several.
 */
export function toRatio(mutators: readonly Named[], given: Readonly<Record<string, number>>): Ratio {
  const entries = Object.entries(given);
  const parts = new Map<string, number>();
  for (const [name, part] of entries) {
    const mutator = findMutator(mutators, name);
    if (parts.has(mutator)) throw new DefinitionError(`--ratio names ${mutator} twice.`);
    if (part > 0) parts.set(mutator, part);
  }
  if (entries.length === 0) for (const mutator of mutators) parts.set(mutator.name, toOwnPart(mutator));
  if (parts.size === 0) throw new DefinitionError("--ratio gives every mutator 0: nothing is left to make.");
  const divisor = [...parts.values()].reduce(toGcd);
  const sorted = [...parts].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, part]) => [name, part / divisor]));
}

function findMutator(mutators: readonly Named[], name: string): string {
  const isMeant = (mutator: Named) => mutator.name.startsWith(name) || mutator.target === `E_${name}`;
  const found = mutators.some((mutator) => mutator.name === name)
    ? [name]
    : mutators.filter(isMeant).map((mutator) => mutator.name);
  if (found.length === 1) return found[0] as string;
  const all = mutators.map((mutator) => mutator.name).join(", ");
  throw new DefinitionError(
    `--ratio: ${name} means ${found.length === 0 ? "no mutator" : found.join(" and ")}; there are ${all}.`,
  );
}

function toOwnPart({ name }: Named): number {
  return Object.hasOwn(BOUNDARY_SHARES, name) ? BOUNDARY_SHARES[name as keyof typeof BOUNDARY_SHARES] : 1;
}

function toGcd(a: number, b: number): number {
  return b === 0 ? a : toGcd(b, a % b);
}
