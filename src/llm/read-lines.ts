import { open } from "node:fs/promises";

const CHUNK_BYTES = 2 ** 20;

/**
 * Calls `onLine` with each whole line of a file, without its line feed, and the byte it begins at; the buffer is used again
 * for the next one. Returns the byte where the last whole line ends: what stands behind it was cut off by a crash. No file
 * is an empty one. Memory: one line.
 */
export async function readLines(path: string, onLine: (line: Buffer, start: number) => void): Promise<number> {
  const handle = await openIfThere(path);
  if (handle === undefined) return 0;
  try {
    // A cache has many small files: a buffer of a megabyte for each would take longer than reading them.
    let buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, (await handle.stat()).size + 1));
    let kept = 0; // bytes of a line whose end has not come yet
    let lineStart = 0;
    for (;;) {
      if (kept === buffer.length)
        buffer = Buffer.concat([buffer, Buffer.allocUnsafe(Math.max(buffer.length, CHUNK_BYTES))]);
      const { bytesRead } = await handle.read(buffer, kept, buffer.length - kept);
      if (bytesRead === 0) return lineStart;
      const filled = buffer.subarray(0, kept + bytesRead);
      let from = 0;
      for (let end = filled.indexOf(10, kept); end !== -1; end = filled.indexOf(10, from)) {
        onLine(filled.subarray(from, end), lineStart);
        lineStart += end + 1 - from;
        from = end + 1;
      }
      kept = filled.length - from;
      filled.copy(buffer, 0, from);
    }
  } finally {
    await handle.close();
  }
}

async function openIfThere(path: string): Promise<Awaited<ReturnType<typeof open>> | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
