import type { Manifest } from "../schema/manifest.ts";
import type { Mutations } from "../schema/mutation-manifest.ts";
import { sumCounts } from "../schema/tally.ts";
import { formatCount } from "./format-count.ts";
import { type Html, html } from "./html.ts";

/** What a report says of mutations: the shares, to what each mutator applies, and what became of each operator's tries. */
export function toMutationTables({ mutations }: Pick<Manifest, "mutations">): Html {
  if (!mutations) return html``;
  const { shares, shortage, lanes, decoys, splits } = mutations;
  const lack = shortage
    ? html`<p>All shares are as large as that of <code>${shortage.mutator}</code> lets them be: it has ${formatCount(shortage.available)}.</p>`
    : "";
  return html`<h2>Mutations</h2>
<p class="soft">${formatCount(sumCounts(shares))} in all, with ${formatCount(decoys)} permitted twins as extra positives. Lines: ${formatCount(splits.train)} train, ${formatCount(splits.validation)} validation, ${formatCount(splits.test)} test.</p>
${lack}
<div class="wide"><table>
<tr><th>mutator</th><th class="n">taken</th><th class="n">parents looked at</th><th class="n">passes as they are</th><th class="n">with calls put in</th><th>by track</th></tr>
${Object.entries(shares).map(([name, taken]) => toMutatorRow(mutations, name, taken))}</table></div>
<div class="wide"><table>
<tr><th>operator</th><th class="n">tried</th><th class="n">not applicable</th><th class="n">rejected</th><th class="n">passed</th><th class="n">taken</th><th>reasons</th></tr>
${Object.entries(lanes).map(([lane, own]) => toLaneRow(lane, own))}</table></div>`;
}

function toMutatorRow({ applicability }: Mutations, name: string, taken: number): Html {
  const own = applicability[name];
  const all = own?.all ?? { parents: 0, own: 0, verified: 0 };
  const tracks = Object.entries(own?.tracks ?? {}).map(
    ([track, one]) => `${track} ${toPercent(one.own, one.parents)} / ${toPercent(one.verified, one.parents)}`,
  );
  return html`<tr><td><code>${name}</code></td><td class="n">${formatCount(taken)}</td><td class="n">${formatCount(all.parents)}</td><td class="n">${toPercent(all.own, all.parents)}</td><td class="n">${toPercent(all.verified, all.parents)}</td><td>${tracks.join(", ")}</td></tr>\n`;
}

function toLaneRow(
  lane: string,
  { tried, not_applicable, rejected, verified, taken }: Mutations["lanes"][string],
): Html {
  const counts = [tried, sumCounts(not_applicable), sumCounts(rejected), verified, taken];
  const reasons = Object.entries({ ...not_applicable, ...rejected }).map(
    ([reason, count]) => `${reason} ${formatCount(count)}`,
  );
  return html`<tr><td><code>${lane}</code></td>${counts.map((count) => html`<td class="n">${formatCount(count)}</td>`)}<td class="soft">${reasons.join(", ")}</td></tr>\n`;
}

function toPercent(count: number, of: number): string {
  return `${Math.round((100 * count) / Math.max(1, of))} %`;
}
