import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { DamageError } from "#contract";
import { diskStep, writeStep } from "../contract/disk-step.ts";
import type { OutputMark } from "../schema/journal.ts";
import { syncDirectory } from "./durable.ts";

/** A growing file of JSON Lines that knows its length, its line count and the hash over all its bytes. */
export type OutputFile = {
  readonly mark: OutputMark;
  /** Appends whole lines. On disk only after `sync`. */
  append(bytes: Uint8Array, lines: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
};

const READ_BYTES = 1 << 20;

/**
 * Opens a file to append to. With a mark, its first bytes must be those the mark tells of (else DamageError, nothing
 * touched); bytes beyond the mark were written by a run that was cut off and are taken away.
 */
export async function openOutput(path: string, mark: OutputMark): Promise<OutputFile> {
  const kind = mark.path.startsWith("quarantine/") ? "quarantine" : "part";
  const flags = mark.bytes > 0 ? "r+" : "w";
  const handle = await diskStep(`${kind}.open`, path, () => open(path, flags)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" && flags === "r+") throw gone(path, mark);
    throw error;
  });
  const digest = createHash("sha256");
  try {
    await hashPrefix(handle, mark.bytes, digest);
    assertMark(path, mark, digest);
    await handle.truncate(mark.bytes);
    // Its name must be on disk before the journal tells of its bytes.
    await syncDirectory(dirname(path));
  } catch (error) {
    await handle.close();
    throw error;
  }
  return createOutput({ handle, path, kind, digest }, { ...mark });
}

/**
 * Throws DamageError unless the file's first bytes are those the mark tells of, and, if it is to be `whole`, nothing comes
 * after them. Touches nothing.
 */
export async function assertOutput(path: string, mark: OutputMark, { whole }: { whole: boolean }): Promise<void> {
  const handle = await open(path, "r");
  const digest = createHash("sha256");
  try {
    const { size } = await handle.stat();
    if (size < mark.bytes || (whole && size > mark.bytes)) throw wrongLength(path, mark, size);
    await hashPrefix(handle, mark.bytes, digest);
  } finally {
    await handle.close();
  }
  assertMark(path, mark, digest);
}

/** An output that the journal tells of is not there. */
export function gone(path: string, mark: OutputMark): DamageError {
  return new DamageError(`${path} is gone, but the journal says that it holds ${mark.lines} lines. ${WHAT_TO_DO}`);
}

function wrongLength(path: string, mark: OutputMark, bytes: number): DamageError {
  return new DamageError(`${path} should have ${mark.bytes} bytes, but it has ${bytes}. ${WHAT_TO_DO}`);
}

const WHAT_TO_DO = "Nothing was touched. Restore the file from a copy, or start over with --fresh.";

function assertMark(path: string, mark: OutputMark, digest: Hash): void {
  if (digest.copy().digest("hex") === mark.sha256) return;
  throw new DamageError(
    `${path}: the first ${mark.bytes} bytes are not the ones that the journal tells of (sha256 differs). ${WHAT_TO_DO}`,
  );
}

async function hashPrefix(handle: FileHandle, bytes: number, digest: Hash): Promise<void> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(READ_BYTES, bytes - at), at);
    if (bytesRead === 0) return; // Shorter than the mark: the hash will differ.
    digest.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

type Opened = {
  readonly handle: FileHandle;
  readonly path: string;
  readonly kind: "part" | "quarantine";
  /** Over all bytes so far. */
  readonly digest: Hash;
};

function createOutput({ handle, path, kind, digest }: Opened, start: OutputMark): OutputFile {
  let mark = start;
  let dirty = false;
  return {
    get mark() {
      return mark;
    },
    async append(bytes, lines) {
      await writeStep(`${kind}.write`, path, bytes, (part) => writeAt(handle, part, mark.bytes));
      digest.update(bytes);
      dirty = true;
      mark = {
        path: mark.path,
        bytes: mark.bytes + bytes.length,
        lines: mark.lines + lines,
        sha256: digest.copy().digest("hex"),
      };
    },
    async sync() {
      if (dirty) await diskStep(`${kind}.sync`, path, () => handle.datasync());
      dirty = false;
    },
    close: () => handle.close(),
  };
}

async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

/** The mark of a file before its first line. */
export function toEmptyMark(path: string): OutputMark {
  return { path, bytes: 0, lines: 0, sha256: createHash("sha256").digest("hex") };
}
