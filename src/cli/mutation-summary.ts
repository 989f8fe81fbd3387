import type { MutationResult } from "../run/mutate/run-mutation.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Mutations } from "../schema/mutation-manifest.ts";
import { sumCounts } from "../schema/tally.ts";
import { formatBytes, formatCount, formatTable } from "./format.ts";
import { toLoaderTable } from "./summary.ts";

/** What a person reads when a run that makes mutated plans has ended. */
export function toMutationText({ kind, manifest, changed }: MutationResult, output: string): string {
  if (!manifest?.mutations) {
    return `Interrupted. What was made is safe in ${output}; the same command goes on from there.\n`;
  }
  const { mutations } = manifest;
  const lines = [
    toLoaderTable(manifest),
    `\n${toApplicabilityTable(mutations)}`,
    `\n${toLaneTable(mutations)}`,
    `\n${toHeadline(manifest, mutations, kind, output)}\n`,
  ];
  const { shortage } = mutations;
  if (shortage) {
    const wanted = shortage.wanted === null ? "" : ` of the ${formatCount(shortage.wanted)} that the target asks for`;
    lines.push(
      `All shares are as large as that of ${shortage.mutator} lets them be: it has ${formatCount(shortage.available)}${wanted}.\n`,
    );
  }
  if (changed.length > 0) lines.push(`Changed since it was made: ${changed.join(", ")}. --fresh makes it anew.\n`);
  return lines.join("");
}

/** The same for a program, as in the manifest. */
export function toMutationJson({ kind, manifest, changed }: MutationResult): unknown {
  const { totals, loaders, parts, mutations } = manifest ?? {};
  return { result: kind, totals, loaders, parts, mutations, changed };
}

/** Share of the parents that each mutator applies to, by track: applicable, and of those with a candidate that passes. */
function toApplicabilityTable({ applicability }: Mutations): string {
  const tracks = [...new Set(Object.values(applicability).flatMap((own) => Object.keys(own.tracks)))].sort();
  const rows = Object.entries(applicability).map(([mutator, { all, tracks: byTrack }]) => [
    mutator,
    toShareText(all),
    ...tracks.map((track) => (byTrack[track] ? toShareText(byTrack[track]) : "")),
  ]);
  return formatTable([["applies to (passes)", "all", ...tracks], ...rows]);
}

function toShareText({ parents, applicable, verified, apart }: Mutations["applicability"][string]["all"]): string {
  const percent = (count: number) => `${Math.round((100 * count) / Math.max(1, parents))} %`;
  const extra = apart > 0 ? `, ${percent(apart)} only with a call put in` : "";
  return `${percent(applicable)} (${percent(verified)}${extra})`;
}

function toLaneTable({ lanes }: Mutations): string {
  const rows = Object.entries(lanes).map(([lane, { tried, not_applicable, rejected, verified, taken }]) => [
    lane,
    formatCount(tried),
    formatCount(sumCounts(not_applicable)),
    formatCount(sumCounts(rejected)),
    formatCount(verified),
    formatCount(taken),
    toReasons(rejected),
  ]);
  return formatTable([["operator", "tried", "na", "rejected", "passed", "taken", ""], ...rows]);
}

function toReasons(rejected: Readonly<Record<string, number>>): string {
  return Object.entries(rejected)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, 3)
    .map(([reason, count]) => `${reason} ${formatCount(count)}`)
    .join(", ");
}

function toHeadline(
  { totals, parts }: Manifest,
  { shares }: Mutations,
  kind: MutationResult["kind"],
  output: string,
): string {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const made = `${formatCount(sumCounts(shares))} mutations (${Object.entries(shares)
    .map(([name, count]) => `${name} ${formatCount(count)}`)
    .join(
      ", ",
    )}) in ${formatCount(totals.samples)} records of ${formatCount(totals.rows_read)} parents (${formatBytes(bytes)})`;
  return kind === "unchanged"
    ? `Nothing to do: ${output} is finished. It holds ${made}.`
    : `Done: ${made} in ${output}.`;
}
