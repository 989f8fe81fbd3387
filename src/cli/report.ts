import { join, resolve } from "node:path";
import type { Command } from "commander";
import { readManifest } from "../run/read-manifest.ts";
import { EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";
import { toReportJson, toReportText } from "./report-text.ts";

export function addReport(program: Command): void {
  program
    .command("report")
    .description("show what a finished run has made, and where its page for a browser lies")
    .argument("<folder>", "a finished run folder")
    .option("--json", "the report as JSON on stdout", false)
    .addHelpText("after", EXAMPLES)
    .action(async (folder: string, { json }: { json: boolean }) => {
      const manifest = await readManifest(resolve(folder));
      const page = join(folder, manifest.report.path);
      print(json ? `${JSON.stringify(toReportJson(manifest, page))}\n` : toReportText(manifest, page));
      process.exitCode = EXIT.done;
    });
}

const EXAMPLES = `
Examples:
  planstream report data/tier1
  planstream report data/tier1 --json | jq .distributions.provenance_tier`;
