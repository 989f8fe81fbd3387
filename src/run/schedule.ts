import type { FormatName } from "../formats/row-file.ts";
import { WHOLE_FILE_BYTES } from "../hub/checked-source.ts";
import { ANONYMOUS_QUOTAS, type Quotas, toLeastMs } from "../hub/quota.ts";
import type { ListedFile, SourceFile } from "../schema/journal.ts";
import type { Idle } from "./manifest.ts";

/** What opening a file of rows tells of it, without reading a row. */
export type OpenedFile = SourceFile & {
  readonly format: FormatName;
  readonly slices: number;
  /** Bytes that reading all slices fetches. */
  readonly bytes: number;
  /** Where the format says so before the rows are read (parquet). */
  readonly rows: number | undefined;
  /** Ranged reads that opening it took. */
  readonly openReads: number;
};

/** A file that can't be read as rows: a run puts it into quarantine and fails its loader. */
export type UnreadableFile = SourceFile & { readonly problem: string; readonly openReads: number };

export type ScheduledFile = OpenedFile | UnreadableFile;

/** A loader that would run, its dataset pinned and its files opened as far as --limit reads. */
export type OpenedLoader = {
  readonly id: string;
  readonly dataset: string;
  readonly revision: string;
  /** Files and folders of the dataset, wanted or not: what a listing has to page through. */
  readonly entries: number;
  readonly samplesMax: number | undefined;
  readonly files: readonly ScheduledFile[];
  /** Files that --limit leaves unread. */
  readonly filesBeyondLimit: number;
};

/** A loader that would run, if its source could be reached. */
export type UnopenedLoader = {
  readonly id: string;
  readonly dataset: string;
  readonly status: "gated" | "failed";
  readonly reason: string;
};

export type ScheduleEntry = OpenedLoader | UnopenedLoader | Idle;

/** What would be read of one loader's dataset. Counts are upper bounds when --limit or --target caps the loader. */
export type ScheduleRow = {
  readonly loader: string;
  readonly status: "runs" | "excluded" | "disabled" | "gated" | "failed";
  readonly reason?: string;
  readonly dataset?: string;
  readonly revision?: string;
  readonly files: readonly ScheduledFile[];
  readonly slices: number;
  readonly bytes: number;
  /** Rows in the files, where every format says so. */
  readonly rows: number | null;
  /** At most so many rows are read: the rows there are, or --limit; null if neither is known. */
  readonly rowsMax: number | null;
  readonly samplesMax: number | null;
  /** HTTP requests that listing takes, and reading; a link that the hub signs is one more per file. */
  readonly requests: { readonly listing: number; readonly reading: number };
  /** The same, by who counts them. */
  readonly requestsBy: RequestsBy;
};

/** Requests by the quota of the Hub that they count against; those to storage hosts count against none. */
export type RequestsBy = { readonly api: number; readonly resolvers: number; readonly storage: number };

export type ScheduleTotals = {
  readonly loaders: number;
  readonly files: number;
  readonly slices: number;
  readonly bytes: number;
  /** Rows of the loaders whose formats tell them, after --limit. */
  readonly rowsKnown: number;
  /** Loaders whose rows nobody knows before they are read. */
  readonly loadersWithUnknownRows: number;
  /** At most so many rows in all; null if a loader has no bound. */
  readonly rowsMax: number | null;
  readonly requests: number;
};

export type Schedule = {
  readonly rows: readonly ScheduleRow[];
  readonly totals: ScheduleTotals;
  readonly quotas: ScheduleQuotas;
};

/** All requests by quota, what the quotas are, and the least time in which they let a run's requests through. */
export type ScheduleQuotas = {
  readonly requests: RequestsBy;
  readonly quotas: Quotas;
  readonly leastMs: number;
};

/** Entries of a dataset's tree that the Hub lists per page (its documented limit for recursive listings). */
const TREE_PAGE_ENTRIES = 1_000;

/** Puts together what a run would read, by loader id. `limit`: rows per loader. `quotas`: what the hub lets through. */
export function toSchedule(
  entries: readonly ScheduleEntry[],
  limit: number | null,
  quotas: Quotas = ANONYMOUS_QUOTAS,
): Schedule {
  const rows = entries.map((entry) => toRow(entry, limit)).sort((a, b) => (a.loader < b.loader ? -1 : 1));
  const totals = toTotals(rows);
  const resolvers = sum(rows, ({ requestsBy }) => requestsBy.resolvers);
  const storage = sum(rows, ({ requestsBy }) => requestsBy.storage);
  // What is left of the total is the listings, each dataset's once.
  const requests = { api: totals.requests - resolvers - storage, resolvers, storage };
  const leastMs = Math.max(toLeastMs(requests.api, quotas.api), toLeastMs(resolvers, quotas.resolvers));
  return { rows, totals, quotas: { requests, quotas, leastMs } };
}

