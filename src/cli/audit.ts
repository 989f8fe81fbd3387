import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { auditFolder, PLANS_MAX } from "../run/audit/audit-folder.ts";
import { toAuditText } from "./audit-text.ts";
import { EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";

type AuditFlags = { pairs: number; json?: true };

export function addAudit(program: Command): void {
  program
    .command("audit")
    .description("try to tell hostile plans of a tier2 or tier3 folder from permitted ones without their meaning")
    .argument("<folder>", "a finished run folder of tier2 or tier3")
    .option("--pairs <count>", "hostile plans drawn of each mutator or boundary", toCount, PLANS_MAX)
    .option("--json", "the report as JSON on stdout")
    .addHelpText("after", EXAMPLES)
    .action(async (folder: string, { pairs, json }: AuditFlags) => {
      const report = await auditFolder(resolve(folder), { plansMax: pairs });
      print(json ? `${JSON.stringify({ schema: "planstream/audit/1", ...report })}\n` : toAuditText(report));
      process.exitCode = report.verdict === "fail" ? EXIT.someFailed : EXIT.done;
    });
}

const EXAMPLES = `
The exit code is 5 if a figure is over its limit: a model could learn the artefact in place of the attack. It is 0 if all
keep to theirs, and where a folder is too small to judge; .verdict of --json (pass, fail, undecided) tells these apart.
docs/audit.md says what is measured, and why the limits are what they are.

Examples:
  planstream audit data/tier2
  planstream audit data/tier2 --json | jq '.gate[] | {subject, verdict}'
  planstream audit data/tier3 --pairs 5000                less to read, wider intervals`;

function toCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError("Expected a whole number of plans, 1 or more.");
}
