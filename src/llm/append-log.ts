import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { syncDirectory } from "./folder.ts";

/**
 * A file that grows by whole lines, each on disk before its `append` returns. Appends that come while others are being
 * flushed share the next flush, so a slow disk bounds how often is flushed and not how much is appended.
 */
export type AppendLog = {
  /** Returns the byte at which the lines begin, once they are on disk. */
  append(lines: string): Promise<number>;
  /** Bytes that are on disk. */
  read(start: number, length: number): Promise<Buffer>;
  /** Ends the file after what has been appended. */
  close(): Promise<void>;
};

type Waiting = {
  readonly bytes: Buffer;
  readonly done: (start: number) => void;
  readonly fail: (error: unknown) => void;
};

/**
 * Opens `path` to append after its first `keepBytes` bytes; what stands behind them is taken away. After a failed write or
 * flush nothing is known of the file's end, so this and every later append fails with that error.
 */
export async function openAppendLog(path: string, keepBytes: number): Promise<AppendLog> {
  const handle = await open(path, "a+");
  try {
    if ((await handle.stat()).size > keepBytes) await handle.truncate(keepBytes);
    // A new file's name must survive a power cut as well.
    if (keepBytes === 0) await syncDirectory(dirname(path));
  } catch (error) {
    await handle.close();
    throw error;
  }
  return createAppendLog(handle, keepBytes);
}

function createAppendLog(handle: FileHandle, keepBytes: number): AppendLog {
  let size = keepBytes;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  const flushAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        if (failure) throw failure.error;
        await writeAll(
          handle,
          batch.length === 1 ? (batch[0] as Waiting).bytes : Buffer.concat(batch.map(({ bytes }) => bytes)),
        );
        await handle.datasync();
      } catch (error) {
        failure ??= { error };
        for (const { fail } of batch) fail(failure.error);
        continue;
      }
      for (const { bytes, done } of batch) {
        done(size);
        size += bytes.length;
      }
      // Those who just heard may have more to say: let them into the next flush.
      await new Promise(setImmediate);
    }
    flushing = undefined;
  };

  return {
    append(lines) {
      return new Promise((done, fail) => {
        waiting.push({ bytes: Buffer.from(lines, "utf8"), done, fail });
        flushing ??= new Promise(setImmediate).then(flushAll);
      });
    },
    async read(start, length) {
      const bytes = Buffer.allocUnsafe(length);
      const { bytesRead } = await handle.read(bytes, 0, length, start);
      return bytes.subarray(0, bytesRead);
    },
    async close() {
      await flushing;
      await handle.close();
    },
  };
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
}
