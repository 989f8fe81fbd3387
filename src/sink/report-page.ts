import { hash } from "node:crypto";
import { shorten } from "../contract/printable.ts";
import type { Manifest } from "../schema/manifest.ts";
import { sumCounts } from "../schema/tally.ts";
import { formatCount } from "./format-count.ts";
import { asHtml, type Html, html } from "./html.ts";
import { toDistributions, toTierBar } from "./report-bars.ts";
import { toMutationTables } from "./report-mutations.ts";
import { REPORT_STYLE } from "./report-style.ts";

/** Of each loader, what was wrong with the first row that was quarantined for each reason. */
export type Examples = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** What the page tells of: a manifest without what it says of the page itself. */
export type ReportedManifest = Omit<Manifest, "card" | "report">;

/**
 * The report of a run as one HTML page: no script, nothing loaded from elsewhere, the same bytes for the same run. Its
 * policy allows its own style and nothing else, so even what slipped through the escaping could do nothing.
 */
export function toReportPage(manifest: ReportedManifest, examples: Examples): string {
  const title = `${TITLES[manifest.tier]}, ${manifest.tier}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${asHtml(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${asHtml(REPORT_STYLE)}</style>
</head>
<body>
<h1>${title}</h1>
<p class="soft">Made by planstream. <code>manifest.json</code> holds all of this for programs; <code>planstream verify</code> checks the folder against it.</p>
${toTotals(manifest)}
${toMutationTables(manifest)}
${toLoaders(manifest)}
${toLeftOut(manifest, examples)}
${toDistributions(manifest)}
${toSources(manifest)}
${toSettings(manifest)}
</body>
</html>
`.html;
}

const POLICY = `default-src 'none'; style-src 'sha256-${hash("sha256", REPORT_STYLE, "base64")}'; base-uri 'none'; form-action 'none'`;
const TITLES = { tier1: "ExecutionPlan samples", tier2: "Expert negatives", tier3: "Near misses" } as const;
const STATUS_CLASSES = { ok: "ok", failed: "bad", gated: "bad", disabled: "soft", excluded: "soft" } as const;
/** Characters of an example that are shown; the whole row is in quarantine. */
const EXAMPLE_CHARS_MAX = 300;

function toTotals({ totals, parts, cost }: ReportedManifest): Html {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const cells: [string, string][] = [
    ["samples", formatCount(totals.samples)],
    ["rows read", formatCount(totals.rows_read)],
    ["dropped on purpose", formatCount(totals.dropped)],
    ["quarantined", formatCount(totals.quarantined)],
    ["parts", formatCount(parts.length)],
    ["bytes in parts", formatCount(bytes)],
    ["spent, USD", String(cost.usd)],
  ];
  const extra = totals.added > 0 ? ` and ${formatCount(totals.added)} more that rows of several plans gave` : "";
  return html`<dl class="totals">
${cells.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
<p class="soft">Every row is accounted for: the rows read${extra} are the samples, the dropped and the quarantined.</p>`;
}

function toLoaders(manifest: ReportedManifest): Html {
  const entries = Object.entries(manifest.loaders);
  const taking = entries.filter(([, { status }]) => status !== "excluded");
  const left = entries.length - taking.length;
  return html`<h2>Loaders</h2>
<div class="wide"><table>
<tr><th>loader</th><th>status</th><th class="n">rows</th><th class="n">samples</th><th class="n">dropped</th><th class="n">quarantined</th><th>nodes by tier 1, 2, 3</th></tr>
${taking.map(([id, loader]) => toLoaderRow(manifest, id, loader))}</table></div>
${left > 0 ? html`<p class="soft">${formatCount(left)} more were excluded by the settings.</p>` : ""}`;
}

function toLoaderRow(manifest: ReportedManifest, id: string, loader: Manifest["loaders"][string]): Html {
  const { status, reason, rows_read, samples, dropped, quarantined } = loader;
  const tiers = manifest.distributions.loaders[id]?.provenance_tier;
  const counts = [rows_read, samples, sumCounts(dropped), sumCounts(quarantined)];
  const why = reason === undefined ? "" : html`<br><span class="soft">${reason}</span>`;
  return html`<tr><td><code>${id}</code>${why}</td><td class="${STATUS_CLASSES[status]}">${status}</td>${counts.map((count) => html`<td class="n">${formatCount(count)}</td>`)}<td class="tiers">${tiers ? toTierBar(tiers) : ""}</td></tr>\n`;
}

/** Every reason for which rows were left out, with an example where there is one. */
function toLeftOut({ loaders, duplicates }: ReportedManifest, examples: Examples): Html {
  const rows = Object.entries(loaders).flatMap(([id, { dropped, quarantined }]) => [
    ...Object.entries(dropped).map(([reason, count]) => toReasonRow(id, "dropped", reason, count, toFirst(id, reason))),
    ...Object.entries(quarantined).map(([reason, count]) =>
      toReasonRow(id, "quarantined", reason, count, examples.get(id)?.get(reason) ?? ""),
    ),
  ]);
  if (rows.length === 0) return html`<h2>Left out</h2><p>Nothing: every row became a sample.</p>`;
  return html`<h2>Left out</h2>
<p class="soft">Dropped rows are left out on purpose. Quarantined rows failed; they are kept whole in <code>quarantine/</code>, with what was wrong.</p>
<div class="wide"><table>
<tr><th>loader</th><th></th><th>reason</th><th class="n">rows</th><th>the first one</th></tr>
${rows}</table></div>`;

  /** Repeats have no example, but a loader that had the plan first. */
  function toFirst(id: string, reason: string): string {
    const owners = reason === "duplicate" ? Object.entries(duplicates[id] ?? {}) : [];
    const others = owners.filter(([owner]) => owner !== id);
    return others.map(([owner, count]) => `${formatCount(count)} are plans of ${owner}`).join(", ");
  }
}

function toReasonRow(id: string, what: string, reason: string, count: number, example: string): Html {
  return html`<tr><td><code>${id}</code></td><td>${what}</td><td>${reason}</td><td class="n">${formatCount(count)}</td><td>${shorten(example, EXAMPLE_CHARS_MAX)}</td></tr>\n`;
}

function toSources({ sources }: ReportedManifest): Html {
  if (sources.length === 0) return html``;
  return html`<h2>Sources</h2>
<p class="soft">The licence of each source holds for the samples made from it.</p>
<div class="wide"><table>
<tr><th>loader</th><th>dataset</th><th>commit</th><th>licence</th><th class="n">files</th><th class="n">bytes</th></tr>
${sources.map(toSourceRow)}</table></div>`;
}

function toSourceRow({ loader, origin, fallback_for, license, files, ...read }: Manifest["sources"][number]): Html {
  const { dataset, revision } = origin ?? read;
  const bytes = files.reduce((sum, { size, joined }) => sum + size + (joined?.size ?? 0), 0);
  const instead = fallback_for === undefined ? "" : html`<br><span class="soft">in place of ${fallback_for}</span>`;
  return html`<tr><td><code>${loader}</code></td><td>${dataset}${instead}</td><td><code>${revision}</code></td><td>${license}</td><td class="n">${formatCount(files.length)}</td><td class="n">${formatCount(bytes)}</td></tr>\n`;
}

function toSettings({ settings, settings_sha256 }: ReportedManifest): Html {
  return html`<h2>Settings</h2>
<div class="wide"><table>
${Object.entries(settings).map(([name, value]) => html`<tr><th>${name}</th><td><code>${JSON.stringify(value)}</code></td></tr>\n`)}<tr><th>settings_sha256</th><td><code>${settings_sha256}</code></td></tr>
</table></div>`;
}
