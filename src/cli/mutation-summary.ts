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
    `\n${toApplicabilityTable(manifest, mutations)}`,
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

type Applicability = Mutations["applicability"][string]["all"];

/**
 * Share of the parents on which each mutator has a candidate that passes, over all and by track: as they are, and with calls
 * put in. The heading says how many were looked at.
 */
function toApplicabilityTable({ settings }: Manifest, { applicability }: Mutations): string {
  const inserts = settings.tier !== "tier1" && settings.insert_sources;
  const toShares = ({ parents, own, verified }: Applicability) =>
    inserts ? `${toPercent(own, parents)} / ${toPercent(verified, parents)}` : toPercent(own, parents);
  const tracks = new Map(
    Object.values(applicability).flatMap(({ all, tracks: byTrack }) => [
      ["all", all] as const,
      ...Object.entries(byTrack),
    ]),
  );
  const names = ["all", ...[...tracks.keys()].filter((name) => name !== "all").sort()];
  const rows = Object.entries(applicability).map(([mutator, { all, tracks: byTrack }]) => [
    mutator,
    ...names.map((name) => (name === "all" ? toShares(all) : byTrack[name] ? toShares(byTrack[name]) : "")),
  ]);
  const heading = names.map((name) => `${name} ${formatCount(tracks.get(name)?.parents ?? 0)}`);
  const what = inserts ? "parents it passes on: as they are / with calls put in" : "parents it passes on";
  return formatTable([[`${what}, of`, ...heading], ...rows]);
}

function toPercent(count: number, parents: number): string {
  return `${Math.round((100 * count) / Math.max(1, parents))} %`;
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
