import { type Columns, SourceError, toColumns } from "#contract";
import type { Hub, HubFile } from "../../hub/hub.ts";
import { createSlicePool } from "../../pool/slice-pool.ts";
import type { ListedFile } from "../../schema/journal.ts";
import type { Manifest, Replayed } from "../../schema/manifest.ts";
import { toCodeSha256 } from "../code-digest.ts";
import { type FoundLoader, importLoader, type LoaderFile, listLoaderFiles } from "../discover.ts";
import { fromColumnPaths, toColumnPaths } from "../manifest.ts";
import type { Findings } from "./findings.ts";
import type { Reference } from "./reference.ts";
import { checkRows } from "./rows.ts";

/** A loader whose source could not be read again, and why. */
export type UncheckedSource = { readonly loader: string; readonly reason: string };

export type SourceOptions = {
  readonly root: string;
  readonly hub: Hub;
  readonly workers: number;
  readonly directory: string;
  readonly reference: Reference;
  readonly findings: Findings;
  readonly notes: string[];
};

type Source = Manifest["sources"][number];

/**
 * Reads the rows again that the samples were made from, at the commits they were made from, and compares their hashes.
 * Returns the loaders for which that could not be done.
 */
export async function checkSources(options: SourceOptions): Promise<UncheckedSource[]> {
  const { root, reference, workers, hub } = options;
  const sources = reference.manifest?.sources;
  if (!sources)
    return [{ loader: "all loaders", reason: "manifest.json can't be read, so their columns are not known" }];
  const files = new Map((await listLoaderFiles(root)).map((file) => [file.id, file]));
  // All at once: a hub that can't be reached is waited for once, not once per loader.
  const readied = await Promise.all(
    sources.map((source) => {
      const runs = toRuns(source, replayedOf(reference, source));
      return ready({ ...source, runs }, files.get(source.loader), root, hub, (now) => whyNotComparable(now, runs));
    }),
  );
  const pool = createSlicePool(workers);
  const unchecked: UncheckedSource[] = [];
  try {
    for (const [place, source] of sources.entries()) {
      const { loader } = source;
      const own = readied[place] as Readied;
      if (own.kind === "unchecked") {
        unchecked.push({ loader, reason: own.reason });
        continue;
      }
      const replayed = replayedOf(reference, source);
      const runs = toRuns(source, replayed);
      const isSame = runs.every((run) => readsSame(own.columns, run));
      if (own.hasChanged)
        options.notes.push(`the code of ${loader} has changed since. ${isSame ? COMPARABLE : COMPARED}`);
      reportListing(source, own.files, options.findings);
      const columns = runs.map((run) => (readsSame(own.columns, run) ? own.columns : fromColumnPaths(run.columns)));
      const reason = await whyUnread(() => checkRows({ ...options, ...own, columns, replayed, source, pool }));
      if (reason !== undefined) unchecked.push({ loader, reason });
    }
  } finally {
    await pool.close();
  }
  return unchecked;
}

const COMPARABLE = "It still reads the same columns, so its rows can be compared.";
const COMPARED = "It reads other columns now; its rows were compared by those that the manifest names.";
const NO_LOADER = "there is no such loader any more, and without it nobody knows how to read its rows";

/** A source that can be read again, or why not. */
export type Readied =
  | { readonly kind: "unchecked"; readonly reason: string }
  | {
      readonly kind: "ready";
      readonly found: FoundLoader;
      readonly columns: Columns;
      /** The loader's code is not what it was. */
      readonly hasChanged: boolean;
      /** The source's files as the hub lists them now; undefined for one that is gone. */
      readonly files: readonly (HubFile | undefined)[];
    };

/** What it takes to read a source again, or why that can't be done. `file` is its loader's, if there still is one. */
export async function readySource(
  source: Source,
  file: LoaderFile | undefined,
  root: string,
  hub: Hub,
): Promise<Readied> {
  return ready({ ...source, runs: [source] }, file, root, hub, (now) => whyOtherColumns(now, source));
}

/** The code that made a run of samples, and what it read of a row. */
type Run = Pick<Source, "code_sha256" | "columns">;

