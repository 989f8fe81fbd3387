import type { Manifest } from "../schema/manifest.ts";
import { toHead, toSourceRow } from "./card-text.ts";
import { formatCount } from "./format-count.ts";
import { toMutationCard } from "./mutation-card.ts";
import { SAMPLE_FEATURES } from "./sample-features.ts";

/**
 * The dataset card of a run folder. Its YAML head names the parts, so that the folder, pushed to the Hub or read in place,
 * loads as a dataset; its text tells a reader what is in it and under which licences.
 */
export function toDatasetCard(manifest: Manifest): string {
  if (manifest.mutations) return toMutationCard(manifest, manifest.mutations);
  const { totals, sources, distributions } = manifest;
  return `${toHead(manifest, SAMPLE_FEATURES)}
# ExecutionPlan samples, ${manifest.tier}

${formatCount(totals.samples)} samples made by planstream from ${sources.length} ${sources.length === 1 ? "dataset" : "datasets"}. Each line of \`parts/\` is one
validated plan: a graph of tool calls whose nodes say where they come from (\`provenance_tier\`, \`provenance_hash\`), how much
they touch (\`scope_volume\`) and how delicate that is (\`scope_sensitivity\`). \`manifest.json\` accounts for every row,
\`report.html\` shows it as a page, and \`planstream verify\` checks this folder against it.

| | |
|---|---|
| rows read | ${formatCount(totals.rows_read)} |
| samples | ${formatCount(totals.samples)} |
| dropped on purpose | ${formatCount(totals.dropped)} |
| quarantined | ${formatCount(totals.quarantined)} |
| nodes by provenance tier 1 / 2 / 3 | ${["1", "2", "3"].map((tier) => formatCount(distributions.provenance_tier[tier] ?? 0)).join(" / ")} |

## Sources

The licence of each source holds for the samples made from it.

| loader | dataset | commit | licence | samples |
|---|---|---|---|---|
${sources.map((source) => toSourceRow(manifest, source)).join("\n")}
`;
}
