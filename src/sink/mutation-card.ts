import type { Manifest } from "../schema/manifest.ts";
import type { Mutations } from "../schema/mutation-manifest.ts";
import { sumCounts } from "../schema/tally.ts";
import { toHead, toMarkdownText, toSourceRow } from "./card-text.ts";
import { formatCount } from "./format-count.ts";
import { CASE_FEATURES, PAIR_FEATURES } from "./sample-features.ts";

/** The dataset card of a folder of mutated plans. */
export function toMutationCard(manifest: Manifest, mutations: Mutations): string {
  const isPairs = manifest.tier === "tier2";
  const { totals, sources } = manifest;
  const made = sumCounts(mutations.shares);
  return `${toHead(manifest, isPairs ? PAIR_FEATURES : CASE_FEATURES)}
# ${isPairs ? "Expert negatives" : "Near misses"}, ${manifest.tier}

${isPairs ? toPairsText(made, totals.samples, mutations.decoys) : toCasesText(made)}
The parents are the ${formatCount(mutations.input.samples)} samples of the ${mutations.input.tier} folder whose manifest has the SHA-256
\`${mutations.input.manifest_sha256}\`. \`split\` follows from the parent's plan and request: no parent is in two splits.
\`manifest.json\` accounts for every parent, and \`planstream verify\` makes every record again.

| mutator | records |
|---|---|
${Object.entries(mutations.shares).map(toShareRow).join("\n")}

| | |
|---|---|
| parents | ${formatCount(totals.rows_read)} |
| lines: train / validation / test | ${["train", "validation", "test"].map((split) => formatCount(mutations.splits[split as "train"])).join(" / ")} |
| energy lexicon | ${toMarkdownText(mutations.lexicon)} |
| checks | ${toMarkdownText(mutations.checks)} |

## Sources

The licence of each source holds for what was made from it.

| loader | dataset | commit | licence | lines |
|---|---|---|---|---|
${sources.map((source) => toSourceRow(manifest, source)).join("\n")}
`;
}

function toPairsText(made: number, lines: number, decoys: number): string {
  return `${formatCount(made)} adversarial plans in ${formatCount(lines)} lines, made by planstream. Each line of \`parts/\` is a pair/1 record: a benign
plan (\`positive\`) with its context (\`anchor\`), what an attacker would make of it (\`negatives\`), and the same changes where they
are allowed (\`extra_positives\`, ${formatCount(decoys)} in all). Each negative stands above its parent by 2 or more, in the energy term
that it is meant to raise and in the composite.
`;
}

function toCasesText(made: number): string {
  return `${formatCount(made)} cases, made by planstream. Each line of \`parts/\` is a boundary/1 record: two plans close to one line of a
policy, of which one breaks it (\`violation\`) and the other does not (\`compliant_twin\`).
`;
}

function toShareRow([name, count]: [string, number]): string {
  return `| ${toMarkdownText(name)} | ${formatCount(count)} |`;
}
