import { createHash } from "node:crypto";
import type { ByteSource } from "../contract/byte-source.ts";
import { SourceError } from "../contract/errors.ts";
import type { Part } from "./block-sums.ts";
import type { ByteRange, RangeBytes } from "./body.ts";
import type { FileCheck } from "./file-check.ts";
import type { HubFile } from "./hub.ts";
import { createRangeSource } from "./range-source.ts";

/** Files of up to so many bytes are fetched whole by their first read: one request, and checked before a byte is used. */
export const WHOLE_FILE_BYTES = 256 * 2 ** 10;

/**
 * What is wrong with bytes that came, if anything. "garbled": they are not the file's, and nobody has used one of them.
 * "malformed": they contradict others that were used, and nobody knows which are the file's.
 */
export type Accept = (
  came: RangeBytes,
) => { readonly failure: "garbled" | "malformed"; readonly what: string } | undefined;

export type CheckedRead = {
  /** Reads a range. What is not accepted is asked for again where that can help. */
  read(range: ByteRange, accept: Accept): Promise<RangeBytes>;
  /** "OWNER/NAME path", for messages. */
  readonly subject: string;
  /** What must be so, and what can be done, if a file that was read to its end is another than the listing names. */
  readonly blame: string;
};

/** A file of a hub that may lie, or of a disk that may: bytes that contradict each other or the listing's hash are not handed out unnoticed. */
export function createCheckedSource(file: HubFile, createCheck: () => FileCheck, far: CheckedRead): ByteSource {
  if (file.size === 0) return openEmpty(file, far);
  return file.size <= WHOLE_FILE_BYTES ? openWhole(file, createCheck, far) : openLarge(file, createCheck(), far);
}

/** A file that a machine lost power over, or a full disk, has no bytes: only its hash says that there should be some. */
function openEmpty(file: HubFile, { subject, blame }: CheckedRead): ByteSource {
  const expected = file.sha256 ?? file.etag;
  const empty = createRangeSource(file, async () => new Uint8Array(0));
  const isEmpty = expected === undefined || EMPTY_HASHES.includes(expected);
  if (isEmpty) return empty;
  const message = `${subject}: it has no bytes; the dataset's listing says that its hash is ${expected}. ${blame}`;
  return { ...empty, read: () => Promise.reject(new SourceError("malformed", message)) };
}

/** Of no bytes: the SHA-256, and the name of the blob in git. */
const EMPTY_HASHES = [createHash("sha256").digest("hex"), createHash("sha1").update("blob 0\0").digest("hex")];

function openWhole(file: HubFile, createCheck: () => FileCheck, { read }: CheckedRead): ByteSource {
  let whole: Promise<Uint8Array> | undefined;
  const { size } = file;
  const readWhole = async () => {
    const { bytes } = await read({ start: 0, end: size, size }, ({ bytes: came }) => {
      const wrong = createCheck().take([{ start: 0, bytes: came }]);
      if (wrong === undefined) return undefined;
      const what = `a file with the hash ${wrong}; the dataset's listing says ${file.sha256 ?? file.etag}`;
      return { failure: "garbled", what };
    });
    return bytes;
  };
  return createRangeSource(file, async (start, end) => {
    whole ??= readWhole();
    // A failure is not kept: the next read tries anew.
    whole.catch(() => {
      whole = undefined;
    });
    return (await whole).slice(start, end) as Uint8Array<ArrayBuffer>;
  });
}

function openLarge(file: HubFile, check: FileCheck, { read, subject, blame }: CheckedRead): ByteSource {
  const { size } = file;
  return createRangeSource(file, async (start, end) => {
    const range = { start, end, size, ...check.toAround(start, end) };
    const came = await read(range, (bytes) => {
      const at = check.findDifference(toParts(range, bytes));
      if (at === undefined) return undefined;
      const what = `other bytes from ${at} on than before: those of another range, or file`;
      return { failure: "malformed", what };
    });
    const wrong = check.take(toParts(range, came));
    if (wrong !== undefined) throw changed(subject, file, wrong, blame);
    return came.bytes;
  });
}

function toParts({ start, end }: ByteRange, { before, bytes, after }: RangeBytes): Part[] {
  const parts = [
    { start: start - before.length, bytes: before },
    { start, bytes },
    { start: end, bytes: after },
  ];
  return parts.filter((part) => part.bytes.length > 0);
}

function changed(subject: string, { size, sha256, etag }: HubFile, came: string, blame: string): SourceError {
  return new SourceError(
    "malformed",
    `${subject}: its ${size} bytes, read to the end, have the hash ${came}; the dataset's listing says ${sha256 ?? etag}. ` +
      `${blame} Samples made of it before this was seen are among the loader's: make them anew with --fresh.`,
  );
}
