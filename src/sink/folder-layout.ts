import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { OutputMark } from "../schema/journal.ts";
import { gone } from "./output-file.ts";

/** Folders of JSON Lines in a run folder. Files grow below `.run/` and move here when the run is done. */
export const OUTPUT_FOLDERS = ["parts", "quarantine"] as const;

/** Written last, withdrawn first: while it stands a reader may use the folder. */
export const MANIFEST = "manifest.json";

/** What mutations drew from, where there are any. */
export const POOLS = "pools.json";

/** Where candidates' places are kept below `.run/` until the draw. */
export const RANKS_FOLDER = "ranks";

/** Where an output lies while it grows. */
export function toGrowing(directory: string, path: string): string {
  return join(directory, ".run", path);
}

/** Where an output lies now: one that grows (again) comes before the published one. Throws DamageError if it is gone. */
export function whereIs(directory: string, mark: OutputMark): string {
  const places = [toGrowing(directory, mark.path), join(directory, mark.path)];
  const found = places.find((place) => existsSync(place));
  if (found) return found;
  throw gone(join(directory, mark.path), mark);
}

const OUTPUT = /^(parts\/[a-z0-9-]+-\d{5,}|quarantine\/[a-z0-9-]+(\.replay-\d+)?)\.jsonl$/;

/** Whether a path is one that a run gives an output; what else lies among them is somebody else's. */
export function isOutputPath(path: string): boolean {
  return OUTPUT.test(path);
}

/** Every file in the output folders below `root`, as `<folder>/<name>`. */
export async function listOutputs(root: string): Promise<string[]> {
  const lists = OUTPUT_FOLDERS.map(async (name) => {
    const entries = existsSync(join(root, name)) ? await readdir(join(root, name)) : [];
    return entries.map((entry) => `${name}/${entry}`);
  });
  return (await Promise.all(lists)).flat();
}
