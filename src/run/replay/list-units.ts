import { SourceError } from "#contract";
import type { RawRow } from "../../formats/row-file.ts";
import { findPlace } from "../../formats/row-indexes.ts";
import type { KeptRow } from "../../pool/kept-rows.ts";
import type { JoinedFile, SliceTask } from "../../pool/slice-task.ts";
import type { SourceFile } from "../../schema/journal.ts";
import type { QuarantineLine } from "../../schema/quarantine.ts";
import type { RunningLoader } from "../pipeline.ts";
import { type Pin, UNREADABLE_FILE } from "../run-state.ts";
import { toSliceTask } from "../slice-place.ts";
import type { QuarantinedLine } from "./quarantined-lines.ts";
import type { SliceHere, SourceSlices } from "./source-slices.ts";

/** Rows that a line of quarantine stands for, all in one slice. */
export type Want = { readonly quarantined: QuarantinedLine; readonly rows: Uint32Array };

/** A run of quarantined lines that share a way: in one task of a worker, or none. */
export type Unit =
  /** They stay as they are. */
  | { readonly kind: "left"; readonly lines: readonly QuarantinedLine[] }
  /** Worked from what was kept of them, a row each. */
  | { readonly kind: "kept"; readonly task: SliceTask; readonly lines: readonly QuarantinedLine[] }
  /** Read again. */
  | { readonly kind: "source"; readonly task: SliceTask; readonly wants: readonly Want[] };

export type UnitOptions = {
  readonly found: RunningLoader;
  readonly pin: Pin;
  /** The loader reads other columns than when its rows went into quarantine. */
  readonly hasOtherColumns: boolean;
  /** Only rows that failed for these; undefined for all. */
  readonly reasons: ReadonlySet<string> | undefined;
  /** Read nothing again: rows that need it stay. */
  readonly offline: boolean;
  /** Whether workers tell each sample's identity. */
  readonly identify: boolean;
  readonly source: SourceSlices;
  readonly readJoined: (file: number) => Promise<JoinedFile | undefined>;
};

/** Lines, and bytes of them, that are worked at once. */
const BATCH = { lines: 1024, bytes: 2 ** 20 };

/** Cuts quarantined lines into units, in their order. Throws SourceError for rows that can't be read again. */
export async function* listUnits(lines: AsyncIterable<QuarantinedLine>, options: UnitOptions): AsyncGenerator<Unit> {
  const toFile = createFileFinder(options.pin.files);
  let batch: Batch | undefined;
  for await (const quarantined of lines) {
    const file = toFile(quarantined);
    for await (const step of listSteps(quarantined, file, options)) {
      if (batch && !batch.add(step)) {
        yield* batch.toUnits(options);
        batch = undefined;
      }
      batch ??= createBatch(step);
    }
  }
  if (batch) yield* batch.toUnits(options);
}

/** What becomes of a line, or of the part of it that lies in one slice. */
type Step = {
  readonly kind: Unit["kind"];
  readonly file: number;
  readonly quarantined: QuarantinedLine;
  readonly here?: SliceHere;
  readonly rows?: Uint32Array;
};

async function* listSteps(quarantined: QuarantinedLine, file: number, options: UnitOptions): AsyncGenerator<Step> {
  const { reason } = quarantined.line;
  const isChosen = reason !== UNREADABLE_FILE && (options.reasons?.has(reason) ?? true);
  const isKept = isKeptWhole(quarantined, options.hasOtherColumns);
  const needsSource = !isKept || options.pin.files[file]?.joined !== undefined;
  if (!isChosen || (needsSource && options.offline)) yield { kind: "left", file, quarantined };
  else if (isKept) yield { kind: "kept", file, quarantined };
  else yield* listSourceSteps(quarantined, file, options);
}

/**
 * Whether a line holds all of its row. A row that could not be decoded is kept as a person can read it, unless it is text;
 * one that could not be cut out of its file is not known to be what was kept.
 */
function isKeptWhole({ line }: QuarantinedLine, hasOtherColumns: boolean): boolean {
  const { raw, source, stage, reason } = line;
  if (!raw || raw.truncated || source.rows !== 1 || reason === "truncated_file") return false;
  if (raw.text !== undefined || raw.base64 !== undefined) return true;
  return raw.json !== undefined && stage !== "decode" && !hasOtherColumns;
}