/** What made a loader's samples: the run, then each of its replays. */
function toRuns(source: Source, replayed: readonly Replayed[]): Run[] {
  return [source, ...replayed];
}

function replayedOf({ manifest }: Reference, { loader }: Source): readonly Replayed[] {
  return manifest?.loaders[loader]?.replayed ?? [];
}

/** Rows can be read by the columns that the manifest names, unless it is unclear which those are. */
function whyNotComparable(now: Columns, runs: readonly Run[]): string | undefined {
  const other = runs.find((run) => !readsSame(now, run));
  return other && hasDottedName(now) ? whyOtherColumns(now, other) : undefined;
}

function whyOtherColumns(columns: Columns, run: Run): string | undefined {
  if (readsSame(columns, run)) return undefined;
  const [now, then] = [toColumnPaths(columns), run.columns].map((paths) => paths.join(", "));
  return `the loader reads other columns now (${now}) than then (${then}), so its row hashes are others. Verify with the version that made the folder.`;
}

function readsSame(now: Columns, run: Run): boolean {
  return toColumnPaths(now).join("\n") === run.columns.join("\n");
}

/** Such a name makes a path that can't be told from one of two names. */
function hasDottedName(columns: Columns): boolean {
  return columns !== true && [...columns].some(([name, need]) => name.includes(".") || hasDottedName(need.columns));
}

async function ready(
  source: Source & { readonly runs: readonly Run[] },
  file: LoaderFile | undefined,
  root: string,
  hub: Hub,
  whyNot: (columns: Columns) => string | undefined,
): Promise<Readied> {
  if (!file) return { kind: "unchecked", reason: NO_LOADER };
  const found = await importLoader(file);
  const columns = toColumns(found.loader.row);
  const incomparable = whyNot(columns);
  if (incomparable !== undefined) return { kind: "unchecked", reason: incomparable };
  const codeSha256 = await toCodeSha256(root, [file.path, file.trackPath]);
  const hasChanged = source.runs.every(({ code_sha256 }) => code_sha256 !== codeSha256);
  let files: readonly (HubFile | undefined)[] = [];
  const reason = await whyUnread(async () => {
    files = await listFiles(source, hub);
  });
  return reason === undefined ? { kind: "ready", found, columns, hasChanged, files } : { kind: "unchecked", reason };
}

async function listFiles({ dataset, revision, files }: Source, hub: Hub): Promise<(HubFile | undefined)[]> {
  const wanted = new Set(files.map(({ path }) => path));
  const listed = await hub.list(dataset, revision, (path) => wanted.has(path));
  return files.map(({ path }) => listed.find((file) => file.path === path));
}

/** Why a source could not be read, or undefined if it could. */
async function whyUnread(read: () => Promise<void>): Promise<string | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    if (error instanceof SourceError) return error.message;
    throw error;
  }
}

/** Compares the files as the hub lists them with the manifest. */
function reportListing(source: Source, listed: readonly (HubFile | undefined)[], findings: Findings): void {
  const { loader, dataset, revision } = source;
  for (const [place, file] of source.files.entries()) {
    const subject = `${loader}: ${file.path} of ${dataset} at ${revision.slice(0, 12)}`;
    for (const what of listFileProblems(file, listed[place])) {
      findings.add({ file: "manifest.json", what: `${subject} ${what}` });
    }
  }
}

/** In what a file as the hub lists it now (undefined if it doesn't) differs from what the manifest says of it. */
export function listFileProblems(file: ListedFile, now: HubFile | undefined): string[] {
  if (!now) return ["is not in the source"];
  const problems: string[] = [];
  if (now.size !== file.size) problems.push(`has ${now.size} bytes in the source; the manifest says ${file.size}`);
  // A hub knows a file by one of the two; what only one side knows can't be compared.
  for (const key of ["sha256", "etag"] as const) {
    if (now[key] === undefined || file[key] === undefined || now[key] === file[key]) continue;
    problems.push(`has the ${key} ${now[key]} in the source; the manifest says ${file[key]}`);
  }
  return problems;
}
