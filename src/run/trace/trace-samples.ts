import { join } from "node:path";
import { DamageError } from "#contract";
import { type Cursor, FIRST_CURSOR } from "../../formats/row-file.ts";
import type { Hub } from "../../hub/hub.ts";
import { createRowContext } from "../../pool/to-samples.ts";
import type { JournalEvent } from "../../schema/journal.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { readJournal } from "../../sink/journal.ts";
import { toCodeSha256 } from "../code-digest.ts";
import { type LoaderFile, listLoaderFiles } from "../discover.ts";
import { readSamplesManifest } from "../read-manifest.ts";
import { findRun } from "../replay/sample-runs.ts";
import { toSlicePlace } from "../slice-place.ts";
import { type SampleKey, toSampleFacts, toSampleKey } from "../verify/sample.ts";
import { readySource } from "../verify/source.ts";
import { type Check, type CodeDigests, checkFile, checkNodes, checkRow, checkSample } from "./checks.ts";
import { type FoundSample, findSamples } from "./find-samples.ts";
import { readSourceRow, type SourceRow, toUnreadReason } from "./read-row.ts";
import { type Remade, remake } from "./remake.ts";

export type TraceOptions = {
  /** The project's folder: `loaders/` and `tracks/` lie in it. */
  readonly root: string;
  readonly directory: string;
  readonly hub: Hub;
  /** An `original_id`, a node's id, or the first digits of a provenance hash. */
  readonly id: string;
  /** `<track>/<name>`, where two tracks have a sample of this id. */
  readonly loader?: string | undefined;
};

/** A sample's way back to its row. */
export type Trace = {
  readonly found: FoundSample;
  readonly source: Omit<Manifest["sources"][number], "files">;
  readonly file: Manifest["sources"][number]["files"][number];
  readonly code: CodeDigests;
  /** The row as the hub has it, or why it was not read again. */
  readonly row: SourceRow | { readonly unread: string };
  /** How today's code makes the sample; undefined if the row was not read. */
  readonly remade: Remade | undefined;
  readonly checks: readonly Check[];
  /** `mismatch` if any check is one; `unchecked` if none is, but something could not be checked. */
  readonly verdict: Check["result"];
};

/**
 * Finds a sample and goes its way back: file, row, draft, stages, hashes. Reads the folder and the one slice of the source
 * that holds the row. Several samples only where several fit. Throws DefinitionError if there is none, DamageError if
 * the folder contradicts itself; what the hub can't give is part of the trace.
 */
export async function traceSamples({ root, directory, hub, id, loader }: TraceOptions): Promise<Trace[]> {
  const manifest = await readSamplesManifest(directory, "trace");
  const samples = await findSamples(directory, manifest, id, loader);
  const files = new Map((await listLoaderFiles(root)).map((file) => [file.id, file]));
  const events = await readEvents(directory);
  const traces: Trace[] = [];
  for (const found of samples) {
    const source = toSourceOf(manifest, found);
    traces.push(await traceOne({ root, hub, events, found, source, loaderFile: files.get(found.loader) }));
  }
  return traces;
}

/**
 * The source of a sample. What a replay made of quarantined rows, it made with the loader's code of then; what a retry wrote
 * behind that is the run's.
 */
function toSourceOf(manifest: Manifest, { loader, ordinal }: FoundSample): Manifest["sources"][number] {
  const source = manifest.sources.find((other) => other.loader === loader) as Manifest["sources"][number];
  const replayed = manifest.loaders[loader]?.replayed ?? [];
  const replay = replayed[findRun(replayed, ordinal) - 1];
  return replay ? { ...source, code_sha256: replay.code_sha256, columns: replay.columns } : source;
}

type OneOptions = Pick<TraceOptions, "root" | "hub"> & {
  readonly events: readonly JournalEvent[];
  readonly found: FoundSample;
  readonly source: Manifest["sources"][number];
  readonly loaderFile: LoaderFile | undefined;
};

