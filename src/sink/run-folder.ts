import { constants, existsSync } from "node:fs";
import { copyFile, open, readdir, rename, rm, stat, truncate } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DefinitionError } from "#contract";
import { diskStep } from "../contract/disk-step.ts";
import type { JournalEvent, OutputMark } from "../schema/journal.ts";
import type { Manifest } from "../schema/manifest.ts";
import { assertFiles, assertOneFileSystem } from "./assert-files.ts";
import { assertPlace } from "./assert-place.ts";
import { clearFolder, isBeingCleared, removeAside } from "./clear-folder.ts";
import { makeFolder, syncDirectory } from "./durable.ts";
import { listOutputs, MANIFEST, toGrowing, whereIs } from "./folder-layout.ts";
import { lockFolder } from "./folder-lock.ts";
import { type Journal, openJournal } from "./journal.ts";
import { assertOutput, type OutputFile, openOutput } from "./output-file.ts";
import { assertTogether, publishOutputs, type RunTexts, readPublished, removeGrowing } from "./publication.ts";

/** A run folder, locked for this process. */
export type RunFolder = {
  readonly directory: string;
  /** The journal as it was when the folder was opened. */
  readonly events: readonly JournalEvent[];
  /** True while the manifest stands: a reader may use the folder. */
  isPublished(): boolean;
  /** Journals events; returns when they are on disk. */
  append(events: readonly JournalEvent[]): Promise<void>;
  /** Opens a growing output at its mark, taking back a published file that is to grow again. */
  open(mark: OutputMark): Promise<OutputFile>;
  /**
   * Brings the outputs back to what the journal tells of, after a run that was cut off: first all marked bytes are checked
   * (DamageError, nothing touched), then what lies beyond the marks is taken away.
   */
  recover(marks: readonly OutputMark[]): Promise<void>;
  /** Takes away what was written of an output that the journal does not tell of. */
  discard(path: string): Promise<void>;
  /** The path at which an output lies now, growing or published. Throws DamageError if it is gone. */
  locate(mark: OutputMark): string;
  /**
   * Reads the manifest of a finished folder, and takes away what a kill has left beside it. Throws DamageError (nothing
   * touched) if it or any output is not, byte for byte, as published.
   */
  readManifest(marks: readonly OutputMark[]): Promise<Manifest>;
  /** Moves outputs to their final names and writes the texts, the manifest last. Can be cut anywhere and done again. */
  publish(marks: readonly OutputMark[], texts: RunTexts): Promise<void>;
  close(): Promise<void>;
};

/**
 * Opens or creates a run folder. `fresh` removes what an earlier run left.
 * Throws DefinitionError if it is in use, holds somebody else's files, can't be a folder or lies on two file systems,
 * DamageError if its journal does not add up or something else stands in the place of one of its files.
 */
export async function openRunFolder(directory: string, options: { fresh: boolean }): Promise<RunFolder> {
  assertPlace(resolve(directory));
  await assertOurs(directory);
  await assertFiles(directory, options);
  const hidden = join(directory, ".run");
  await makeFolder(hidden);
  const unlock = lockFolder(join(hidden, "lock"), directory);
  try {
    if (options.fresh || isBeingCleared(hidden)) await clearFolder(directory, hidden);
    const journal = await openJournal(join(hidden, "journal.jsonl"));
    assertTogether(directory, journal.events);
    return createRunFolder(directory, journal, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function createRunFolder(directory: string, journal: Journal, unlock: () => void): RunFolder {
  const growing = (path: string) => toGrowing(directory, path);
  const final = (path: string) => join(directory, path);
  return {
    directory,
    events: journal.events,
    isPublished: () => existsSync(final(MANIFEST)),
    append: journal.append,
    async open(mark) {
      await makeSyncedFolder(dirname(growing(mark.path)));
      if (mark.bytes > 0 && !existsSync(growing(mark.path))) await takeBack(final(mark.path), growing(mark.path));
      return openOutput(growing(mark.path), mark);
    },
    async recover(marks) {
      for (const mark of marks) {
        const path = whereIs(directory, mark);
        await assertOutput(path, mark, { whole: path === final(mark.path) });
      }
      await journal.trim();
      await takeAwayUnmarked(directory, marks);
    },
    discard: (path) => diskStep("recover.remove", growing(path), () => rm(growing(path), { force: true })),
    locate: (mark) => whereIs(directory, mark),
    async readManifest(marks) {
      const manifest = await readPublished(directory, marks, journal.events);
      await journal.trim();
      await removeGrowing(directory);
      await removeAside(join(directory, ".run"));
      return manifest;
    },
    publish: (marks, texts) => publishOutputs(directory, marks, texts),
    async close() {
      await journal.close();
      unlock();
    },
  };
}

/** The folder's name must be on disk, too, before the journal tells of a file in it. */
async function makeSyncedFolder(path: string): Promise<void> {
  if (existsSync(path)) return;
  await makeFolder(path);
  await syncDirectory(dirname(path));
}

/** Of the growing files: those the journal does not tell of, what lies beyond their marks, and texts written aside. */
async function takeAwayUnmarked(directory: string, marks: readonly OutputMark[]): Promise<void> {
  const bytesOf = new Map(marks.map((mark) => [mark.path, mark.bytes]));
  for (const path of await listOutputs(join(directory, ".run"))) {
    const file = toGrowing(directory, path);
    const bytes = bytesOf.get(path);
    if (bytes === undefined) await diskStep("recover.remove", file, () => rm(file));
    else if ((await stat(file)).size > bytes) await diskStep("recover.trim", file, () => truncate(file, bytes));
  }
  await removeAside(join(directory, ".run"));
}

/**
 * Copies a published file back to where files grow, so that the published one stays whole until the new one is done. The
 * copy is on disk before it has its name: under that name it counts for the published one.
 */
async function takeBack(from: string, to: string): Promise<void> {
  const aside = `${to}.tmp`;
  await diskStep("takeback.copy", aside, () => copyFile(from, aside, constants.COPYFILE_FICLONE));
  const handle = await open(aside, "r+");
  try {
    await diskStep("takeback.sync", aside, () => handle.sync());
  } finally {
    await handle.close();
  }
  await diskStep("takeback.rename", to, () => rename(aside, to));
}

async function assertOurs(directory: string): Promise<void> {
  const found = await stat(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    if (error.code !== "ENOTDIR") throw error;
    throw new DefinitionError(`--output ${directory} lies in a file, not in a folder. Name another place.`);
  });
  if (!found) return;
  if (!found.isDirectory()) throw new DefinitionError(`--output ${directory} is a file. Name a folder.`);
  const entries = await readdir(directory);
  if (entries.length === 0 || entries.includes(".run")) return assertOneFileSystem(directory);
  if (entries.includes(MANIFEST)) {
    throw new DefinitionError(
      `--output ${directory} is a copy of a run folder without its journal (.run): it can be read, but no run can go on in it. Copy .run along from where it was made, or name a new or empty folder.`,
    );
  }
  throw new DefinitionError(
    `--output ${directory} holds files that no planstream run has written (${entries.slice(0, 3).join(", ")}). Name a new or empty folder.`,
  );
}
