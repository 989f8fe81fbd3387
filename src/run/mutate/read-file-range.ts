import { open } from "node:fs/promises";
import { DamageError } from "#contract";

/** Reads [start, end) of a file that has `size` bytes. Throws DamageError if it no longer has. */
export async function readFileRange(
  path: string,
  start: number,
  end: number,
  size: number,
): Promise<Uint8Array<ArrayBuffer>> {
  await using handle = await open(path);
  const { size: sizeNow } = await handle.stat();
  if (sizeNow !== size) throw changed(path, `has ${sizeNow} bytes; it had ${size}`);
  const bytes = new Uint8Array(end - start);
  for (let filled = 0; filled < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) throw changed(path, `ends at byte ${start + filled}`);
    filled += bytesRead;
  }
  return bytes;
}

function changed(path: string, what: string): DamageError {
  return new DamageError(
    `${path} ${what} when the run began: something else writes into the input. Run again when it is done.`,
  );
}