async function traceOne({ root, hub, events, found, source, loaderFile }: OneOptions): Promise<Trace> {
  const { files, ...rest } = source;
  const key = toKey(found, source);
  const file = files[key.file] as (typeof files)[number];
  const now = loaderFile && (await toCodeSha256(root, [loaderFile.path, loaderFile.trackPath]));
  const code: CodeDigests = { made: source.code_sha256, now };
  const near = findCursor(events, found.loader, key);
  const read = await readAgain({ root, hub, found, source, loaderFile, key, near, code });
  const checks = [...read.checks, ...checkNodes(found.sample, found.node)];
  return { found, source: rest, file, code, row: read.row, remade: read.remade, checks, verdict: toVerdict(checks) };
}

function toKey({ sample, part, line }: FoundSample, source: Manifest["sources"][number]): SampleKey {
  const key = toSampleKey(sample, toSampleFacts(source, undefined));
  if (typeof key === "object") return key;
  throw new DamageError(`${part} line ${line}: ${key}. \`planstream verify\` tells what was changed.`);
}

type ReadAgain = { row: Trace["row"]; remade: Remade | undefined; checks: Check[] };

/** Reads the row from the hub and makes its sample anew. What can't be done is said, not thrown. */
async function readAgain({
  root,
  hub,
  found: { bytes, sample },
  source,
  loaderFile,
  key,
  near,
  code,
}: Omit<OneOptions, "events"> & { key: SampleKey; near: Cursor; code: CodeDigests }): Promise<ReadAgain> {
  const file = source.files[key.file] as (typeof source.files)[number];
  const readied = await readySource({ ...source, files: [file] }, loaderFile, root, hub);
  if (readied.kind === "unchecked") return unread(readied.reason, []);
  const [listed] = readied.files;
  const checks = [checkFile(file, listed)];
  if (!listed) return unread(`${file.path} is not in the source`, checks);
  const { found, columns } = readied;
  try {
    const row = await readSourceRow({ hub, source, file, listed, found, columns, row: key.row, near });
    const { loader, trackDefinition: track } = found;
    const context = createRowContext({ loader, track, place: toSlicePlace(found, source, key.file) }, found);
    const remade = remake(row.value, key.row, sample.original_id, context);
    checks.push(checkRow(sample.metadata.source.row_sha256, row.value), checkSample(bytes, remade, code));
    return { row, remade, checks };
  } catch (error) {
    const reason = toUnreadReason(error);
    if (reason === undefined) throw error;
    return unread(reason, checks);
  }
}

function unread(reason: string, checks: readonly Check[]): ReadAgain {
  const missing = (["row_sha256", "sample"] as const).map(
    (what): Check => ({ what, result: "unchecked", why: reason }),
  );
  return { row: { unread: reason }, remade: undefined, checks: [...checks, ...missing] };
}

function toVerdict(checks: readonly Check[]): Check["result"] {
  if (checks.some(({ result }) => result === "mismatch")) return "mismatch";
  return checks.some(({ result }) => result === "unchecked") ? "unchecked" : "match";
}

/** The journal's events; none where it is gone (a folder that was copied for its samples) or damaged: it only saves reading. */
async function readEvents(directory: string): Promise<readonly JournalEvent[]> {
  try {
    return (await readJournal(join(directory, ".run", "journal.jsonl"))).events;
  } catch (error) {
    if (error instanceof DamageError) return [];
    throw error;
  }
}

/** The last slice of the file that the loader began at or before the row. */
function findCursor(events: readonly JournalEvent[], loader: string, { file, row }: SampleKey): Cursor {
  let near: Cursor = FIRST_CURSOR;
  for (const event of events) {
    if (event.event === "pin" && event.loader === loader) near = FIRST_CURSOR;
    if (event.event !== "slice" || event.loader !== loader || event.next.file !== file) continue;
    const { cursor } = event.next;
    if (cursor.row <= row && cursor.row >= near.row) near = cursor;
  }
  return near;
}
