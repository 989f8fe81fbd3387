import { existsSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

// As in sink/, which this room does not know: what is kept here outlives run folders and is locked for itself.

/** Makes names in a directory survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder and those it lies in, unless they are there. Not mkdir's `recursive`, which can try for ever (Node 24). */
export async function makeFolder(path: string): Promise<void> {
  if (existsSync(path)) return;
  const parent = dirname(path);
  await makeFolder(parent);
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    // Another process may have made it in this moment.
    if (error.code !== "EEXIST") throw error;
  });
  await syncDirectory(parent);
}
