import { shorten, toPrintable } from "../contract/printable.ts";
import type { Check } from "../run/trace/checks.ts";
import type { SourceRow } from "../run/trace/read-row.ts";
import type { Remade, StageEffect } from "../run/trace/remake.ts";
import type { Trace } from "../run/trace/trace-samples.ts";
import { formatCount, formatTable } from "./format.ts";

/** Characters of a string and lines of a value that are shown without --full. */
const CHARS_MAX = 160;
const LINES_MAX = 40;
/** Characters of a value in a stage's line. */
const CHANGE_CHARS_MAX = 80;

/** A sample's way back for a person, from the dataset down to the hashes. `full`: rows and samples whole. */
export function toTraceText(trace: Trace, { full }: { readonly full: boolean }): string {
  const { found, row, remade } = trace;
  return [
    `${toPrintable(found.sample.original_id)}${found.node === undefined ? "" : `, node ${found.node}`}\n`,
    formatTable(toPlaces(trace)),
    "\nrow\n",
    "unread" in row ? `  not read again: ${toPrintable(row.unread)}\n` : toBlock(row.value, full),
    ...(remade ? toSteps(remade, full) : []),
    "\nsample\n",
    toBlock(found.sample, full),
    "\nchecks\n",
    formatTable(trace.checks.map(toCheckCells)),
    `\n${VERDICTS[trace.verdict]}\n`,
  ].join("");
}

/** The same for a program. */
export function toTraceJson(traces: readonly Trace[]): unknown {
  return {
    schema: "planstream/trace/1",
    traces: traces.map(({ found, source, file, code, row, remade, checks, verdict }) => {
      const { sample, bytes: _bytes, ...place } = found;
      return { id: sample.original_id, ...place, source, file, code, row, remade, sample, checks, verdict };
    }),
  };
}

const VERDICTS: Readonly<Record<Trace["verdict"], string>> = {
  match: "match: the row gives this sample, and every hash is right",
  mismatch: "mismatch: see above; `planstream verify` checks the whole folder",
  unchecked: "unchecked: nothing is wrong, but not everything could be checked; see above",
};

function toPlaces({ found, source, file, code, row }: Trace): string[][] {
  const { config, split, row: index } = found.sample.metadata.source;
  const identity = file.sha256 ? `, sha256 ${file.sha256}` : file.etag ? `, git ${file.etag}` : "";
  const instead = source.fallback_for === undefined ? "" : `, in place of ${source.fallback_for}`;
  return [
    ["sample", `${found.part} line ${formatCount(found.line)}`],
    ["loader", `${found.loader}, code ${code.made.slice(0, 12)}${toCodeNow(code)}`],
    ["dataset", `${source.dataset} at ${source.revision}, licence ${source.license}${instead}`],
    ["split", `${config} / ${split}`],
    ["file", `${file.path}, ${formatCount(file.size)} bytes${identity}`],
    ...(file.joined ? [["joined", `${file.joined.path}, ${formatCount(file.joined.size)} bytes`]] : []),
    ["row", `${formatCount(index)}${"unread" in row ? "" : toPosition(row)}`],
    ["columns", source.columns.join(", ")],
  ];
}

function toCodeNow({ made, now }: Trace["code"]): string {
  if (now === undefined) return "; there is no such loader now";
  return now === made ? ", the same now" : `; now ${now.slice(0, 12)}`;
}

function toPosition({ format, rowGroup, bytes }: SourceRow): string {
  if (rowGroup) {
    const [start, end] = rowGroup.rows;
    return ` of ${format}, row group ${rowGroup.index} (rows ${formatCount(start)} to ${formatCount(end - 1)})`;
  }
  return bytes ? ` of ${format}, bytes ${formatCount(bytes[0])} to ${formatCount(bytes[1])}` : ` of ${format}`;
}

function toSteps({ draft, stages, why }: Remade, full: boolean): string[] {
  return [
    "\ndraft, as the loader makes it now\n",
    draft ? toBlock(draft, full) : "  none\n",
    ...stages.map(toStageText),
    ...(why === undefined ? [] : [`\ntoday's code makes no such sample: ${toPrintable(why)}\n`]),
  ];
}

function toStageText({ name, version, changes, dropped }: StageEffect): string {
  const title = `\nstage ${toPrintable(name)}, version ${version}${dropped === undefined ? "" : `: drops it as ${toPrintable(dropped)}`}\n`;
  if (changes.length === 0) return dropped === undefined ? `${title}  changes nothing\n` : title;
  const rows = changes.map(({ node, member, before, after }) => [
    node === undefined ? "  plan" : `  n${node}`,
    member,
    toValue(before),
    "→",
    toValue(after),
  ]);
  return title + formatTable(rows);
}

function toValue(value: unknown): string {
  return value === undefined ? "-" : shorten(JSON.stringify(value), CHANGE_CHARS_MAX);
}

function toCheckCells({ what, node, result, stored, found, why }: Check): string[] {
  const value = result === "mismatch" && found !== undefined ? `is ${stored}, but ${found} was found` : (stored ?? "");
  const text = why === undefined ? value : value === "" ? why : `${value}: ${why}`;
  return [`  ${result}`, node === undefined ? what : `${what} of n${node}`, text];
}

/** A value as indented JSON, each line safe to show; strings and lines beyond the limits are cut unless `full`. */
function toBlock(value: unknown, full: boolean): string {
  const text = JSON.stringify(value, full ? undefined : (_key, inner) => toShort(inner), 2);
  const lines = text.split("\n");
  const shown = full ? lines : lines.slice(0, LINES_MAX);
  const more = lines.length - shown.length;
  const rest = more > 0 ? `  … ${formatCount(more)} more lines; --full shows them\n` : "";
  return shown.map((line) => `  ${toPrintable(line)}\n`).join("") + rest;
}

function toShort(value: unknown): unknown {
  return typeof value === "string" ? shorten(value, CHARS_MAX) : value;
}
