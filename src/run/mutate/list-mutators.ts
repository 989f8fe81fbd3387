import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { type Boundary, DefinitionError, type Mutation } from "#contract";
import { BOUNDARY_TYPES } from "../../schema/boundary.ts";
import { ENERGY_TERMS } from "../../schema/energy.ts";
import type { MutatorFacts } from "../../schema/mutation-events.ts";
import type { MutationSettings } from "../../schema/settings.ts";
import { toCodeSha256 } from "../code-digest.ts";
import { importDefault, listNames } from "../discover.ts";
import { assertExport } from "../parse-plugin.ts";

/** A mutator that was found, with where workers import it from. */
export type FoundMutator = MutatorFacts & { readonly url: string };

type Tier = MutationSettings["tier"];

const FOLDERS: Readonly<Record<Tier, string>> = { tier2: "transforms/mutations", tier3: "transforms/boundaries" };
const FILE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*\.ts$/;

const isFunction = z.custom((value) => typeof value === "function", "expected a function");
const name = z.string().regex(/^[a-z][a-z0-9_]*$/, "expected snake_case");
const count = z.int().min(0);

const mutationSchema = z.strictObject({
  version: z.int().min(1),
  target: z.enum(ENERGY_TERMS),
  mayChange: z.strictObject({
    nodesAdded: count,
    edgesAdded: count,
    nodesChanged: count,
    argumentsChanged: count,
    tiersChanged: count,
  }),
  operators: z.record(name, isFunction).refine((all) => Object.keys(all).length > 0, "expected at least one operator"),
});

const boundarySchema = z.strictObject({ type: z.enum(BOUNDARY_TYPES), version: z.int().min(1), draw: isFunction });

/** All mutators of a tier below `root`, sorted by name. A file that is none is a DefinitionError that says how to mend it. */
export async function listMutators(root: string, tier: Tier): Promise<FoundMutator[]> {
  const folder = FOLDERS[tier];
  const files = await listNames(join(root, folder), "file");
  if (files.length === 0) throw new DefinitionError(`${folder}/ holds no mutator: ${tier} has nothing to make.`);
  return Promise.all(files.map((file) => readMutator(root, folder, file, tier)));
}

async function readMutator(root: string, folder: string, file: string, tier: Tier): Promise<FoundMutator> {
  const where = `${folder}/${file}`;
  if (!FILE_NAME.test(file)) {
    throw new DefinitionError(
      `${where} is not a mutator. A mutator is <name>.ts with a name of a-z, 0-9 and "-"; a file that only helps mutators begins with an underscore.`,
    );
  }
  const path = join(root, where);
  const exported = await importDefault(path);
  const facts = {
    name: file.replace(/\.ts$/, "").replaceAll("-", "_"),
    code_sha256: await toCodeSha256(root, [path]),
    url: pathToFileURL(path).href,
  };
  return tier === "tier2" ? toMutation(exported, where, facts) : toBoundary(exported, where, facts);
}

type Found = Pick<FoundMutator, "name" | "code_sha256" | "url">;

function toMutation(exported: unknown, where: string, facts: Found): FoundMutator {
  assertExport(exported, mutationSchema, where, "defineMutation({ … })");
  const { version, target, operators } = exported as Mutation;
  return { ...facts, version, target, operators: Object.keys(operators) };
}

function toBoundary(exported: unknown, where: string, facts: Found): FoundMutator {
  assertExport(exported, boundarySchema, where, "defineBoundary({ … })");
  const { version, type } = exported as Boundary;
  if (type !== facts.name) {
    throw new DefinitionError(`${where}: its type is ${type}; by its name it is ${facts.name}. Rename one of the two.`);
  }
  return { ...facts, version, operators: [type] };
}
