import { toPrintable } from "../contract/printable.ts";
import type { Manifest } from "../schema/manifest.ts";
import { formatCount } from "./format-count.ts";

/** The YAML head: `features` are what a line of a part holds. */
export function toHead({ sources, parts }: Manifest, features: readonly string[]): string {
  const datasets = [...new Set(sources.map(({ origin, dataset }) => origin?.dataset ?? dataset))];
  const lines = ["---", "license: other", "tags:", "- execution-plan", "- tool-use"];
  if (datasets.length > 0) lines.push("source_datasets:", ...datasets.map((dataset) => `- ${toYamlText(dataset)}`));
  if (parts.length > 0) {
    lines.push("configs:", "- config_name: default", "  data_files:", "  - split: train", '    path: "parts/*.jsonl"');
    lines.push("dataset_info:", "  features:", ...features);
  }
  return [...lines, "---", ""].join("\n");
}

/** A row of the table of sources. */
export function toSourceRow({ loaders }: Manifest, source: Manifest["sources"][number]): string {
  const samples = loaders[source.loader]?.samples ?? 0;
  const { dataset, revision } = source.origin ?? source;
  const cells = [source.loader, dataset, revision, source.license, formatCount(samples)];
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
