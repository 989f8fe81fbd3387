import { hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { DamageError } from "#contract";
import { isJsonObject } from "../../schema/json.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { Sample } from "../../schema/sample.ts";
import { addCount, type Counts, createCounts } from "../../schema/tally.ts";
import { assertOutput } from "../../sink/output-file.ts";
import { listLineBatches } from "../read-lines.ts";
import { parseJsonBytes } from "../verify/bytes.ts";
import { ASPECTS, listAspects } from "./sample-aspects.ts";
import { createSampleTable, HASH_BYTES, type LinePlace, type SampleTable } from "./sample-table.ts";

/** What became of a loader's samples from one run to another, by `original_id`. */
export type SampleDiff = {
  readonly same: number;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Changed samples that differ in `provenance` alone: the same row lies elsewhere, or at another commit. */
  readonly changed_in_provenance_only: number;
  /** Changed samples by what changed of them (see sample-aspects.ts); one can count for several. */
  readonly changed_by: Counts;
  /** Ids of the first of each kind, in the order of the parts. */
  readonly examples: Readonly<Record<"added" | "removed" | "changed", readonly string[]>>;
};

/** A loader's parts in a run folder. */
export type PartsOf = { readonly directory: string; readonly parts: Manifest["parts"] };

const EXAMPLES_MAX = 3;

/**
 * Compares a loader's samples in two folders. The left side's are held as hashes (see SampleTable), the right side's
 * stream by; only a changed sample's line is read again. Throws DamageError where a part isn't samples.
 */
export async function diffSamples(left: PartsOf, right: PartsOf): Promise<SampleDiff> {
  if (hasSameParts(left.parts, right.parts)) {
    for (const side of [left, right]) await assertParts(side);
    return toSameSamples(left.parts);
  }
  const table = createSampleTable();
  for await (const { id, line, place, at } of listSamples(left)) {
    if (!table.add(toHash(id), toHash(line), place)) throw repeated(left.directory, at, id);
  }
  const changes = createChanges();
  const lines = openLines(left);
  try {
    for await (const { id, line, at, sample } of listSamples(right)) {
      const number = table.find(toHash(id));
      if (number === undefined) changes.add("added", id);
      else if (!table.mark(number)) throw repeated(right.directory, at, id);
      else if (table.isSameLine(number, toHash(line))) changes.same();
      else changes.change(id, await lines.read(table.placeOf(number)), sample);
    }
    return await toDiff(changes, table, lines);
  } finally {
    await lines.close();
  }
}

/** Two manifests can say the same over parts of which one was lost or changed by hand. */
async function assertParts({ directory, parts }: PartsOf): Promise<void> {
  for (const { path, samples: lines, bytes, sha256 } of parts) {
    const file = join(directory, path);
    try {
      await assertOutput(file, { path, lines, bytes, sha256 }, { whole: true });
    } catch (error) {
      const isGone = (error as NodeJS.ErrnoException).code === "ENOENT";
      if (!isGone && !(error instanceof DamageError)) throw error;
      throw new DamageError(
        `${file} ${isGone ? "is gone" : "is not the part that the manifest tells of"}. \`planstream verify ${directory}\` tells what was changed.`,
        { cause: error },
      );
    }
  }
}

/** Every byte the same: no sample needs to be looked at. */
function hasSameParts(left: Manifest["parts"], right: Manifest["parts"]): boolean {
  return left.length === right.length && left.every(({ sha256 }, place) => sha256 === right[place]?.sha256);
}

function toSameSamples(parts: Manifest["parts"]): SampleDiff {
  const same = parts.reduce((sum, { samples }) => sum + samples, 0);
  const examples = { added: [], removed: [], changed: [] };
  return { same, added: 0, removed: 0, changed: 0, changed_in_provenance_only: 0, changed_by: {}, examples };
}

async function toDiff(changes: Changes, table: SampleTable, lines: Lines): Promise<SampleDiff> {
  for (const number of table.listUnmarked()) {
    const isShown = changes.counts.removed < EXAMPLES_MAX;
    changes.add("removed", isShown ? (await lines.read(table.placeOf(number))).original_id : "");
  }
  const { counts, examples, by } = changes;
  const ordered = ASPECTS.filter((aspect) => by[aspect]).map((aspect) => [aspect, by[aspect] as number]);
  return { ...counts, changed_by: Object.fromEntries(ordered) as Counts, examples };
}

type Changes = ReturnType<typeof createChanges>;

function createChanges() {
  const counts = { same: 0, added: 0, removed: 0, changed: 0, changed_in_provenance_only: 0 };
  const examples = { added: [] as string[], removed: [] as string[], changed: [] as string[] };
  const by = createCounts();
  const add = (kind: keyof typeof examples, id: string) => {
    counts[kind]++;
    if (examples[kind].length < EXAMPLES_MAX) examples[kind].push(id);
  };
  return {
    counts,
    examples,
    by,
    add,
    same: () => void counts.same++,
    change(id: string, was: Sample, is: Sample): void {
      const aspects = listAspects(was, is);
      add("changed", id);
      for (const aspect of aspects) addCount(by, aspect);
      if (aspects.join() === "provenance") counts.changed_in_provenance_only++;
    },
  };
}

type SampleLine = {
  readonly id: string;
  readonly line: Buffer;
  readonly place: LinePlace;
  readonly at: string;
  readonly sample: Sample;
};

async function* listSamples({ directory, parts }: PartsOf): AsyncGenerator<SampleLine> {
  for (const [part, { path }] of parts.entries()) {
    let offset = 0;
    for await (const batch of listLineBatches(join(directory, path))) {
      for (const { number, bytes: line } of batch) {
        const at = `${path} line ${number}`;
        const sample = parseSample(line, directory, at);
        yield { id: sample.original_id, line, place: { part, offset, bytes: line.length }, at, sample };
        offset += line.length + 1;
      }
    }
  }
}

/** Lines of a loader's parts, read one by one. */
type Lines = { read(place: LinePlace): Promise<Sample>; close(): Promise<void> };

function openLines({ directory, parts }: PartsOf): Lines {
  const handles = new Map<number, FileHandle>();
  return {
    async read({ part, offset, bytes }) {
      const { path } = parts[part] as Manifest["parts"][number];
      const handle = handles.get(part) ?? (await open(join(directory, path)));
      handles.set(part, handle);
      const buffer = Buffer.alloc(bytes);
      await handle.read(buffer, 0, bytes, offset);
      return parseSample(buffer, directory, `${path} byte ${offset}`);
    },
    async close() {
      for (const handle of handles.values()) await handle.close();
    },
  };
}

/** As far as a comparison needs it: what is wrong beyond that is for `verify` to say. */
function parseSample(line: Buffer, directory: string, at: string): Sample {
  const reading = parseJsonBytes(line);
  const problem = reading.ok ? findProblem(reading.value) : reading.problem;
  if (reading.ok && problem === undefined) return reading.value as Sample;
  throw new DamageError(`${directory}: ${at}: ${problem}. \`planstream verify ${directory}\` tells what was changed.`);
}

function findProblem(value: unknown): string | undefined {
  const isSample =
    isJsonObject(value) &&
    typeof value.original_id === "string" &&
    isJsonObject(value.execution_plan) &&
    Array.isArray(value.execution_plan.nodes) &&
    Array.isArray(value.execution_plan.edges) &&
    isJsonObject(value.metadata) &&
    isJsonObject(value.metadata.source);
  return isSample ? undefined : "not a sample";
}

function repeated(directory: string, at: string, id: string): DamageError {
  const what = `${JSON.stringify(id)} stands there a second time`;
  return new DamageError(`${directory}: ${at}: ${what}. \`planstream verify ${directory}\` tells what was changed.`);
}

function toHash(bytes: string | Buffer): Buffer {
  return hash("sha256", bytes, "buffer").subarray(0, HASH_BYTES);
}
