import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { toCanonicalJson } from "../../schema/canonical-json.ts";
import { isJsonObject } from "../../schema/json.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { toDatasetCard } from "../../sink/dataset-card.ts";
import { toReportPage } from "../../sink/report-page.ts";
import { toExamples } from "../publish.ts";
import type { RunState } from "../run-state.ts";
import { describeDifference, parseJsonBytes } from "./bytes.ts";
import { type Findings, toShown } from "./findings.ts";

/** Checks that the dataset card and the report are those the manifest tells of. `state` is the journal's, if it can be read. */
export async function checkTexts(
  directory: string,
  manifest: Manifest,
  state: RunState | undefined,
  findings: Findings,
): Promise<void> {
  await checkText(directory, manifest.card, () => toDatasetCard(manifest), findings);
  await checkText(directory, manifest.report, () => state && toReportPage(manifest, toExamples(state)), findings);
}

async function checkText(
  directory: string,
  { path: file, bytes: length, sha256 }: Manifest["card" | "report"],
  toText: () => string | undefined,
  findings: Findings,
): Promise<void> {
  if (!existsSync(join(directory, file))) return findings.add({ file, what: "it is gone" });
  const bytes = await readFile(join(directory, file));
  const found = hash("sha256", bytes, "hex");
  if (bytes.length !== length)
    findings.add({ file, what: `it has ${bytes.length} bytes; the manifest says ${length}` });
  if (found === sha256) return;
  // The byte can be named where this version still writes the text as the one that made the folder did.
  const text = Buffer.from(toText() ?? "");
  const difference = hash("sha256", text, "hex") === sha256 ? `: ${describeDifference(bytes, text)}` : "";
  findings.add({ file, what: `its sha256 is ${found}; the manifest says ${sha256}${difference}` });
}

/** Checks run.json, which vouches for itself: it is the only file that differs from run to run. */
export async function checkRunText(directory: string, findings: Findings): Promise<void> {
  const file = "run.json";
  const add = (what: string) => findings.add({ file, what });
  if (!existsSync(join(directory, file))) return add("it is gone");
  const bytes = await readFile(join(directory, file));
  const reading = parseJsonBytes(bytes);
  if (!reading.ok) return add(`it was changed: ${reading.problem}`);
  if (!isJsonObject(reading.value)) return add("it was changed: not a JSON object");
  const { self_sha256: stated, ...facts } = reading.value;
  const difference = describeDifference(bytes, Buffer.from(`${JSON.stringify(reading.value, null, 2)}\n`));
  if (difference) add(`it was changed: ${difference}`);
  const found = hash("sha256", toCanonicalJson(facts), "hex");
  if (found !== stated)
    add(`it was changed: self_sha256 is ${toShown(stated)}; the other members give ${toShown(found)}`);
}
