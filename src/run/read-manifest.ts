import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DamageError, DefinitionError } from "#contract";
import { parseOwnJson } from "../schema/json-text.ts";
import { type Manifest, manifestSchema } from "../schema/manifest.ts";
import { assertFiles } from "../sink/assert-files.ts";

/**
 * Reads the manifest of a finished run folder. Throws DefinitionError if the folder holds no finished run, DamageError if
 * its manifest can't be read as one or something else stands in the place of one of its files.
 */
export async function readManifest(directory: string): Promise<Manifest> {
  const path = join(directory, "manifest.json");
  if (!existsSync(path)) throw noManifest(directory);
  await assertFiles(directory);
  try {
    const parsed = manifestSchema.safeParse(parseOwnJson(await readFile(path, "utf8")));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw damaged(path, `${issue?.path.join(".") || "it"}: ${issue?.message}`);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) throw damaged(path, error.message);
    throw error;
  }
}

/** The same for a command that knows samples alone; throws DefinitionError for a tier that is made from another, too. */
export async function readSamplesManifest(directory: string, command: string): Promise<Manifest> {
  const manifest = await readManifest(directory);
  if (manifest.tier === "tier1") return manifest;
  throw new DefinitionError(
    `${directory} holds ${manifest.tier}; \`planstream ${command}\` is for samples of tier1. Each record names its parent's original_id (source.row): go on from it in the tier1 folder.`,
  );
}

function noManifest(directory: string): DefinitionError {
  if (existsSync(join(directory, ".run", "journal.jsonl"))) {
    return new DefinitionError(
      `The run in ${directory} hasn't finished: it has no manifest.json. The command that made the folder, run again, goes on and finishes it.`,
    );
  }
  return new DefinitionError(
    `${directory} is not a run folder: it has no manifest.json. Name a folder that \`planstream tier1 --output\` has made.`,
  );
}

function damaged(path: string, what: string): DamageError {
  return new DamageError(
    `${path} is no manifest of this version of planstream (${what}). \`planstream verify\` tells what was changed.`,
  );
}

/** A loader's parts, in order. */
export function listPartsOf({ parts }: Pick<Manifest, "parts">, loader: string): Manifest["parts"] {
  return parts.filter(({ path }) => path.replace(/-\d+\.jsonl$/, "") === `parts/${loader.replace("/", "-")}`);
}
