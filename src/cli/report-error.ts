import { CommanderError } from "commander";
import { BudgetError, DamageError, DefinitionError, SourceError } from "#contract";
import { toPrintableLines } from "../contract/printable.ts";
import { redact } from "./discreet-hub.ts";
import { BUDGET_EXITS, EXIT } from "./exit-codes.ts";

/** Says on stderr what went wrong and returns the exit code that fits. */
export function reportError(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof DefinitionError) return say(error.message, EXIT.usage);
  if (error instanceof DamageError) return say(error.message, EXIT.damaged);
  if (error instanceof SourceError) return say(error.message, EXIT.someFailed);
  if (error instanceof BudgetError) return say(error.message, BUDGET_EXITS[error.stop]);
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === "uv_cwd")
    return say("the folder that this was started in is gone. Change to one that is there.", EXIT.usage);
  if (code !== undefined && syscall !== undefined) {
    const what = MACHINE_FAILURES[code] ? `${MACHINE_FAILURES[code]} (${message})` : message;
    return say(`${what}. What the journal holds is safe: mend it, then run the same command again.`, EXIT.bug);
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return say(`this is a bug in planstream: ${trace}\nThe run folder is safe; the same command goes on.`, EXIT.bug);
}

const MACHINE_FAILURES: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EACCES: "no permission",
  EROFS: "the file system is read-only",
  EMFILE: "too many open files",
  EFBIG: "the file is larger than the limit (ulimit -f)",
  EIO: "the disk fails",
};

function say(message: string, exitCode: number): number {
  // A message can quote what a dataset or a hub says.
  process.stderr.write(`planstream: ${toPrintableLines(redact(message, process.env.HF_TOKEN))}\n`);
  return exitCode;
}
