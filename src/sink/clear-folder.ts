import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { diskStep } from "../contract/disk-step.ts";
import { syncDirectory, writeDurably } from "./durable.ts";
import { MANIFEST, OUTPUT_FOLDERS, POOLS, RANKS_FOLDER } from "./folder-layout.ts";

/** Everything that planstream writes into a run folder; --fresh removes these and nothing else. */
const OWN_ENTRIES = [MANIFEST, POOLS, "README.md", "report.html", "run.json", ...OUTPUT_FOLDERS];
const HIDDEN_ENTRIES = ["journal.jsonl", RANKS_FOLDER, ...OUTPUT_FOLDERS];
const MARKER = "clearing";

/** Whether a start threw away what the folder held, and was cut off before all of it was gone. */
export function isBeingCleared(hidden: string): boolean {
  return existsSync(join(hidden, MARKER));
}

/**
 * Removes what earlier runs left. A marker stands until all of it is gone, so that a start that is cut off here is not
 * taken for damage by the next one, which goes on with it.
 */
export async function clearFolder(directory: string, hidden: string): Promise<void> {
  await writeDurably(join(hidden, MARKER), "");
  for (const name of OWN_ENTRIES) await remove(join(directory, name));
  for (const name of HIDDEN_ENTRIES) await remove(join(hidden, name));
  await removeAside(hidden);
  await syncDirectory(directory);
  await syncDirectory(hidden);
  await remove(join(hidden, MARKER));
  await syncDirectory(hidden);
}

/** Removes the texts that were being written when a run was killed. */
export async function removeAside(hidden: string): Promise<void> {
  for (const name of await readdir(hidden)) if (name.endsWith(".tmp")) await remove(join(hidden, name));
}

function remove(path: string): Promise<void> {
  return diskStep("fresh.remove", path, () => rm(path, { recursive: true, force: true }));
}
