import { type FileHandle, open } from "node:fs/promises";
import { DamageError } from "#contract";

/** What tells that a file is still the one it was, without reading it. */
export type FileStamp = { readonly size: bigint; readonly inode: bigint; readonly changedNs: bigint };

/** Stamps a file. What is read of it later is checked against this. */
export async function stampFile(path: string): Promise<FileStamp> {
  await using handle = await open(path);
  return toStamp(handle);
}

/** Reads [start, end) of a file. Throws DamageError if it is no longer the one that was stamped. */
export async function readFileRange(
  path: string,
  start: number,
  end: number,
  stamp: FileStamp,
): Promise<Uint8Array<ArrayBuffer>> {
  await using handle = await open(path);
  const { size, inode, changedNs } = await toStamp(handle);
  if (size !== stamp.size) throw changed(path, `has ${size} bytes; it had ${stamp.size}`);
  if (inode !== stamp.inode || changedNs !== stamp.changedNs)
    throw changed(path, "is another file than the one it was");
  const bytes = new Uint8Array(end - start);
  for (let filled = 0; filled < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) throw changed(path, `ends at byte ${start + filled}`);
    filled += bytesRead;
  }
  return bytes;
}

async function toStamp(handle: FileHandle): Promise<FileStamp> {
  const { size, ino: inode, mtimeNs: changedNs } = await handle.stat({ bigint: true });
  return { size, inode, changedNs };
}

function changed(path: string, what: string): DamageError {
  return new DamageError(
    `${path} ${what} when the run began: something else writes into the input. Run again when it is done.`,
  );
}
