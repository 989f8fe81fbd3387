import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Columns, SourceError } from "#contract";
import { openFile } from "../../formats/open-file.ts";
import { FIRST_CURSOR, type Slice } from "../../formats/row-file.ts";
import type { Hub, HubFile } from "../../hub/hub.ts";
import type { SliceFailure, SlicePool } from "../../pool/slice-pool.ts";
import type { SliceResult } from "../../pool/slice-task.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { sampleSchema } from "../../schema/sample.ts";
import type { FoundLoader } from "../discover.ts";
import { mapOrdered } from "../ordered-map.ts";
import { readJoined } from "../read-joined.ts";
import { listLineBatches } from "../read-lines.ts";
import { findRun, type ReplaySpan } from "../replay/sample-runs.ts";
import { toSliceTask } from "../slice-place.ts";
import { parseJsonBytes } from "./bytes.ts";
import type { Findings } from "./findings.ts";
import type { Reference } from "./reference.ts";
import { type SampleOrigin, toSampleFacts, toSampleKey } from "./sample.ts";

export type RowsOptions = {
  readonly source: Manifest["sources"][number];
  readonly found: FoundLoader;
  /** What was read of a row by the run, and by each of its replays. */
  readonly columns: readonly Columns[];
  readonly replayed: readonly ReplaySpan[];
  /** The source's files as the hub lists them; undefined for one that is gone. */
  readonly files: readonly (HubFile | undefined)[];
  readonly hub: Hub;
  readonly pool: SlicePool;
  readonly directory: string;
  readonly reference: Reference;
  readonly findings: Findings;
};

/** Compares the row hash of each of a loader's samples with the row as the source has it. Throws SourceError. */
export async function checkRows(options: RowsOptions): Promise<void> {
  const { findings } = options;
  let reader: RowReader | undefined;
  try {
    for await (const { file, row, run, rowSha256, at } of listSampleRows(options)) {
      // A replay begins at the first file again.
      if (reader?.file !== file || reader.run !== run) {
        await reader?.close();
        reader = await openRowReader(file, run, options);
      }
      const what = await reader.describe(row, rowSha256);
      if (what !== undefined) findings.add({ ...at, what });
    }
  } finally {
    await reader?.close();
  }
}

type SampleRow = {
  /** 0 for a sample of the run itself, n for one of its nth replay. */
  readonly run: number;
  readonly file: number;
  readonly row: number;
  readonly rowSha256: string;
  readonly at: { readonly file: string; readonly line: number; readonly id: string };
};

/** Where each sample of a loader's parts says it comes from. Lines that say nothing of the kind are findings already. */
async function* listSampleRows({ source, directory, reference, replayed }: RowsOptions): AsyncGenerator<SampleRow> {
  const facts = toSampleFacts(source, undefined);
  const name = source.loader.replace("/", "-");
  let ordinal = 0;
  for (const { path } of reference.account.parts) {
    if (path.replace(/-\d+\.jsonl$/, "") !== `parts/${name}` || !existsSync(join(directory, path))) continue;
    for await (const lines of listLineBatches(join(directory, path))) {
      for (const { number, bytes } of lines) {
        const run = findRun(replayed, ordinal++);
        const sample = parseOrigin(bytes);
        const key = sample && toSampleKey(sample, facts);
        if (!sample || typeof key !== "object") continue;
        const at = { file: path, line: number, id: sample.original_id };
        yield { ...key, run, rowSha256: sample.metadata.source.row_sha256, at };
      }
    }
  }
}

/** The rows of one file of the source, read forward as far as they are asked for. */
type RowReader = {
  readonly file: number;
  readonly run: number;
  /** In what a row differs from the hash that a sample has of it. Rows must be asked for in rising order. */
  describe(row: number, rowSha256: string): Promise<string | undefined>;
  close(): Promise<void>;
};

async function openRowReader(file: number, run: number, options: RowsOptions): Promise<RowReader> {
  const { path } = options.source.files[file] as Manifest["sources"][number]["files"][number];
  const opened = await openSlices(file, options.columns[run] as Columns, options);
  let slice: DigestedSlice | undefined;
  return {
    file,
    run,
    async describe(row, rowSha256) {
      if (typeof opened === "string") return `its row ${row} of ${path} can't be read again: ${opened}`;
      while (!slice || row >= slice.rowEnd) {
        const next = await opened.next();
        if (next.done) return `its row ${row} of ${path} is not in the source, which ends before it`;
        slice = next.value;
      }
      return describeRow(slice, row, rowSha256, path);
    },
    async close() {
      if (typeof opened !== "string") await opened.return(undefined);
    },
  };
}

/** Index of the first row after the slice, and what a worker made of it. */
type DigestedSlice = { readonly rowEnd: number; readonly outcome: SliceResult | SliceFailure };

/** The slices of a file, digested; or why it can't be opened as a file of rows. */
async function openSlices(
  file: number,
  columns: Columns,
  options: RowsOptions,
): Promise<AsyncGenerator<DigestedSlice> | string> {
  const { source, found, files, hub, pool } = options;
  const listed = files[file];
  if (!listed) return "the file is not in the source";
  const { field } = found.loader;
  try {
    const bytes = hub.open(source.dataset, source.revision, listed);
    const opened = await openFile(bytes, { columns, ...(field !== undefined && { field }) });
    const joined = await readJoined(hub, source, source.files[file] as (typeof source.files)[number]);
    const digest = async (slice: Slice): Promise<DigestedSlice> => {
      const task = toSliceTask(found, source, file, slice.payload, joined, 0, slice.rows);
      return { rowEnd: slice.next.row, outcome: await pool.run({ ...task, columns, output: "digests" }) };
    };
    return mapOrdered(opened.readSlices(FIRST_CURSOR), pool.workers + 1, digest);
  } catch (error) {
    if (error instanceof SourceError && error.failure === "malformed") return error.message;
    throw error;
  }
}

function describeRow({ outcome }: DigestedSlice, row: number, rowSha256: string, path: string): string | undefined {
  if (outcome.kind === "failed") return `its row ${row} of ${path} can't be read again: ${outcome.message}`;
  const { rowIndexes, sha256 } = outcome.digests ?? NO_DIGESTS;
  const place = findSorted(rowIndexes, row);
  if (place === undefined) return `its row ${row} of ${path} is not in the source`;
  const digest = Buffer.from(sha256.buffer, sha256.byteOffset + DIGEST_BYTES * place, DIGEST_BYTES);
  if (digest.every((byte) => byte === 0)) return `its row ${row} of ${path} can't be decoded in the source`;
  const found = digest.toString("hex");
  return found === rowSha256
    ? undefined
    : `metadata.source.row_sha256 is ${rowSha256}; row ${row} of ${path} in the source gives ${found}`;
}

const DIGEST_BYTES = 32;
const NO_DIGESTS = { rowIndexes: new Uint32Array(0), sha256: new Uint8Array(0) };

function findSorted(values: Uint32Array, value: number): number | undefined {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return values[low] === value ? low : undefined;
}

/** What of a sample says where it comes from: the rest was checked before. */
const originSchema = z.object({
  original_id: sampleSchema.shape.original_id,
  metadata: z.object({ source: sampleSchema.shape.metadata.shape.source }),
});

function parseOrigin(bytes: Buffer): SampleOrigin | undefined {
  const reading = parseJsonBytes(bytes);
  return reading.ok ? originSchema.safeParse(reading.value).data : undefined;
}
