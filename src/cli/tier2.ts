import type { Command } from "commander";
import { addMutationOptions, type MutationFlags, runMutationCommand } from "./mutation-command.ts";

export function addTier2(program: Command): void {
  const command = program
    .command("tier2")
    .description("make expert negatives: mutate the samples of a tier1 folder, with their permitted twins");
  addMutationOptions(command, { output: "data/tier2", target: "negatives" })
    .addHelpText("after", EXAMPLES)
    .action(async (flags: MutationFlags) => {
      process.exitCode = await runMutationCommand("tier2", flags);
    });
}

const EXAMPLES = `
Examples:
  planstream tier2 --target 4000 --seed 1                 a first look: 1,000 of each mutator
  planstream tier2 --from data/tier1 --target 4000000     and the whole of it
  planstream tier2 --ratio scope=40,hierarchy=20,provenance=20,flow=20`;
