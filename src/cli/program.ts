import { Command } from "commander";
import { addAudit } from "./audit.ts";
import { addDiff } from "./diff.ts";
import { addEnergy } from "./energy.ts";
import { addEstimate } from "./estimate.ts";
import { EXIT, EXIT_MEANINGS } from "./exit-codes.ts";
import { addLoaders } from "./loaders.ts";
import { VERSION } from "./project.ts";
import { addQuarantine } from "./quarantine.ts";
import { addReport } from "./report.ts";
import { addSchedule } from "./schedule.ts";
import { addSpend } from "./spend.ts";
import { addTier1 } from "./tier1.ts";
import { addTier2 } from "./tier2.ts";
import { addTier3 } from "./tier3.ts";
import { addTrace } from "./trace.ts";
import { addVerify } from "./verify.ts";

/** The command line. Each command sets process.exitCode; wrong usage throws a CommanderError. */
export function createProgram(): Command {
  const program = new Command("planstream")
    .description("Streams Hugging Face datasets into validated ExecutionPlan samples.")
    .version(VERSION)
    .showHelpAfterError("(planstream --help, or planstream COMMAND --help, shows what there is)")
    .addHelpText("after", toExitCodeText())
    .exitOverride();
  addTier1(program);
  addTier2(program);
  addTier3(program);
  addSchedule(program);
  addLoaders(program);
  addVerify(program);
  addEstimate(program);
  addSpend(program);
  addQuarantine(program);
  addTrace(program);
  addDiff(program);
  addReport(program);
  addEnergy(program);
  addAudit(program);
  // Settings of the parent are not inherited by commands that are added with a name.
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

function toExitCodeText(): string {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  return `\nExit codes:\n${names.map((name) => `  ${String(EXIT[name]).padStart(3)}  ${EXIT_MEANINGS[name]}`).join("\n")}`;
}
