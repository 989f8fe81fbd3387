import { resolve } from "node:path";
import type { Command } from "commander";
import { diffFolders } from "../run/diff/diff-folders.ts";
import { toDiffText } from "./diff-text.ts";
import { EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";

export function addDiff(program: Command): void {
  program
    .command("diff")
    .description("show what changed between two runs: settings, sources, and each loader's rows, reasons and samples")
    .argument("<from>", "a finished run folder")
    .argument("<to>", "another one")
    .option("--json", "the difference as JSON on stdout", false)
    .addHelpText("after", EXAMPLES)
    .action(async (from: string, to: string, { json }: { json: boolean }) => {
      const diff = await diffFolders(resolve(from), resolve(to));
      print(json ? `${JSON.stringify({ schema: "planstream/diff/1", ...diff })}\n` : toDiffText({ ...diff, from, to }));
      process.exitCode = EXIT.done;
    });
}

const EXAMPLES = `
The exit code is 0 once both were compared, whatever was found; .same of --json says whether they are.

Examples:
  planstream diff data/tier1 data/tier1-next
  planstream diff data/tier1 data/tier1-next --json | jq '.loaders[] | select(.same | not) | .loader'`;
