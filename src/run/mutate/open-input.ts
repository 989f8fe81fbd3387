import { hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DamageError, DefinitionError } from "#contract";
import type { Hub, HubFile } from "../../hub/hub.ts";
import { createRangeSource } from "../../hub/range-source.ts";
import type { SourceFile } from "../../schema/journal.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { InputFacts } from "../../schema/mutation-events.ts";
import { assertOutput } from "../../sink/output-file.ts";
import { listPartsOf, readManifest } from "../read-manifest.ts";
import { type FileStamp, readFileRange, stampFile } from "./read-file-range.ts";

/** A finished folder whose samples are parents. */
export type Input = {
  readonly facts: InputFacts;
  /** Those that have samples, by id. */
  readonly loaders: readonly InputLoader[];
  /** The folder as a hub: its parts are the files of one dataset. */
  readonly hub: Hub;
};

export type InputLoader = {
  readonly id: string;
  readonly license: string;
  readonly origin: { readonly dataset: string; readonly revision: string };
  readonly files: readonly SourceFile[];
};

/**
 * Opens a Tier I folder as input: its manifest must be there, and every part, byte for byte, what the manifest says. Throws
 * DefinitionError, DamageError.
 */
export async function openInput(directory: string): Promise<Input> {
  const manifest = await readManifest(directory);
  if (manifest.tier !== "tier1") {
    throw new DefinitionError(
      `--from ${directory} holds ${manifest.tier}; parents are samples of tier1. Name its folder.`,
    );
  }
  if (manifest.totals.samples === 0) {
    throw new DefinitionError(`--from ${directory} holds no samples: there is nothing to mutate.`);
  }
  const stamps = new Map<string, FileStamp>();
  for (const { path, samples, bytes, sha256 } of manifest.parts) {
    stamps.set(path, await assertPart(directory, { path, lines: samples, bytes, sha256 }));
  }
  const text = await readFile(join(directory, "manifest.json"));
  return {
    facts: { tier: "tier1", manifest_sha256: hash("sha256", text, "hex"), samples: manifest.totals.samples },
    loaders: Object.keys(manifest.loaders).flatMap((id) => toInputLoader(manifest, id)),
    hub: toHub(directory, stamps),
  };
}

/** The dataset that a pin names for the input. */
export const INPUT_DATASET = "tier1";

/** The stamp is taken before the bytes are looked at: what changes after that is seen when it is read. */
async function assertPart(directory: string, mark: Parameters<typeof assertOutput>[1]): Promise<FileStamp> {
  const path = join(directory, mark.path);
  try {
    const stamp = await stampFile(path);
    await assertOutput(path, mark, { whole: true });
    return stamp;
  } catch (error) {
    if (error instanceof DamageError) {
      throw new DamageError(
        `${path} is not the part that ${join(directory, "manifest.json")} tells of. \`planstream verify ${directory}\` tells what was changed.`,
        { cause: error },
      );
    }
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new DamageError(`${path} is gone, but the manifest beside it names it. Restore it, or make the input anew.`);
  }
}

function toInputLoader(manifest: Manifest, id: string): InputLoader[] {
  const source = manifest.sources.find(({ loader }) => loader === id);
  const parts = listPartsOf(manifest, id);
  if (!source || parts.length === 0) return [];
  const files = parts.map(({ path, bytes, sha256 }) => ({
    path,
    size: bytes,
    sha256,
    config: "default",
    split: "train",
  }));
  const { license, dataset, revision } = source;
  return [{ id, license, origin: { dataset, revision }, files }];
}

/** Only `open` has a use here: what is to be read stands in the manifest. */
function toHub(directory: string, stamps: ReadonlyMap<string, FileStamp>): Hub {
  const unused = async () => {
    throw new Error("a folder of samples is pinned by its manifest");
  };
  return {
    name: "a run folder",
    resolve: unused,
    list: unused,
    open: (_dataset, _revision, file: HubFile) =>
      createRangeSource(file, (start, end) =>
        readFileRange(join(directory, file.path), start, end, stamps.get(file.path) as FileStamp),
      ),
    async close() {},
  };
}
