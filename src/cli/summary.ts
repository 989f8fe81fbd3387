import type { Tier1Result } from "../run/tier1.ts";
import type { Manifest } from "../schema/manifest.ts";
import { sumCounts } from "../schema/tally.ts";
import { formatBytes, formatCount, formatTable } from "./format.ts";

/** What a person reads when a run has ended. */
export function toSummaryText(result: Tier1Result, output: string): string {
  const { kind, manifest, moved, changed, replayed, unchecked } = result;
  if (result.budget) {
    return `Stopped: ${result.budget.message}\nWhat was made and paid for is safe in ${output}; the same command with a higher --max-cost and --raise-cap goes on from there.\n`;
  }
  if (!manifest) return `Interrupted. What was made is safe in ${output}; the same command goes on from there.\n`;
  const lines = [toLoaderTable(manifest), `\n${toHeadline(manifest, kind, output)}\n`];
  for (const { id, from, to } of moved) {
    lines.push(
      `${id} has moved from ${from.slice(0, 12)} to ${to.slice(0, 12)}. --update makes its samples anew; the other parts stay.\n`,
    );
  }
  for (const id of changed) {
    lines.push(
      replayed.includes(id)
        ? `The code of ${id} has changed since; its quarantine was replayed with it. --update makes all of its samples anew.\n`
        : `The code of ${id} has changed since. --update makes its samples anew.\n`,
    );
  }
  for (const { id, reason } of unchecked) lines.push(`Not checked whether ${id} has moved: ${reason}\n`);
  return lines.join("");
}

/** The same for a program: totals and loaders as in the manifest, and what a start found out. */
export function toJsonSummary({ kind, manifest, moved, changed, replayed, unchecked }: Tier1Result): unknown {
  const { totals, loaders, parts, cost } = manifest ?? {};
  return { result: kind, totals, loaders, parts, cost, moved, changed, replayed, unchecked };
}

/** The loaders that had a part in it; those that were left out by an option are only counted. */
export function toLoaderTable({ loaders }: Manifest): string {
  const taking = Object.entries(loaders).filter(([, { status }]) => status !== "excluded");
  const left = Object.keys(loaders).length - taking.length;
  const rows = taking.map(([id, loader]) => [
    id,
    loader.status,
    formatCount(loader.rows_read),
    formatCount(loader.samples),
    formatCount(sumCounts(loader.dropped)),
    formatCount(sumCounts(loader.quarantined)),
    toReason(loader),
  ]);
  const table = formatTable([["loader", "status", "rows", "samples", "dropped", "quarantined", ""], ...rows]);
  return left > 0 ? `${table}(${left} more excluded)\n` : table;
}

function toReason({ reason, dropped, quarantined }: Manifest["loaders"][string]): string {
  if (reason !== undefined) return reason.length > 100 ? `${reason.slice(0, 100)}…` : reason;
  return Object.entries({ ...dropped, ...quarantined })
    .map(([code, count]) => `${code} ${formatCount(count)}`)
    .join(", ");
}

function toHeadline({ totals, parts }: Manifest, kind: Tier1Result["kind"], output: string): string {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const made = `${formatCount(totals.samples)} samples of ${formatCount(totals.rows_read)} rows in ${formatCount(parts.length)} parts (${formatBytes(bytes)})`;
  return kind === "unchanged"
    ? `Nothing to do: ${output} is finished. It holds ${made}.`
    : `Done: ${made} in ${output}.`;
}
