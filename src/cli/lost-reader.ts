import { reportError } from "./report-error.ts";

/** What a write says when nobody reads any more: a pipe whose reader has ended, a terminal that is gone. */
const NOBODY_READS = new Set(["EPIPE", "EIO"]);

/**
 * A run goes on when nobody reads what it says (`2>&1 | head`, a lost connection): its samples are worth more. That stdout
 * can't be written for another reason ends the process, because a script would take what is there for the whole.
 */
export function outliveReaders(): void {
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (!NOBODY_READS.has(error.code ?? "")) process.exit(reportError(error));
  });
}
