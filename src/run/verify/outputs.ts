import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { addCounts, type Counts, createCounts } from "../../schema/tally.ts";
import { sumDistributions } from "../sum-distributions.ts";
import { type Account, type AccountSource, listDifferences } from "./account.ts";
import type { Findings } from "./findings.ts";
import { checkPart, createPartsSum, createSampleCheck, type LineCheck, type PartsSum } from "./part.ts";
import { checkQuarantine } from "./quarantine.ts";
import type { Reference } from "./reference.ts";
import { toSampleFacts } from "./sample.ts";

/**
 * Checks all parts and quarantine files, and that they add up to the account. Returns what each loader's parts hold.
 * `mutated` checks the lines of a tier that is made from another.
 */
export async function checkOutputs(
  directory: string,
  reference: Reference,
  findings: Findings,
  mutated: LineCheck | undefined,
): Promise<PartsSum[]> {
  const { account } = reference;
  await reportListing(directory, "parts", account.parts, findings);
  await reportListing(directory, "quarantine", account.quarantine, findings);
  const sums = await checkParts(directory, reference, findings, mutated);
  const quarantined = await checkQuarantines(directory, reference, findings);
  reportParts(account, sums, findings);
  reportQuarantined(account, quarantined, findings);
  return [...sums.values()];
}

async function checkParts(
  directory: string,
  reference: Reference,
  findings: Findings,
  mutated: LineCheck | undefined,
): Promise<Map<string, PartsSum>> {
  const { account, marks } = reference;
  const sums = new Map(
    account.sources.map(({ loader }) => [loader, createPartsSum(account.loaders[loader]?.replayed)]),
  );
  for (const part of account.parts) {
    const source = findSource(account, part.path, /^parts\/(.+)-\d{5,}\.jsonl$/, findings);
    if (!source) continue;
    const sum = sums.get(source.loader) as PartsSum;
    const check = mutated ?? createSampleCheck(toSampleFacts(source, toCategories(reference, source)), sum.order);
    if (!existsSync(join(directory, part.path))) sum.isWhole = false;
    else await checkPart(directory, part, check, marks.get(part.path) ?? [], sum, findings);
  }
  return sums;
}

/** Rows in quarantine by loader and reason; undefined for a loader whose file can't be counted. */
async function checkQuarantines(
  directory: string,
  { account, marks }: Reference,
  findings: Findings,
): Promise<Map<string, Counts | undefined>> {
  const quarantined = new Map<string, Counts | undefined>(account.sources.map(({ loader }) => [loader, {}]));
  for (const file of account.quarantine) {
    const source = findSource(account, file.path, /^quarantine\/(.+?)(?:\.replay-\d+)?\.jsonl$/, findings);
    if (!source) continue;
    const isThere = existsSync(join(directory, file.path));
    const rows = isThere
      ? await checkQuarantine(directory, file, source, marks.get(file.path) ?? [], findings)
      : undefined;
    const before = quarantined.get(source.loader);
    quarantined.set(source.loader, before && rows && toSum(before, rows));
  }
  return quarantined;
}

/** A loader that went on after a replay has two files. */
function toSum(...all: readonly Counts[]): Counts {
  const sum = createCounts();
  for (const counts of all) addCounts(sum, counts);
  return sum;
}

/** Reports files that are missing from a folder of outputs, or too many in it. */
async function reportListing(
  directory: string,
  folder: string,
  stated: readonly { readonly path: string }[],
  findings: Findings,
): Promise<void> {
  const entries = existsSync(join(directory, folder)) ? await readdir(join(directory, folder)) : [];
  const found = new Set(entries.map((entry) => `${folder}/${entry}`).sort());
  const known = new Set(stated.map(({ path }) => path));
  for (const file of known) if (!found.has(file)) findings.add({ file, what: "it is gone" });
  for (const file of found)
    if (!known.has(file)) findings.add({ file, what: "it is not among the outputs of the run" });
}

/** The loader that an output belongs to, by its name. */
function findSource(
  { sources }: Account,
  file: string,
  pattern: RegExp,
  findings: Findings,
): AccountSource | undefined {
  const name = pattern.exec(file)?.[1];
  const source = sources.find(({ loader }) => loader.replace("/", "-") === name);
  if (!source) findings.add({ file, what: "its name is not that of a loader of the run" });
  return source;
}

/** A loader gives one category; the journal counts by it, so a changed one can be told from the true one. */
function toCategories({ state }: Reference, { loader }: AccountSource): ReadonlySet<string> | undefined {
  const category = state?.loaders.get(loader)?.distributions.category;
  return category && new Set(Object.keys(category));
}

function reportParts(
  { loaders, distributions }: Account,
  sums: ReadonlyMap<string, PartsSum>,
  findings: Findings,
): void {
  for (const [id, { samples }] of Object.entries(loaders)) {
    const { tally, isWhole } = sums.get(id) ?? createPartsSum();
    if (!isWhole || tally.samples === samples) continue;
    findings.add({ file: "parts", what: `the parts of ${id} hold ${tally.samples} samples, expected ${samples}` });
  }
  // Of a part that can't be counted whole the sums would only say again that it can't.
  if (![...sums.values()].every(({ isWhole }) => isWhole)) return;
  const counted = sumDistributions([...sums].map(([id, sum]) => ({ id, ...sum })));
  for (const what of listDifferences(counted, distributions, "expected", "distributions of the parts")) {
    findings.add({ file: "parts", what });
  }
}

function reportQuarantined(
  { loaders, quarantine }: Account,
  quarantined: ReadonlyMap<string, Counts | undefined>,
  findings: Findings,
): void {
  for (const [id, stated] of Object.entries(loaders)) {
    const rows = quarantined.has(id) ? quarantined.get(id) : {};
    const name = `quarantine/${id.replace("/", "-")}`;
    const file = quarantine.find(({ path }) => path.startsWith(`${name}.`))?.path ?? `${name}.jsonl`;
    const differences = rows ? listDifferences(rows, stated.quarantined, "expected", "rows by reason") : [];
    for (const what of differences) findings.add({ file, what });
  }
}
