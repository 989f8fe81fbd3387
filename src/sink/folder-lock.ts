import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { DefinitionError } from "#contract";
import { diskStepSync } from "../contract/disk-step.ts";

/**
 * Keeps a second process out of a run folder. The lock is SQLite's own exclusive file lock, because the kernel lets go of
 * it however the process ends: after a kill -9 nothing stale is left to clear away or to guess about.
 *
 * Throws DefinitionError if another process holds it. Returns the release.
 */
export function lockFolder(lockPath: string, folder: string): () => void {
  // Where the folder can't be written, this says so in the system's words; SQLite would say "unable to open".
  closeSync(openSync(lockPath, "a"));
  const database = new DatabaseSync(lockPath, { timeout: 0 });
  try {
    // Nothing is ever kept in it, so SQLite needs no journal beside it: on a full disk there is no room for one.
    const take = "PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE";
    diskStepSync("lock.take", lockPath, () => database.exec(take));
    diskStepSync("lock.name", `${lockPath}.pid`, () => writeFileSync(`${lockPath}.pid`, `${process.pid}\n`));
  } catch (error) {
    database.close();
    const { errcode } = error as { errcode?: number };
    if (errcode === SQLITE_NOTADB) throw notALock(lockPath, error);
    if (errcode !== SQLITE_BUSY) throw error;
    throw new DefinitionError(
      `${folder} is in use by another planstream${holderOf(lockPath)}. Wait for it to end, stop it, or choose another --output.`,
      { cause: error },
    );
  }
  return () => database.close();
}

const SQLITE_BUSY = 5;
const SQLITE_NOTADB = 26;

function notALock(lockPath: string, cause: unknown): DefinitionError {
  return new DefinitionError(
    `${lockPath} is not the lock that planstream made: something has written into it. It holds nothing; remove it.`,
    { cause },
  );
}

function holderOf(lockPath: string): string {
  try {
    return ` (process ${readFileSync(`${lockPath}.pid`, "utf8").trim()})`;
  } catch {
    return ""; // The other process holds the lock but has not yet written its number.
  }
}
