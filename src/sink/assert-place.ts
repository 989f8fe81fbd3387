import { existsSync, lstatSync, readlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DefinitionError } from "#contract";
import { OUTPUT_FOLDERS } from "./folder-layout.ts";

/** What planstream writes in a run folder by itself, and clears. */
const INSIDE = [".run", ...OUTPUT_FOLDERS];

/**
 * Throws DefinitionError where no run folder can or may be: behind a link that leads nowhere, or among another run folder's
 * own files. `directory` is absolute.
 */
export function assertPlace(directory: string): void {
  for (let path = directory; path !== dirname(path); path = dirname(path)) {
    if (!existsSync(path) && isLink(path)) {
      throw new DefinitionError(
        `--output ${directory}: ${path} is a link to ${readlinkSync(path)}, which is not there. Make that folder, take the link away, or name another place.`,
      );
    }
    const parent = dirname(path);
    if (!INSIDE.includes(basename(path)) || !existsSync(join(parent, ".run", "journal.jsonl"))) continue;
    throw new DefinitionError(
      `--output ${directory} lies in ${basename(path)}/ of the run folder ${parent}, which keeps its own files there. Name a folder outside of it.`,
    );
  }
}

/** What can't be looked at is said by who opens it. */
function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}
