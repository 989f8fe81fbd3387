import { readdir } from "node:fs/promises";
import type { Hub } from "../../hub/hub.ts";
import type { RunSettings } from "../../schema/settings.ts";
import { sumCounts } from "../../schema/tally.ts";
import { createFindings, type Finding } from "./findings.ts";
import { openMutationCheck } from "./mutations.ts";
import { checkOutputs } from "./outputs.ts";
import { checkReference } from "./reference.ts";
import { checkSources, type SourceOptions, type UncheckedSource } from "./source.ts";
import { checkRunText, checkTexts } from "./texts.ts";

export type VerifyOptions = {
  readonly directory: string;
  /** The project's folder, whose mutators make a tier's mutations again; without it they are checked, but not made. */
  readonly root?: string | undefined;
  /** Also read the rows again that the samples were made from. */
  readonly source?: { readonly root: string; readonly hub: Hub; readonly workers: number } | undefined;
  /** How many findings to name; all are counted. 20 unless said. */
  readonly findingsMax?: number;
};

export type VerifyReport = {
  /** True if nothing is wrong and nothing was left unchecked. */
  readonly ok: boolean;
  readonly tier: RunSettings["tier"];
  /** Lines: samples, or records of a tier that is made from another. */
  readonly samples: number;
  /** Negatives of Tier II, violations of Tier III. 0 in Tier I. */
  readonly mutations: number;
  readonly nodes: number;
  readonly parts: number;
  readonly findings: readonly Finding[];
  /** How many there are, named or not. */
  readonly findingsCount: number;
  /** Loaders whose source was to be read again and could not be. */
  readonly unchecked: readonly UncheckedSource[];
  /** What is worth knowing and no damage. */
  readonly notes: readonly string[];
};

const FINDINGS_MAX = 20;
/** What may stand in a run folder beside its outputs. */
const KNOWN_ENTRIES = new Set([
  "manifest.json",
  "README.md",
  "run.json",
  "report.html",
  "pools.json",
  "parts",
  "quarantine",
  ".run",
]);

/**
 * Recomputes a finished run folder from its own files: every hash, id, edge list, count and checksum. With `source`, every
 * sample's row as well. Reads only. Throws DefinitionError if the folder holds no finished run.
 */
export async function verifyFolder(options: VerifyOptions): Promise<VerifyReport> {
  const { directory, root, source, findingsMax = FINDINGS_MAX } = options;
  const findings = createFindings();
  const notes: string[] = [];
  const reference = await checkReference(directory, findings, notes);
  const mutated = reference && (await openMutationCheck({ root, directory, reference, findings, notes }));
  const sums = reference ? await checkOutputs(directory, reference, findings, mutated?.check) : [];
  mutated?.finish();
  if (!reference) notes.push("the parts were not checked: neither manifest.json nor the journal can be read");
  if (reference?.manifest) await checkTexts(directory, reference.manifest, reference.state, findings);
  else notes.push("README.md and report.html were not checked: their hashes are in the manifest");
  await checkRunText(directory, findings);
  notes.push(...(await listUnknown(directory)));
  const tier = reference?.account.settings.tier ?? "tier1";
  const unchecked =
    source && reference ? await readSourceAgain({ ...source, directory, reference, findings, notes }) : [];
  return {
    ok: findings.count === 0 && unchecked.length === 0,
    tier,
    samples: sums.reduce((all, { tally }) => all + tally.samples, 0),
    mutations:
      tier === "tier1" ? 0 : sums.reduce((all, { distributions }) => all + sumCounts(distributions.category), 0),
    nodes: sums.reduce((all, { nodes }) => all + nodes, 0),
    parts: reference?.account.parts.length ?? 0,
    findings: findings.list(findingsMax),
    findingsCount: findings.count,
    unchecked,
    notes,
  };
}

/** Only samples have rows behind them; a tier that is made from another has samples. */
async function readSourceAgain(options: SourceOptions): Promise<UncheckedSource[]> {
  const { tier } = options.reference.account.settings;
  if (tier === "tier1") return checkSources(options);
  const reason = `${tier} is made from a tier1 folder, whose rows \`verify --source\` of that one reads`;
  return [{ loader: "all loaders", reason }];
}

async function listUnknown(directory: string): Promise<string[]> {
  const unknown = (await readdir(directory)).filter((entry) => !KNOWN_ENTRIES.has(entry)).sort();
  return unknown.map((entry) => `${entry} is not planstream's and was not checked`);
}
