import type { Quota } from "../hub/quota.ts";
import { isReadable, type Schedule, type ScheduledFile, type ScheduleRow } from "../run/schedule.ts";
import { formatBytes, formatCount, formatSeconds, formatTable } from "./format.ts";

export type ScheduleTextOptions = {
  /** Show each file. */
  readonly files: boolean;
  readonly limit: number | null;
  readonly target: number | null;
};

const COMMIT_DIGITS = 12;
const UNKNOWN = "-";

/** A schedule for a person: a table of loaders, the files if asked for, the totals. */
export function toScheduleText(schedule: Schedule, options: ScheduleTextOptions): string {
  const titles = [...TITLES, options.limit === null ? "rows" : "rows, at most"];
  const parts = [formatTable([titles, ...schedule.rows.map((row) => toCells(row, options.limit))])];
  if (options.files) parts.push("\n", toFileTable(schedule.rows));
  const reasons = schedule.rows.filter(({ reason }) => reason !== undefined);
  if (reasons.length > 0) parts.push("\n");
  for (const { loader, status, reason = "" } of reasons) parts.push(`${loader} ${status}: ${reason}\n`);
  parts.push("\n", toTotalsText(schedule, options));
  return parts.join("");
}

/** The same for a program: whole commits, and files if asked for. */
export function toScheduleJson(
  { rows, totals, quotas }: Schedule,
  { files, limit, target }: ScheduleTextOptions,
): unknown {
  return {
    schema: "planstream/schedule/1",
    limit,
    target,
    loaders: rows.map((row) => ({
      ...row,
      files: row.files.length,
      ...(files && { file_list: row.files.map(toFileJson) }),
    })),
    totals,
    quotas: {
      requests: quotas.requests,
      api: toQuotaJson(quotas.quotas.api),
      resolvers: toQuotaJson(quotas.quotas.resolvers),
      least_seconds: quotas.leastMs / 1000,
    },
  };
}

function toQuotaJson({ requests, windowMs }: Quota): unknown {
  return { requests, window_seconds: windowMs / 1000 };
}

const TITLES = ["loader", "status", "dataset", "commit", "files", "slices", "bytes", "requests"];

function toCells(row: ScheduleRow, limit: number | null): string[] {
  const { loader, status, dataset = UNKNOWN, revision = UNKNOWN, files, slices, bytes, requests } = row;
  const head = [loader, status, dataset, revision.slice(0, COMMIT_DIGITS)];
  if (files.length === 0) return [...head, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN];
  return [
    ...head,
    formatCount(files.length),
    formatCount(slices),
    formatCount(bytes),
    formatCount(requests.listing + requests.reading),
    toRows(limit === null ? row.rows : row.rowsMax),
  ];
}

function toRows(rows: number | null): string {
  return rows === null ? UNKNOWN : formatCount(rows);
}

function toFileTable(rows: readonly ScheduleRow[]): string {
  const titles = ["loader", "config", "split", "format", "slices", "bytes", "rows", "file"];
  const cells = rows.flatMap(({ loader, files }) => files.map((file) => toFileCells(loader, file)));
  return formatTable([titles, ...cells]);
}

function toFileCells(loader: string, file: ScheduledFile): string[] {
  const { config, split, path } = file;
  if (!isReadable(file)) return [loader, config, split, "unreadable", UNKNOWN, UNKNOWN, UNKNOWN, path];
  const { format, slices, bytes, rows } = file;
  return [loader, config, split, format, formatCount(slices), formatCount(bytes), toRows(rows ?? null), path];
}

function toFileJson(file: ScheduledFile): unknown {
  const { path, config, split, size } = file;
  if (!isReadable(file)) return { path, config, split, size, problem: file.problem };
  const { format, slices, bytes, rows } = file;
  return { path, config, split, size, format, slices, bytes, rows: rows ?? null };
}

function toTotalsText({ totals, quotas }: Schedule, { limit, target }: ScheduleTextOptions): string {
  const { loaders, files, slices, bytes } = totals;
  const upTo = limit === null && target === null ? "" : "at most ";
  const lines = [
    `${formatCount(loaders)} loaders would run: ${upTo}${formatCount(files)} files, ${formatCount(slices)} slices, ` +
      `${formatCount(bytes)} bytes to read (${formatBytes(bytes)}), ${toTotalRows(totals)}.`,
    toRequestsText(totals.requests, quotas),
  ];
  if (limit !== null) lines.push(`--limit: at most ${formatCount(limit)} rows per loader.`);
  if (target !== null) lines.push(`--target: the run ends when ${formatCount(target)} samples are made.`);
  return `${lines.join("\n")}\n`;
}

/** A storage host counts nothing; a directory needs no requests, but a run on the Hub would. */
function toRequestsText(total: number, { requests, quotas, leastMs }: Schedule["quotas"]): string {
  const toPart = (count: number, { requests: most, windowMs }: Quota) =>
    `${formatCount(count)} of ${formatCount(most)} in ${formatCount(windowMs / 1000)} s`;
  const wait = leastMs === 0 ? "no wait for a quota" : `at least ${formatSeconds(leastMs / 1000)} for the quotas`;
  return (
    `About ${formatCount(total)} HTTP requests: API ${toPart(requests.api, quotas.api)}, resolvers ${toPart(requests.resolvers, quotas.resolvers)}, ` +
    `storage hosts ${formatCount(requests.storage)}; ${wait}.`
  );
}

function toTotalRows({ rowsKnown, rowsMax, loadersWithUnknownRows: unknown }: Schedule["totals"]): string {
  if (unknown === 0) return `${formatCount(rowsKnown)} rows`;
  if (rowsMax !== null) return `at most ${formatCount(rowsMax)} rows`;
  return `${formatCount(rowsKnown)} rows and those of ${formatCount(unknown)} loaders whose files don't tell`;
}
