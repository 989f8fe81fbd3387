import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { SourceError } from "../contract/errors.ts";
import type { ByteRange, RangeBytes } from "./body.ts";
import {
  assertDownloaded,
  findContent,
  findDatasetFolder,
  listPaths,
  readCommit,
  readIdentity,
  toDownloadCommand,
} from "./cache-layout.ts";
import { type CheckedRead, createCheckedSource } from "./checked-source.ts";
import { createFileChecks } from "./file-check.ts";
import type { Hub, HubFile } from "./hub.ts";
import { toSubject } from "./hub-errors.ts";
import { createMemo } from "./memo.ts";
import { assertCommit, assertDatasetId, assertRevision } from "./names.ts";

/** Bytes per system call: Node refuses more than 2 GiB, and its few file threads serve everybody. */
const READ_BYTES_MAX = 2 ** 24;

/** A directory in the Hugging Face cache layout (what `hf download` leaves), or HF_HOME around it. Needs no network. */
export function openDirectoryHub(directory: string): Hub {
  const folders = createMemo<string>();
  const commits = createMemo<string>();
  const listings = createMemo<readonly string[]>();
  const identities = createMemo<HubFile>();
  const checks = createFileChecks();
  const findFolder = (dataset: string) => folders(dataset, () => findDatasetFolder(directory, dataset));

  return {
    name: `the directory ${directory}`,
    async resolve(dataset, revision = "main") {
      assertDatasetId(dataset);
      assertRevision(revision);
      return ofDataset(dataset, async () => {
        const folder = await findFolder(dataset);
        return commits(`${dataset}@${revision}`, () => readCommit(folder, dataset, revision));
      });
    },
    async list(dataset, revision, keep = () => true) {
      assertDatasetId(dataset);
      assertCommit(revision);
      return ofDataset(dataset, async () => {
        const folder = await findFolder(dataset);
        const paths = await listings(`${dataset}@${revision}`, async () => {
          await readCommit(folder, dataset, revision);
          await assertDownloaded(folder, dataset, revision);
          return listPaths(join(folder, "snapshots", revision));
        });
        const files: HubFile[] = [];
        for (const path of paths.filter(keep)) {
          const key = `${dataset}@${revision}/${path}`;
          files.push(await identities(key, () => readIdentity(folder, revision, path, dataset)));
        }
        return files;
      });
    },
    open(dataset, revision, file) {
      assertDatasetId(dataset);
      assertCommit(revision);
      const subject = toSubject({ dataset, path: file.path });
      const todo = `It is damaged: get it anew with ${toDownloadCommand(dataset)} --revision ${revision} --force-download.`;
      const read: CheckedRead["read"] = (range, accept) =>
        ofDataset(dataset, async () => {
          const place = await findContent(await findFolder(dataset), revision, file.path, dataset);
          const came = await readRange(place, range, subject);
          const wrong = accept(came);
          if (wrong === undefined) return came;
          // What lies on a disk is no other in a moment.
          throw new SourceError("malformed", `${subject}: ${place} holds ${wrong.what}. ${todo}`);
        });
      const createCheck = () => checks(`${dataset}@${revision}/${file.path}`, file);
      return createCheckedSource(file, createCheck, { read, subject, blame: todo });
    },
    async close() {},
  };
}

/** What is short in the machine is so for every dataset: nothing but the run itself can fail for it. */
const MACHINE_FAILURES: readonly unknown[] = ["EMFILE", "ENFILE", "ENOMEM"];

/** What the file system refuses in a dataset's folder is that dataset's failure: no permission, a link in a circle, a bad disk. */
async function ofDataset<T>(dataset: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const { code, syscall, message } = cause as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined || MACHINE_FAILURES.includes(code)) throw cause;
    const todo = "Mend that, or get the dataset anew";
    throw new SourceError("unreachable", `${dataset} can't be read from its directory: ${message}. ${todo}.`, {
      cause,
    });
  }
}

async function readRange(place: string, range: ByteRange, subject: string): Promise<RangeBytes> {
  const { start, end, size, before = 0, after = 0 } = range;
  await using handle = await open(place);
  const { size: sizeNow } = await handle.stat();
  if (sizeNow !== size) {
    throw new SourceError("malformed", `${subject}: ${place} has ${sizeNow} bytes; it had ${size} when it was listed.`);
  }
  const read = (from: number, to: number) => readBytes(handle, from, to, `${subject}: ${place}`);
  return {
    before: await read(start - before, start),
    bytes: await read(start, end),
    after: await read(end, end + after),
  };
}

async function readBytes(handle: FileHandle, start: number, end: number, subject: string) {
  const bytes = new Uint8Array(end - start);
  for (let filled = 0; filled < bytes.length; ) {
    const length = Math.min(bytes.length - filled, READ_BYTES_MAX);
    const { bytesRead } = await handle.read(bytes, filled, length, start + filled);
    if (bytesRead === 0) throw new SourceError("malformed", `${subject} ends at byte ${start + filled}.`);
    filled += bytesRead;
  }
  return bytes;
}
