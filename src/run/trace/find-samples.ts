import { existsSync } from "node:fs";
import { join } from "node:path";
import { DefinitionError } from "#contract";
import { isJsonObject } from "../../schema/json.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { type Sample, sampleSchema } from "../../schema/sample.ts";
import { listLineBatches } from "../read-lines.ts";
import { listPartsOf } from "../read-manifest.ts";
import { parseJsonBytes } from "../verify/bytes.ts";

/** A sample where it was found. */
export type FoundSample = {
  /** `<track>/<name>`. */
  readonly loader: string;
  readonly part: string;
  /** From 1. */
  readonly line: number;
  /** Its place among the loader's samples, from 0. */
  readonly ordinal: number;
  readonly bytes: Buffer;
  readonly sample: Sample;
  /** The node that was asked for, from 0, if one was. */
  readonly node: number | undefined;
};

/** Fewer hex digits could be those of many nodes. */
const HASH_DIGITS_MIN = 8;
const HASH = new RegExp(`^[0-9a-f]{${HASH_DIGITS_MIN},64}$`);

/**
 * Finds samples by `original_id`, by the id of one of their nodes, or by the first digits of a node's provenance hash. An
 * id begins with the loader's name, so only that loader's parts are read; two tracks can each have a loader of one name.
 * `loader` narrows the search. Throws DefinitionError if there is none.
 */
export async function findSamples(
  directory: string,
  manifest: Manifest,
  wanted: string,
  loader?: string,
): Promise<FoundSample[]> {
  const isHash = HASH.test(wanted);
  const [, id, node] = /^(.+?)(?::n(\d+))?$/s.exec(wanted) ?? [];
  const matches = isHash ? toHashMatch(wanted) : toIdMatch(id ?? wanted, node === undefined ? undefined : Number(node));
  const loaders = manifest.sources.map((source) => source.loader);
  if (loader !== undefined && !loaders.includes(loader)) {
    throw new DefinitionError(`--loader ${loader}: ${directory} has no such loader. It has ${loaders.join(", ")}.`);
  }
  const named = loaders.filter((name) => isHash || wanted.startsWith(`${name.slice(name.indexOf("/") + 1)}:`));
  const searched = loader === undefined ? named : [loader];
  const found: FoundSample[] = [];
  for (const name of searched) {
    let before = 0;
    for (const { path, samples } of listPartsOf(manifest, name)) {
      for await (const hit of listMatches(directory, path, matches)) {
        found.push({ loader: name, ordinal: before + hit.line - 1, ...hit });
      }
      before += samples;
    }
  }
  if (found.length === 0) throw notFound(wanted, directory, manifest, searched);
  return found;
}

/** What a line must hold to be looked at, and whether its sample is wanted (with the node that is meant). */
type Match = {
  readonly bytes: Buffer;
  readonly of: (sample: Sample) => { readonly node: number | undefined } | undefined;
};

function toIdMatch(id: string, node: number | undefined): Match {
  return {
    bytes: Buffer.from(JSON.stringify(id)),
    of: (sample) => {
      const isThere = node === undefined || node < sample.execution_plan.nodes.length;
      return sample.original_id === id && isThere ? { node } : undefined;
    },
  };
}

function toHashMatch(digits: string): Match {
  return {
    bytes: Buffer.from(`"provenance_hash":"${digits}`),
    of: ({ execution_plan: { nodes } }) => {
      const node = nodes.findIndex(({ provenance_hash }) => provenance_hash.startsWith(digits));
      return node < 0 ? undefined : { node };
    },
  };
}

async function* listMatches(
  directory: string,
  part: string,
  { bytes: needle, of }: Match,
): AsyncGenerator<Omit<FoundSample, "loader" | "ordinal">> {
  const path = join(directory, part);
  if (!existsSync(path)) return;
  for await (const lines of listLineBatches(path)) {
    for (const { number: line, bytes } of lines) {
      const sample = bytes.includes(needle) ? toSample(bytes) : undefined;
      const match = sample && of(sample);
      if (sample && match) yield { part, line, bytes, sample, ...match };
    }
  }
}

/** The sample of a line as it stands there; undefined if it is none, which `planstream verify` tells more of. */
function toSample(bytes: Buffer): Sample | undefined {
  const reading = parseJsonBytes(bytes);
  if (!reading.ok || !isJsonObject(reading.value)) return undefined;
  return sampleSchema.safeParse(reading.value).success ? (reading.value as Sample) : undefined;
}

function notFound(wanted: string, directory: string, manifest: Manifest, searched: readonly string[]): DefinitionError {
  const what = JSON.stringify(wanted);
  if (searched.length === 0) {
    const names = manifest.sources.map(({ loader }) => loader.slice(loader.indexOf("/") + 1));
    return new DefinitionError(
      `${directory} has no sample ${what}: an id begins with its loader's name and a colon, and the loaders are ${[...new Set(names)].join(", ")}.`,
    );
  }
  return new DefinitionError(
    `${directory} has no sample ${what} (looked in the parts of ${searched.join(", ")}). Its row may have been dropped or be in quarantine/, or the id is of another folder.`,
  );
}
