import { toPrintable } from "../contract/printable.ts";
import type { Manifest } from "../schema/manifest.ts";
import { formatCount } from "./format-count.ts";
import { SAMPLE_FEATURES } from "./sample-features.ts";

/**
 * The dataset card of a run folder. Its YAML head names the parts, so that the folder, pushed to the Hub or read in place,
 * loads as a dataset; its text tells a reader what is in it and under which licences.
 */
export function toDatasetCard(manifest: Manifest): string {
  const { totals, sources, distributions } = manifest;
  return `${toHead(manifest)}
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

function toHead({ sources, parts }: Manifest): string {
  const datasets = [...new Set(sources.map((source) => source.dataset))];
  const lines = ["---", "license: other", "tags:", "- execution-plan", "- tool-use"];
  if (datasets.length > 0) lines.push("source_datasets:", ...datasets.map((dataset) => `- ${toYamlText(dataset)}`));
  if (parts.length > 0) {
    lines.push("configs:", "- config_name: default", "  data_files:", "  - split: train", '    path: "parts/*.jsonl"');
    lines.push("dataset_info:", "  features:", ...SAMPLE_FEATURES);
  }
  return [...lines, "---", ""].join("\n");
}

function toSourceRow({ loaders }: Manifest, source: Manifest["sources"][number]): string {
  const samples = loaders[source.loader]?.samples ?? 0;
  const cells = [source.loader, source.dataset, source.revision, source.license, formatCount(samples)];
  return `| ${cells.map(toMarkdownText).join(" | ")} |`;
}

/**
 * A text as a double-quoted YAML scalar. JSON strings are such scalars, but for what readers of YAML 1.1 refuse in any
 * stream: DEL and C1 controls; with them go line separators and marks that turn the text around. All as escapes.
 */
export function toYamlText(text: string): string {
  return toPrintable(JSON.stringify(text)).replace(
    /[\ufeff\ufffe\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16)}`,
  );
}

/**
 * A text inside a line of Markdown, as nothing but text: signs that start markup, math, a table cell, HTML, an entity or a
 * link are escaped, line breaks become spaces. CommonMark, section 2.4: a backslash before any ASCII punctuation is safe.
 */
export function toMarkdownText(text: string): string {
  return toPrintable(text.replace(/\s+/g, " ")).replace(/[\\|`*_{}[\]<>&~!#^$@:]/g, (sign) => `\\${sign}`);
}
