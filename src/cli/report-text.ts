import { shorten } from "../contract/printable.ts";
import type { Manifest } from "../schema/manifest.ts";
import { type Counts, sumCounts } from "../schema/tally.ts";
import { formatCount, formatTable } from "./format.ts";
import { toLoaderTable } from "./summary.ts";

/** Values of a distribution that are shown; the page and the manifest have more. */
const VALUES_MAX = 8;
const VALUE_CHARS_MAX = 40;

/** A finished run for a terminal. `page` is where its report for a browser lies. */
export function toReportText(manifest: Manifest, page: string): string {
  const { totals, distributions, sources, cost } = manifest;
  const { track, category, provenance_tier, scope_sensitivity, scope_volume, tools } = distributions;
  const all = Object.entries(totals).map(([name, count]) => ["", name, formatCount(count)]);
  return [
    toLoaderTable(manifest),
    "\nTotals\n",
    formatTable(all),
    cost.calls > 0 ? `  spent $${cost.usd} in ${formatCount(cost.calls)} calls\n` : "",
    toShares("Samples by track", track),
    toShares("Samples by category", category),
    toShares("Nodes by provenance tier", provenance_tier),
    toShares("Nodes by scope sensitivity", scope_sensitivity),
    toShares("Nodes by scope volume", scope_volume),
    toShares("Nodes by tool", tools),
    "\nSources\n",
    formatTable(sources.map(({ loader, dataset, revision, license }) => ["", loader, dataset, revision, license])),
    `\nThe same as a page: ${page}\n`,
  ].join("");
}

/** The same for a program: the manifest without its files. */
export function toReportJson(manifest: Manifest, page: string): unknown {
  const { tier, settings, totals, loaders, distributions, duplicates, sources, cost } = manifest;
  const withoutFiles = sources.map(({ files, ...source }) => ({ ...source, files: files.length }));
  return {
    schema: "planstream/report/1",
    page,
    ...{ tier, settings, totals, loaders, distributions, duplicates, sources: withoutFiles, cost },
  };
}

function toShares(title: string, counts: Counts): string {
  const all = sumCounts(counts);
  if (all === 0) return "";
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  const rows = entries.slice(0, VALUES_MAX).map(([value, count]) => {
    const share = `${((100 * count) / all).toFixed(1)} %`;
    return ["", shorten(value, VALUE_CHARS_MAX), formatCount(count), share];
  });
  const more = entries.length - VALUES_MAX;
  return `\n${title}\n${formatTable(rows)}${more > 0 ? `  and ${formatCount(more)} more\n` : ""}`;
}
