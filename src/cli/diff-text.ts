import { shorten, toPrintable } from "../contract/printable.ts";
import type { Move } from "../run/diff/diff-counts.ts";
import type { Change, FolderDiff, LoaderDiff } from "../run/diff/diff-folders.ts";
import { formatCount, formatTable } from "./format.ts";

/** Characters of a value that are shown. */
const VALUE_CHARS_MAX = 60;
/** Files and samples that are named of each kind. */
const SHOWN_MAX = 3;

type Kind = keyof LoaderDiff["by_id"]["examples"];

/** What changed between two runs, for a person: what differs, and nothing else. */
export function toDiffText(diff: FolderDiff): string {
  const { from, to, same, loaders } = diff;
  if (same) return `The same: ${from} and ${to} made the same samples from the same sources.\n`;
  const alike = loaders.filter((loader) => loader.same).length;
  const differing = loaders.filter((loader) => !loader.same);
  return [
    `From ${from} to ${to}:\n`,
    formatTable(Object.entries(diff.totals).map(([name, change]) => ["", name, ...toCountCells(change)])),
    ...toSection("Settings", toMembers(diff.settings)),
    ...(differing.length > 0 ? ["\nSamples, by original_id\n", toSampleTable(differing)] : []),
    ...differing.map(toLoaderText),
    alike > 0 ? `\n${alike === 1 ? "1 loader is" : `${formatCount(alike)} loaders are`} the same.\n` : "",
    ...toSection("Shares that moved most", diff.moved.map(toMoveCells)),
  ].join("");
}

function toSampleTable(loaders: readonly LoaderDiff[]): string {
  const titles = ["loader", "same", "added", "removed", "changed", "of these by where the row lies only"];
  const rows = loaders.map(({ loader, by_id }) => [
    loader,
    ...[by_id.same, by_id.added, by_id.removed, by_id.changed, by_id.changed_in_provenance_only].map(formatCount),
  ]);
  return formatTable([titles, ...rows]);
}

function toLoaderText(diff: LoaderDiff): string {
  const { loader, status, reason, rows_read, dropped, quarantined, source, by_id } = diff;
  const { files, ...facts } = source;
  const rows = [
    ...toMembers({ status, reason, rows_read }),
    ...toMembers(facts),
    ...Object.entries(dropped).map(([code, change]) => ["", `dropped: ${code}`, ...toCountCells(change)]),
    ...Object.entries(quarantined).map(([code, change]) => ["", `quarantined: ${code}`, ...toCountCells(change)]),
    ...Object.entries(by_id.changed_by).map(([aspect, count]) => [
      "",
      `changed: ${aspect}`,
      "",
      "",
      formatCount(count),
    ]),
  ];
  const lists = Object.entries(by_id.examples).flatMap(([kind, ids]) => toListLines(kind, ids, by_id[kind as Kind]));
  return [`\n${loader}\n`, formatTable(rows), ...(files ? toFileLines(files) : []), ...lists].join("");
}

function toSection(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : [`\n${title}\n`, formatTable(rows)];
}

/** Rows for the members that differ. */
function toMembers(members: Readonly<Record<string, Change>>): string[][] {
  return Object.entries(members)
    .filter(([, { from, to }]) => JSON.stringify(from) !== JSON.stringify(to))
    .map(([name, { from, to }]) => ["", name, toValue(from), "→", toValue(to)]);
}

function toCountCells({ from, to }: Change<number>): string[] {
  const by = (to ?? 0) - (from ?? 0);
  const sign = by > 0 ? "+" : by < 0 ? "-" : "";
  const cells = [formatCount(from ?? 0), "→", formatCount(to ?? 0)];
  return by === 0 ? [...cells, ""] : [...cells, `(${sign}${formatCount(Math.abs(by))})`];
}

/** What only one side has. */
function toFileLines({ from, to }: Change): string[] {
  const [was, is] = [new Set(toTexts(from)), new Set(toTexts(to))];
  const [gone, came] = [[...was.difference(is)], [...is.difference(was)]];
  if (gone.length + came.length === 0) return ["  the same files in another order\n"];
  return [...toListLines("files gone", gone), ...toListLines("files new", came)];
}

function toTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** The first of a list, each on a line of its own; `all` is how many there are. */
function toListLines(title: string, texts: readonly string[], all = texts.length): string[] {
  const shown = texts.slice(0, SHOWN_MAX);
  const lines = shown.map((text) => `    ${shorten(toPrintable(text), 2 * VALUE_CHARS_MAX)}\n`);
  const more = all - shown.length;
  if (lines.length === 0) return [];
  return [`  ${title}:\n`, ...lines, ...(more > 0 ? [`    and ${formatCount(more)} more\n`] : [])];
}

function toMoveCells({ distribution, value, from, to }: Move): string[] {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  return ["", distribution, shorten(value, VALUE_CHARS_MAX), percent(from.share), "→", percent(to.share)];
}

function toValue(value: unknown): string {
  if (value === undefined) return "-";
  return shorten(typeof value === "string" ? value : JSON.stringify(value), VALUE_CHARS_MAX);
}