async function* listSourceSteps(
  quarantined: QuarantinedLine,
  file: number,
  { source, pin }: UnitOptions,
): AsyncGenerator<Step> {
  const { row, rows } = quarantined.line.source;
  let [next, left] = [row, rows];
  while (left > 0) {
    const here = await source.sliceAt(file, next);
    if (!here) throw missingRow(pin, file, next);
    const place = findPlace(here.rows, next);
    const found = here.rows.subarray(place, place + left);
    if (rows === 1 && found[0] !== row) throw missingRow(pin, file, row);
    if (found.length > 0) yield { kind: "source", file, quarantined, here, rows: found };
    left -= found.length;
    next = here.slice.next.row;
  }
}

type Batch = {
  /** False if the step does not belong to it, or it is full. */
  add(step: Step): boolean;
  toUnits(options: UnitOptions): AsyncGenerator<Unit>;
};

function createBatch(first: Step): Batch {
  const steps = [first];
  let bytes = first.quarantined.bytes.length;
  return {
    add(step) {
      if (step.kind !== first.kind || step.file !== first.file || step.here !== first.here) return false;
      if (step.kind !== "source" && (steps.length >= BATCH.lines || bytes >= BATCH.bytes)) return false;
      steps.push(step);
      bytes += step.quarantined.bytes.length;
      return true;
    },
    async *toUnits(options) {
      const lines = steps.map(({ quarantined }) => quarantined);
      if (first.kind === "left") yield { kind: "left", lines };
      else if (first.kind === "kept")
        yield { kind: "kept", task: await toTask(first, toKeptRows(lines), options), lines };
      else {
        const wants = steps.map(({ quarantined, rows }) => ({ quarantined, rows: rows as Uint32Array }));
        const task = await toTask(first, undefined, options);
        yield { kind: "source", task: { ...task, only: wants.flatMap(({ rows }) => [...rows]) }, wants };
      }
    },
  };
}

function toKeptRows(lines: readonly QuarantinedLine[]): KeptRow[] {
  return lines.map(({ line }) => ({ row: line.source.row, raw: toRawRow(line) ?? {} }));
}

/** What was kept of a line's row, as its reader gave it. */
export function toRawRow({ raw, source }: QuarantineLine): RawRow | undefined {
  // The schema knows the row's JSON as unknown; it was written from a row.
  return raw && ({ ...raw, ...(source.bytes && { bytes: source.bytes }) } as RawRow);
}

async function toTask(
  { file, here }: Step,
  kept: readonly KeptRow[] | undefined,
  { found, pin, identify, readJoined }: UnitOptions,
): Promise<SliceTask> {
  const joined = await readJoined(file);
  const slice = here?.slice;
  const payload = slice ? slice.payload : { kind: "kept" as const, rows: kept ?? [] };
  const task = toSliceTask(found, pin, file, payload, joined, 0, slice ? slice.rows : (kept ?? []).length);
  return { ...task, identify };
}

/**
 * Finds the file that a line is of. Lines stand in the order of the files, and a file's rows rise: so where a loader reads
 * one file twice, a row that does not rise is the later reading's.
 */
function createFileFinder(files: readonly SourceFile[]): (quarantined: QuarantinedLine) => number {
  let last = { file: 0, row: -1 };
  return ({ line: { source, loader } }) => {
    const isIts = ({ path, config, split }: SourceFile) =>
      path === source.file && config === source.config && split === source.split;
    const rises = (file: number) => file > last.file || (file === last.file && source.row > last.row);
    const candidates = files.flatMap((file, index) => (isIts(file) ? [index] : []));
    const file = candidates.find(rises) ?? candidates[0];
    if (file === undefined) throw new Error(`[${loader}] quarantine names ${source.file}, which is not pinned`);
    last = { file, row: source.row };
    return file;
  };
}

function missingRow({ dataset, revision, files }: Pin, file: number, row: number): SourceError {
  return new SourceError(
    "malformed",
    `${files[file]?.path} of ${dataset} at ${revision.slice(0, 12)} has no row ${row} now: it is not the file that was read. Get it again, or name another --hub.`,
  );
}
