import { existsSync } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { diskStep, writeStep } from "../contract/disk-step.ts";

/** Makes names in a directory (created, renamed, removed) survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await diskStep("directory.sync", directory, () => handle.sync());
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file so that a reader sees the whole of it or none, also after a power cut. `aside` is where it grows, on the
 * same file system; a run that is killed may leave it there.
 */
export async function writeDurably(path: string, content: string | Uint8Array, aside = `${path}.tmp`): Promise<void> {
  const handle = await open(aside, "w");
  try {
    await writeStep("text.write", aside, Buffer.from(content), (bytes) => handle.writeFile(bytes));
    await diskStep("text.sync", aside, () => handle.sync());
  } finally {
    await handle.close();
  }
  await diskStep("text.rename", path, () => rename(aside, path));
  await syncDirectory(dirname(path));
}

/**
 * Makes a folder and those it lies in, unless they are there. Not mkdir's own `recursive`: where a file system refuses a new
 * folder with "no such file" (/proc does), Node 24 tries for ever.
 */
export async function makeFolder(path: string): Promise<void> {
  if (existsSync(path)) return;
  if (!existsSync(dirname(path))) await makeFolder(dirname(path));
  await diskStep("folder.make", path, () =>
    mkdir(path).catch((error: NodeJS.ErrnoException) => {
      // Another process may have made it in this moment.
      if (error.code !== "EEXIST") throw error;
    }),
  );
}
