import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, readlink, realpath, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { SourceError } from "../contract/errors.ts";
import type { HubFile } from "./hub.ts";
import { compareCodeUnits, isCommit } from "./names.ts";

const HASH_CHUNK_BYTES = 2 ** 20;

/** What to run so that a dataset is there. */
export function toDownloadCommand(dataset: string): string {
  return `hf download --repo-type dataset ${dataset}`;
}

/** The dataset's folder with every symlink resolved. `directory` may be the cache itself or HF_HOME, which has it in `hub`. */
export async function findDatasetFolder(directory: string, dataset: string): Promise<string> {
  const name = `datasets--${dataset.replace("/", "--")}`;
  const places = [join(directory, name), join(directory, "hub", name)];
  for (const place of places) {
    if (await exists(place)) return realpath(place);
  }
  const looked = `looked for ${places.join(" and ")}`;
  throw new SourceError(
    "missing",
    `${dataset} is not in this directory: ${looked}. Get it with ${toDownloadCommand(dataset)}`,
  );
}

/** The commit that `refs` says a revision means; a lone snapshot stands for a missing `main`. Its snapshot is there. */
export async function readCommit(folder: string, dataset: string, revision: string): Promise<string> {
  const commits = (await listNames(join(folder, "snapshots"))).filter(isCommit).sort(compareCodeUnits);
  const written = isCommit(revision) ? revision : await readRef(join(folder, "refs", revision));
  const commit = written ?? (revision === "main" && commits.length === 1 ? commits[0] : undefined);
  const todo = `Get it with ${toDownloadCommand(dataset)} --revision ${revision}`;
  if (commit === undefined) {
    const has = commits.length === 0 ? "no snapshot" : `the snapshots ${commits.join(", ")}`;
    throw new SourceError("missing", `${dataset} has no revision ${revision} in ${folder}, which has ${has}. ${todo}`);
  }
  if (!isCommit(commit)) {
    const message = `${join(folder, "refs", revision)}: expected a commit, received ${JSON.stringify(commit.slice(0, 80))}. ${todo}`;
    throw new SourceError("malformed", message);
  }
  if (commits.includes(commit)) return commit;
  throw new SourceError("missing", `${dataset} has no snapshot of commit ${commit} in ${folder}. ${todo}`);
}

/** Paths of the files and symlinks of a snapshot, sorted by code units. Symlinked folders are not entered. */
export async function listPaths(snapshot: string): Promise<readonly string[]> {
  const entries = await readdir(snapshot, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(snapshot.length + 1))
    .map((path) => path.replaceAll(sep, "/"))
    .sort(compareCodeUnits);
}

/**
 * Throws SourceError if a download of the dataset was broken off: its snapshot has some of the files only, and nothing in
 * it says which are lacking. `hf download` goes on with what it has begun, and renames it when it is whole.
 */
export async function assertDownloaded(folder: string, dataset: string, revision: string): Promise<void> {
  const blobs = join(folder, "blobs");
  const begun = (await listNames(blobs)).filter((name) => name.endsWith(".incomplete")).sort(compareCodeUnits)[0];
  if (begun === undefined) return;
  const todo = `Get it whole with ${toDownloadCommand(dataset)} --revision ${revision}; if it is, remove what was left`;
  // Not "missing": the loader's fallback is no better than the rest of the download.
  throw new SourceError(
    "unreachable",
    `${dataset} is not here in full: its download was broken off, or is under way, as ${join(blobs, begun)} shows. ${todo}.`,
  );
}

/** A snapshot's file with the identity that the Hub gives it: a blob is named by its hash, any other file is hashed. */
export async function readIdentity(folder: string, commit: string, path: string, dataset: string): Promise<HubFile> {
  const real = await findContent(folder, commit, path, dataset);
  const { size } = await stat(real);
  const linked = await readlink(join(folder, "snapshots", commit, path)).catch(ignoreNoLink);
  const blob = linked === undefined ? "" : basename(linked);
  if (/^[0-9a-f]{64}$/.test(blob)) return { path, size, sha256: blob };
  return isCommit(blob) ? { path, size, etag: blob } : { path, size, sha256: await hashContent(real) };
}

/** Where a file's bytes lie. Throws SourceError if that is nowhere, or outside the dataset's folder. */
export async function findContent(folder: string, commit: string, path: string, dataset: string): Promise<string> {
  const place = join(folder, "snapshots", commit, path);
  if (!(await exists(place))) {
    const todo = `Get it whole with ${toDownloadCommand(dataset)} --revision ${commit}`;
    throw new SourceError("missing", `${dataset} ${path}: no content at ${place}. ${todo}`);
  }
  const real = await realpath(place);
  if (real.startsWith(folder + sep) && (await stat(real)).isFile()) return real;
  throw new SourceError(
    "malformed",
    `${dataset} ${path}: ${place} leads to ${real}: expected a file inside ${folder}.`,
  );
}

async function readRef(place: string): Promise<string | undefined> {
  if (!(await exists(place))) return undefined;
  // A pipe would be waited for, and a device read, for ever.
  if (!(await stat(place)).isFile())
    throw new SourceError("malformed", `${place} is no file: expected one with a commit.`);
  return (await readFile(place, "utf8")).trim();
}

async function listNames(place: string): Promise<string[]> {
  return (await exists(place)) ? readdir(place) : [];
}

async function exists(place: string): Promise<boolean> {
  try {
    await stat(place);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return false;
    throw error;
  }
}

async function hashContent(place: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(place, { highWaterMark: HASH_CHUNK_BYTES })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

function ignoreNoLink(error: unknown): undefined {
  if (!hasCode(error, "EINVAL")) throw error; // EINVAL: a plain file, not a symlink
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