export function isReadable(file: ScheduledFile): file is OpenedFile {
  return "format" in file;
}

function toRow(entry: ScheduleEntry, limit: number | null): ScheduleRow {
  if (!("files" in entry)) {
    const { id, status, reason } = entry;
    const dataset = "dataset" in entry ? { dataset: entry.dataset } : {};
    return { ...NOTHING, loader: id, status, ...(reason !== undefined && { reason }), ...dataset };
  }
  const { id, dataset, revision, files, filesBeyondLimit } = entry;
  const readable = files.filter(isReadable);
  const isWhole = filesBeyondLimit === 0 && readable.length === files.length;
  const rows =
    isWhole && readable.every((file) => file.rows !== undefined) ? sum(readable, (file) => file.rows ?? 0) : null;
  const slices = sum(readable, (file) => file.slices);
  const listing = 1 + Math.max(1, Math.ceil(entry.entries / TREE_PAGE_ENTRIES));
  const reads = files.map(countReads);
  const [resolvers, storage] = [sum(reads, (count) => count.resolvers), sum(reads, (count) => count.storage)];
  return {
    loader: id,
    ...toStatus(files),
    dataset,
    revision,
    files,
    slices,
    bytes: sum(readable, (file) => file.bytes),
    rows,
    rowsMax: limit === null ? rows : Math.min(limit, rows ?? limit),
    samplesMax: entry.samplesMax ?? null,
    requests: { listing, reading: resolvers + storage },
    requestsBy: { api: listing, resolvers, storage },
  };
}

/** Requests that reading a file takes, and the file that completes it. */
function countReads(file: ScheduledFile): { resolvers: number; storage: number } {
  const slices = isReadable(file) ? file.slices : 0;
  const own = toRequests(file, file.openReads + slices);
  const other = file.joined ? toRequests(file.joined, 1) : NO_READS;
  return { resolvers: own.resolvers + other.resolvers, storage: own.storage + other.storage };
}

const NO_READS = { resolvers: 0, storage: 0 };

/** A small file is read at once. One in LFS lies on a storage host, to which the hub signs a link; others the hub sends itself. */
function toRequests({ size, etag }: ListedFile, reads: number): { resolvers: number; storage: number } {
  const ranges = size === 0 ? 0 : size <= WHOLE_FILE_BYTES ? 1 : reads;
  if (etag !== undefined) return { resolvers: ranges, storage: 0 };
  return { resolvers: ranges === 0 ? 0 : 1, storage: ranges };
}

const NOTHING = {
  files: [],
  slices: 0,
  bytes: 0,
  rows: null,
  rowsMax: null,
  samplesMax: null,
  requests: { listing: 0, reading: 0 },
  requestsBy: { api: 0, resolvers: 0, storage: 0 },
};

/** A run reads the other files of such a loader, and then counts it as failed. */
function toStatus(files: readonly ScheduledFile[]): { status: "runs" | "failed"; reason?: string } {
  const unreadable = files.filter((file): file is UnreadableFile => !isReadable(file));
  const [first] = unreadable;
  if (!first) return { status: "runs" };
  return { status: "failed", reason: `${unreadable.length} of ${files.length} files can't be read: ${first.problem}` };
}

function toTotals(rows: readonly ScheduleRow[]): ScheduleTotals {
  const reading = rows.filter(({ files }) => files.length > 0);
  // Two loaders of one dataset list it once.
  const listings = new Map(
    reading.map(({ dataset, revision, requests }) => [`${dataset}@${revision}`, requests.listing]),
  );
  return {
    loaders: rows.filter(({ status }) => status === "runs").length,
    files: sum(reading, ({ files }) => files.length),
    slices: sum(reading, ({ slices }) => slices),
    bytes: sum(reading, ({ bytes }) => bytes),
    rowsKnown: sum(reading, ({ rows: known, rowsMax }) => (known === null ? 0 : (rowsMax ?? 0))),
    loadersWithUnknownRows: reading.filter((row) => row.rows === null).length,
    rowsMax: reading.some(({ rowsMax }) => rowsMax === null) ? null : sum(reading, ({ rowsMax }) => rowsMax ?? 0),
    requests: sum([...listings.values()], (count) => count) + sum(reading, ({ requests }) => requests.reading),
  };
}

function sum<T>(items: readonly T[], toNumber: (item: T) => number): number {
  return items.reduce((total, item) => total + toNumber(item), 0);
}
