import { readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { DefinitionError } from "#contract";

const SQLITE_BUSY = 5;

/**
 * Lets one process at a time spend from a ledger. As with a run folder's lock (the rooms don't know each other), it is
 * SQLite's own exclusive file lock: the kernel lets go of it however the process ends.
 *
 * Throws DefinitionError if another process holds it. Returns the release.
 */
export function lockLedger(lockPath: string, directory: string): () => void {
  const database = new DatabaseSync(lockPath, { timeout: 0 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new DefinitionError(
      `The ledger in ${directory} is in use by another planstream${holderOf(lockPath)}: two could spend the same money. Wait for it to end, or stop it.`,
      { cause: error },
    );
  }
  writeFileSync(`${lockPath}.pid`, `${process.pid}\n`);
  return () => database.close();
}

function holderOf(lockPath: string): string {
  try {
    return ` (process ${readFileSync(`${lockPath}.pid`, "utf8").trim()})`;
  } catch {
    return ""; // The other process holds the lock but has not yet written its number.
  }
}
