import { shorten } from "../contract/printable.ts";
import type { Counts } from "../schema/tally.ts";
import { sumCounts } from "../schema/tally.ts";
import { formatCount } from "./format-count.ts";
import { type Html, html } from "./html.ts";
import type { ReportedManifest } from "./report-page.ts";

/** Values of one distribution that are shown; the manifest has them all. */
const VALUES_MAX = 25;
/** Characters of a value that are shown: a row can make a tool's name as long as it likes. */
const VALUE_CHARS_MAX = 80;

const TIERS: Readonly<Record<string, string>> = { 1: "1 user", 2: "2 internal", 3: "3 public web" };
const SENSITIVITIES: Readonly<Record<string, string>> = {
  1: "1 public",
  2: "2 internal",
  3: "3 personal",
  4: "4 financial or health",
  5: "5 credentials",
};

/** All distributions of a run as bars. */
export function toDistributions({ distributions, totals }: ReportedManifest): Html {
  if (totals.samples === 0) return html``;
  const { track, category, provenance_tier, scope_sensitivity, scope_volume, tools } = distributions;
  return html`<h2>Distributions</h2>
<div class="grid">
${toBars("Samples by track", byCount(track))}
${toBars("Samples by category", byCount(category))}
${toBars("Nodes by provenance tier", named(provenance_tier, TIERS))}
${toBars("Nodes by scope sensitivity", named(scope_sensitivity, SENSITIVITIES))}
${toBars("Nodes by scope volume", byCount(scope_volume))}
${toBars("Nodes by tool", byCount(tools))}
</div>`;
}

/** The shares of the three provenance tiers as one bar. */
export function toTierBar(tiers: Counts): Html {
  const all = sumCounts(tiers);
  let start = 0;
  const rects = ["1", "2", "3"].map((tier) => {
    const share = toShare(tiers[tier] ?? 0, all);
    const rect = html`<rect class="t${tier}" x="${start.toFixed(2)}" width="${share.toFixed(2)}" height="10"/>`;
    start += share;
    return rect;
  });
  const words = ["1", "2", "3"].map((tier) => `tier ${tier}: ${formatCount(tiers[tier] ?? 0)}`).join(", ");
  return html`<svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="${words}"><title>${words}</title>${rects}</svg>`;
}

function toBars(title: string, entries: readonly (readonly [string, number])[]): Html {
  const all = entries.reduce((sum, [, count]) => sum + count, 0);
  const most = entries.reduce((max, [, count]) => Math.max(max, count), 0);
  const more = entries.length - VALUES_MAX;
  return html`<section><h3>${title}</h3>
<table class="bars">
${entries.slice(0, VALUES_MAX).map(([value, count]) => {
  const share = toShare(count, all).toFixed(1);
  const bar = html`<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="${toShare(count, most).toFixed(2)}" height="10"/></svg>`;
  return html`<tr><td>${shorten(value, VALUE_CHARS_MAX)}</td><td class="n">${formatCount(count)}</td><td>${bar}</td><td class="n">${share} %</td></tr>\n`;
})}</table>
${more > 0 ? html`<p class="soft">and ${formatCount(more)} more</p>` : ""}</section>`;
}

/** Percent. */
function toShare(count: number, all: number): number {
  return all === 0 ? 0 : (100 * count) / all;
}

/** Most frequent first; equal ones in the order of the manifest. */
function byCount(counts: Counts): (readonly [string, number])[] {
  return Object.entries(counts).sort(([, a], [, b]) => b - a);
}

function named(counts: Counts, names: Readonly<Record<string, string>>): (readonly [string, number])[] {
  return Object.entries(counts).map(([value, count]) => [names[value] ?? value, count]);
}
