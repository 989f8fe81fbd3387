import { toPlace, toRankHash } from "../../pool/mutate-place.ts";
import type { Mutations } from "../../schema/mutation-manifest.ts";
import type { Mutation } from "../../schema/pair.ts";
import type { MutationSettings } from "../../schema/settings.ts";
import { toShown } from "./findings.ts";

/** What the records of a tier that is made from another must agree with. */
export type MutationFacts = { readonly settings: MutationSettings; readonly mutations: Mutations };

/** What is wrong with how a record says its plan was made, whatever the plan is. */
export function listMutationProblems(
  where: string,
  mutation: Mutation,
  parentHash: string,
  { settings, mutations }: MutationFacts,
): string[] {
  const { mutator, operator, version, seed, variant, rank_hash, parent_hash } = mutation;
  const problems: string[] = [];
  const expect = (what: string, found: unknown, expected: unknown) => {
    if (found !== expected) problems.push(`${where}.${what} is ${toShown(found)}, expected ${toShown(expected)}`);
  };
  const known = mutations.mutators.find(({ name }) => name === mutator);
  if (!known?.operators.includes(operator)) {
    return [`${where}: the manifest knows no operator ${toShown(`${mutator}/${operator}`)}`];
  }
  expect("version", version, known.version);
  expect("seed", seed, String(settings.seed));
  expect("parent_hash", parent_hash, parentHash);
  if (rank_hash === undefined) return problems;
  const lane = `${mutator}/${operator}`;
  expect("rank_hash", rank_hash, toRankHash(seed, parentHash, lane, variant));
  const last = mutations.lanes[lane]?.last ?? -1;
  const place = toPlace(variant, rank_hash);
  if (place > last) problems.push(`${where}: its place ${place} is beyond ${last}, the last that was drawn of ${lane}`);
  return problems;
}
