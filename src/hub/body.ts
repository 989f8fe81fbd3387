import { gunzipSync } from "node:zlib";
import { TransientError } from "./hub-errors.ts";

/** Part of a file: the bytes [start, end) of `size`, and some around them that come along to be compared. */
export type ByteRange = {
  readonly start: number;
  readonly end: number;
  readonly size: number;
  /** Bytes before `start` that are asked for, too; and after `end`. 0 unless said. */
  readonly before?: number;
  readonly after?: number;
};

/** The bytes of a range, each part in a buffer of its own. */
export type RangeBytes = {
  readonly before: Uint8Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly after: Uint8Array<ArrayBuffer>;
};

type Body = AsyncIterable<Uint8Array>;
type Headers = { get(name: string): string | null };

/** [start, end) of what is asked for in all. */
export function toAsked({ start, end, before = 0, after = 0 }: ByteRange): readonly [start: number, end: number] {
  return [start - before, end + after];
}

/** What is wrong with an answer that should be the asked range of a file of a known size, unencoded; or undefined. */
export function toRangeError(
  range: ByteRange,
  status: number,
  headers: Headers,
  host: string,
): TransientError | undefined {
  const [start, end] = toAsked(range);
  const expected = `bytes ${start}-${end - 1}/${range.size}`;
  const came = headers.get("content-range");
  const encoding = headers.get("content-encoding") ?? "identity";
  if (status === 206 && came === expected && encoding === "identity") return undefined;
  const got = `${status} with content-range "${came ?? ""}" and content-encoding "${encoding}"`;
  const [, total] = /\/(\d+)$/.exec(came ?? "") ?? [];
  const size =
    total === undefined || Number(total) === range.size
      ? ""
      : ` (a file of ${total} bytes; the dataset's listing says ${range.size})`;
  return new TransientError("garbled", host, `answered ${got}; expected 206 with "${expected}"${size}`);
}

/** Reads exactly a range. Throws TransientError if the body is shorter or longer. */
export async function readRange(body: Body, range: ByteRange, host: string): Promise<RangeBytes> {
  const { start, end, before = 0, after = 0 } = range;
  const parts = [before, end - start, after].map((length) => new Uint8Array(length));
  const total = before + end - start + after;
  let part = 0;
  let filled = 0;
  let came = 0;
  for await (const chunk of body) {
    came += chunk.length;
    if (came > total) {
      throw new TransientError("garbled", host, `sent more than the ${total} bytes that were asked for`);
    }
    for (let at = 0; at < chunk.length; ) {
      const target = parts[part] as Uint8Array;
      const length = Math.min(chunk.length - at, target.length - filled);
      target.set(chunk.subarray(at, at + length), filled);
      at += length;
      filled += length;
      if (filled < target.length) continue;
      part += 1;
      filled = 0;
    }
  }
  if (came < total) throw new TransientError("unreachable", host, `sent ${came} of ${total} bytes`);
  const [first, bytes, last] = parts as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
  return { before: first, bytes, after: last };
}

/**
 * Reads a body of unknown length to its end and decodes it if a proxy has packed it unasked. Throws TransientError if it is
 * over `bytesMax`, or packed in another way than gzip, or damaged.
 */
export async function readText(
  body: Body,
  headers: Headers,
  bytesMax: number,
  host: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const tooLong = () => new TransientError("garbled", host, `sent a text of more than ${bytesMax} bytes`);
  for await (const chunk of body) {
    length += chunk.length;
    if (length > bytesMax) throw tooLong();
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks);
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding === "identity") return new Uint8Array(text);
  try {
    if (encoding === "gzip") return new Uint8Array(gunzipSync(text, { maxOutputLength: bytesMax }));
  } catch (cause) {
    throw new TransientError("garbled", host, `sent gzip that can't be unpacked: ${(cause as Error).message}`, {
      cause,
    });
  }
  throw new TransientError("garbled", host, `answered with content-encoding "${encoding}", which nobody asked for`);
}
