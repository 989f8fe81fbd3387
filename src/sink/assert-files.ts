import type { Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { DamageError, DefinitionError } from "#contract";
import { isOutputPath, MANIFEST, OUTPUT_FOLDERS, POOLS } from "./folder-layout.ts";

const FOLDERS = [...OUTPUT_FOLDERS, ".run", ...OUTPUT_FOLDERS.map((name) => `.run/${name}`)];
const FILES = [MANIFEST, POOLS, "README.md", "report.html", "run.json"];
const HIDDEN_FILES = ["journal.jsonl", "lock", "lock.pid", "log.jsonl"].map((name) => `.run/${name}`);

/**
 * Throws DamageError where something else stands in the place of a run folder's file or folder: reading a pipe would wait
 * for ever. What is not there, or can't be looked at, is left to who needs it. `fresh`: all but the lock is thrown away.
 */
export async function assertFiles(directory: string, { fresh = false } = {}): Promise<void> {
  if (fresh) {
    await assertKind(directory, ".run", "folder", "Take it away.");
    await assertKind(directory, ".run/lock", "file", "Take it away.");
    return;
  }
  const folders = await Promise.all(FOLDERS.map((path) => assertKind(directory, path, "folder")));
  const listed = OUTPUT_FOLDERS.flatMap((name) => [name, `.run/${name}`]).filter(
    (path) => folders[FOLDERS.indexOf(path)],
  );
  const outputs = await Promise.all(listed.map((path) => listIn(directory, path)));
  // Among the published outputs may lie what is somebody else's.
  const own = outputs.flat().filter((path) => path.startsWith(".run/") || isOutputPath(path));
  for (const path of [...FILES, ...HIDDEN_FILES, ...own]) await assertKind(directory, path, "file");
}

/**
 * Throws DefinitionError where a run folder's parts lie on different file systems (a link leads to another): then no file
 * could be moved to its final name.
 */
export async function assertOneFileSystem(directory: string): Promise<void> {
  const { dev } = await stat(directory);
  for (const path of FOLDERS) {
    const found = await statIfThere(join(directory, path));
    if (!found || found.dev === dev) continue;
    throw new DefinitionError(
      `${join(directory, path)} lies on another file system than ${directory}. Files are moved between them when a run is done, so all of a run folder must lie on one: put a folder in place of the link, or name an --output on the other file system.`,
    );
  }
}

const RESTORE = "Restore it from a copy, or start over with --fresh.";

async function assertKind(directory: string, path: string, kind: "file" | "folder", toDo = RESTORE): Promise<boolean> {
  const found = await statIfThere(join(directory, path));
  if (!found) return false;
  if (kind === "file" ? found.isFile() : found.isDirectory()) return true;
  throw new DamageError(
    `${join(directory, path)} should be a ${kind}, but it is ${toKind(found)}. Nothing was touched. ${toDo}`,
  );
}

function toKind(found: Stats): string {
  if (found.isFile()) return "a file";
  if (found.isDirectory()) return "a folder";
  return found.isFIFO() ? "a pipe" : "a device or a socket";
}

async function listIn(directory: string, path: string): Promise<string[]> {
  const names = await readdir(join(directory, path)).catch(() => []);
  return names.map((name) => `${path}/${name}`);
}

function statIfThere(path: string): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined);
}
