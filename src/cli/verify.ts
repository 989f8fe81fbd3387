import { resolve } from "node:path";
import type { Command } from "commander";
import type { Hub } from "../hub/hub.ts";
import type { Finding } from "../run/verify/findings.ts";
import { type VerifyReport, verifyFolder } from "../run/verify/verify-folder.ts";
import { EXIT } from "./exit-codes.ts";
import { formatCount } from "./format.ts";
import { print } from "./print.ts";
import { openNamedHub, PROJECT_ROOT } from "./project.ts";
import { workersOption } from "./settings-options.ts";

type VerifyFlags = { source?: true; hub?: string; workers: number; json?: true };

export function addVerify(program: Command): void {
  program
    .command("verify")
    .description("recompute a run folder: every hash, id, edge, count and checksum")
    .argument("<folder>", "a finished run folder")
    .option("--source", "also read the rows again that the samples were made from, at the pinned commits")
    .option(
      "--hub <hub>",
      "for --source: URL, directory in the Hugging Face cache layout, or `sample` (default: HF_ENDPOINT or the public Hub)",
    )
    .addOption(workersOption())
    .option("--json", "the report as JSON on stdout")
    .addHelpText("after", EXAMPLES)
    .action(async (folder: string, flags: VerifyFlags) => {
      process.exitCode = await verify(folder, flags);
    });
}

const EXAMPLES = `
Examples:
  planstream verify data/tier1                            from the folder alone, offline
  planstream verify data/tier1 --source --hub sample      and against the rows it was made from
  planstream verify data/tier1 --json | jq .findings      for a program`;

async function verify(folder: string, { source, hub: name, workers, json }: VerifyFlags): Promise<number> {
  const directory = resolve(folder);
  let hub: Hub | undefined;
  try {
    hub = source ? openNamedHub(name) : undefined;
    const report = await verifyFolder({
      directory,
      root: PROJECT_ROOT,
      source: hub && { root: PROJECT_ROOT, hub, workers },
    });
    print(json ? `${JSON.stringify(toJsonReport(report))}\n` : toReportText(report, source === true));
    if (report.findingsCount > 0) return EXIT.damaged;
    return report.unchecked.length > 0 ? EXIT.someFailed : EXIT.done;
  } finally {
    await hub?.close();
  }
}

/** The report for a program. */
export function toJsonReport({ ok, samples, nodes, parts, findings, findingsCount, unchecked, notes }: VerifyReport) {
  return { ok, samples, nodes, parts, findings, findings_count: findingsCount, unchecked, notes };
}

/** The report for a person: what is wrong, or that all is well. */
export function toReportText(report: VerifyReport, withSource: boolean): string {
  const { findings, findingsCount, unchecked, notes } = report;
  const lines = findings.map(toFindingLine);
  if (findingsCount > findings.length)
    lines.push(`… and ${formatCount(findingsCount - findings.length)} more findings`);
  for (const { loader, reason } of unchecked) lines.push(`source of ${loader} not checked: ${reason}`);
  for (const note of notes) lines.push(`note: ${note}`);
  const counts = toCounts(report);
  if (findingsCount > 0) {
    lines.push(`damaged: ${formatCount(findingsCount)} ${findingsCount === 1 ? "finding" : "findings"} in ${counts}`);
  } else {
    const matched =
      withSource && unchecked.length === 0 ? "all hashes match, and so do the rows in the source" : "all hashes match";
    lines.push(`verified: ${counts}, ${matched}`);
  }
  return `${lines.join("\n")}\n`;
}

/** What was looked at, by the words of its tier: a record of Tier II or III holds several plans. */
function toCounts({ tier, samples, mutations, nodes, parts }: VerifyReport): string {
  const inParts = `${formatCount(parts)} parts`;
  if (tier === "tier1") return `${formatCount(samples)} samples, ${formatCount(nodes)} nodes, ${inParts}`;
  const [made, what] =
    tier === "tier2" ? ["negatives with their decoys", "records"] : ["violations with their twins", "records"];
  const records = `${formatCount(mutations)} ${made} in ${formatCount(samples)} ${what}`;
  return `${records}, ${formatCount(nodes)} nodes of ${tier === "tier2" ? "negatives" : "violations"}, ${inParts}`;
}

function toFindingLine({ file, line, id, what }: Finding): string {
  return `${file}${line === undefined ? "" : ` line ${line}`}${id === undefined ? "" : ` (${id})`}: ${what}`;
}
