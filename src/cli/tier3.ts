import type { Command } from "commander";
import { addMutationOptions, type MutationFlags, runMutationCommand } from "./mutation-command.ts";

export function addTier3(program: Command): void {
  const command = program
    .command("tier3")
    .description(
      "make near misses: pairs of plans on both sides of a policy's line, from the samples of a tier1 folder",
    );
  addMutationOptions(command, { output: "data/tier3", target: "cases" })
    .addHelpText("after", EXAMPLES)
    .action(async (flags: MutationFlags) => {
      process.exitCode = await runMutationCommand("tier3", flags);
    });
}

const EXAMPLES = `
Examples:
  planstream tier3 --target 2000 --seed 1                 a first look
  planstream tier3 --from data/tier1 --target 2000000     and the whole of it
  planstream tier3 --ratio numeric_edge=1,numeric_near=1  two of the six types`;
