import { shorten, toPrintable } from "../contract/printable.ts";
import type { LoaderQuarantine, QuarantineReason } from "../run/list-quarantine.ts";
import type { QuarantinedLine } from "../run/replay/quarantined-lines.ts";
import type { ReplayResult } from "../run/replay/replay.ts";
import type { ReplayedLoader } from "../run/replay/replayed-loader.ts";
import { type Counts, sumCounts } from "../schema/tally.ts";
import { formatCount, formatTable } from "./format.ts";

/** Characters of a message in a table. */
const MESSAGE_CHARS = 100;

/** A table of reasons, and what the first row of each failed for. */
export function toListText(loaders: readonly LoaderQuarantine[], reasons: readonly QuarantineReason[]): string {
  const rows = sumRows(loaders);
  if (rows === 0) return "Nothing is in quarantine.\n";
  const titles = ["loader", "reason", "stage", "rows", "of all", "first", "why"];
  const table = formatTable([
    titles,
    ...reasons.map(({ loader, reason, stage, rows, share, example }) => [
      loader,
      reason,
      stage,
      formatCount(rows),
      toPercent(share),
      toPrintable(`${example.file} row ${example.row}`),
      toPrintable(shorten(example.message, MESSAGE_CHARS)),
    ]),
  ]);
  const concerned = loaders.filter((loader) => sumCounts(loader.rows) > 0).length;
  return `${table}\n${formatCount(rows)} rows of ${concerned} ${concerned === 1 ? "loader" : "loaders"} are in quarantine.\n`;
}

/** The same for a program. */
export function toListJson(loaders: readonly LoaderQuarantine[], reasons: readonly QuarantineReason[]): unknown {
  return {
    schema: "planstream/quarantine-list/1",
    rows: sumRows(loaders),
    loaders: loaders.map(({ id, rowsRead, rows, files }) => ({
      loader: id,
      rows_read: rowsRead,
      quarantined: sumCounts(rows),
      files: files.map(({ path }) => path),
    })),
    reasons,
  };
}

/** One line of quarantine for a person: what was wrong, where the row is, and the row. */
export function toLineText(path: string, { number, line }: QuarantinedLine): string {
  const { source, loader, reason, stage, message } = line;
  const rows = source.rows === 1 ? `row ${source.row}` : `rows ${source.row} and on, ${source.rows} in all,`;
  const head = [
    `${loader}: ${reason} at stage ${stage}, ${rows} of ${source.file} (${source.config}/${source.split})`,
    `${source.dataset} at ${source.revision.slice(0, 12)}; kept in ${path} line ${number}`,
    message,
  ];
  return `${head.map(toPrintable).join("\n")}\n${toRawText(line.raw)}`;
}

/** What was kept of a row, over several lines where it is JSON. */
function toRawText(raw: QuarantinedLine["line"]["raw"]): string {
  if (!raw) return "(nothing was kept of it)\n";
  const cut = raw.truncated ? "(only its beginning was kept)\n" : "";
  if (raw.json !== undefined) return `${JSON.stringify(raw.json, null, 2)}\n${cut}`;
  if (raw.text === undefined) return `base64 of what is not UTF-8: ${raw.base64}\n${cut}`;
  return `${toPretty(raw.text) ?? toPrintable(raw.text)}\n${cut}`;
}

function toPretty(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch (error) {
    // Not JSON, which is why it may be here; or nested too deep to be shown otherwise than as it is.
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What a person reads when a replay has ended. */
export function toReplayText({ kind, loaders, unread }: ReplayResult, folder: string): string {
  const lines: string[] = [];
  if (loaders.length > 0) lines.push(toReplayTable(loaders), "\n");
  for (const { status, reason } of loaders) if (status !== "ok" && reason) lines.push(`${toPrintable(reason)}\n`);
  for (const { id, filesUnreadable } of loaders) {
    if (filesUnreadable === 0) continue;
    lines.push(
      `[${id}] ${formatCount(filesUnreadable)} of these stand for files that could not be opened, each as one row. A replay can't know their rows: \`tier1 --update\`, once the dataset has moved, or \`tier1 --fresh\` reads them.\n`,
    );
  }
  for (const { reason, id } of unread)
    lines.push(`[${id}] left as it was, because rows must be read again: ${toPrintable(reason)}\n`);
  if (unread.length > 0)
    lines.push("Try again later, name another --hub, or take --offline for what was kept whole.\n");
  return `${lines.join("")}${toHeadline(kind, loaders, folder)}\n`;
}

/** The same for a program. */
export function toReplayJson({ kind, loaders, unread }: ReplayResult): unknown {
  return {
    schema: "planstream/replay/1",
    result: kind,
    loaders: Object.fromEntries(
      loaders.map(({ id, generation, filesUnreadable, ...loader }) => [
        id,
        { generation: generation ?? null, ...loader, files_unreadable: filesUnreadable },
      ]),
    ),
    unread,
  };
}

function toReplayTable(loaders: readonly ReplayedLoader[]): string {
  const titles = ["loader", "status", "replayed", "samples", "dropped", "failed again", "in quarantine", ""];
  return formatTable([
    titles,
    ...loaders.map(({ id, status, rows, samples, dropped, failed, quarantined }) => [
      id,
      status,
      formatCount(rows),
      formatCount(samples),
      formatCount(sumCounts(dropped)),
      formatCount(sumCounts(failed)),
      formatCount(sumCounts(quarantined)),
      toCountsText({ ...dropped, ...quarantined }),
    ]),
  ]);
}

function toHeadline(kind: ReplayResult["kind"], loaders: readonly ReplayedLoader[], folder: string): string {
  if (kind === "interrupted")
    return `Interrupted. What was replayed is safe in ${folder}; the same command goes on from there.`;
  if (kind === "unchanged" && loaders.length === 0) return `Nothing to replay in ${folder}.`;
  if (kind === "unchanged") return `Every row failed again as before: ${folder} is as it was.`;
  const rows = loaders.reduce((sum, loader) => sum + loader.rows, 0);
  const samples = loaders.reduce((sum, loader) => sum + loader.samples, 0);
  return `Done: ${formatCount(rows)} rows were replayed and gave ${formatCount(samples)} samples, which are in ${folder}.`;
}

function toCountsText(counts: Counts): string {
  return Object.entries(counts)
    .map(([code, count]) => `${code} ${formatCount(count)}`)
    .join(", ");
}

function sumRows(loaders: readonly LoaderQuarantine[]): number {
  return loaders.reduce((sum, { rows }) => sum + sumCounts(rows), 0);
}

function toPercent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
