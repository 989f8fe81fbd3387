import { createHash, type Hash } from "node:crypto";
import { BlockSums, type Part } from "./block-sums.ts";
import type { HubFile } from "./hub.ts";

/** Bytes at either end of each read that are remembered, to be compared when a neighbour is read. */
const EDGE_BYTES = 256;
const EDGES_MAX = 64;

/** Bytes between two reads that are fetched along, so that nothing is missing from the hash: these, or a share of the read. */
const GAP_BYTES_MAX = 64 * 2 ** 10;
const GAP_SHARE_MAX = 1 / 8;

/** Bytes of the file's end, read before the rest (a parquet footer), that are kept until the hash has come to them. */
const TAIL_BYTES_MAX = 2 ** 20;

/**
 * Checks the bytes of one file as they are read, with no request more. Three nets:
 * - Edges: a read asks for a few bytes of its neighbours, too, and they must be what the neighbours' reads gave. A body of
 *   another range does not fit, and is read again before anybody has seen it.
 * - Sums: what is read a second time must be what it was the first time.
 * - The hash: where all bytes come by in order, it must be the one that the listing names.
 * None sees a wrong body without a neighbour in a file that is not read whole: columns of parquet picked from others.
 */
export class FileCheck {
  readonly #file: HubFile;
  /** A pass that was broken off, whose hash may be gone on with. */
  readonly #earlier: FileCheck | undefined;
  readonly #sums: BlockSums;
  #edges: Part[] = [];
  #tail: Part | undefined;
  #hash: Hash;
  #hashed = 0;

  constructor(file: HubFile, earlier?: FileCheck) {
    this.#file = file;
    this.#earlier = earlier;
    this.#sums = earlier === undefined ? new BlockSums(file.size) : earlier.#sums;
    this.#hash = file.sha256 === undefined ? toGitHash(file.size) : createHash("sha256");
  }

  /** Bytes before and after [start, end) to ask for along with it. */
  toAround(start: number, end: number): { before: number; after: number } {
    const before = this.#edges.map((edge) => (edge.start < start && toEnd(edge) >= start ? start - edge.start : 0));
    const after = this.#edges.map((edge) => (edge.start <= end && toEnd(edge) > end ? toEnd(edge) - end : 0));
    const gapMax = Math.max(GAP_BYTES_MAX, (end - start) * GAP_SHARE_MAX);
    const gap = start - this.#hashed;
    const isNext = gap <= 0 && end > this.#hashed;
    const isNear = gap > 0 && gap <= gapMax && this.#hashed > 0;
    const tailGap = this.#tail === undefined ? 0 : this.#tail.start - end;
    const bridge = (isNext || isNear) && tailGap > 0 && tailGap <= gapMax ? tailGap : 0;
    return {
      before: Math.max(isNear ? gap : 0, this.#sums.toBefore(start), ...before),
      after: Math.max(bridge, this.#sums.toAfter(end), ...after),
    };
  }

  /** Byte at which, or just after which, some bytes differ from what was read before. `parts` follow one another. */
  findDifference(parts: readonly Part[]): number | undefined {
    for (const { start, bytes } of parts) {
      for (const edge of this.#edges) {
        const from = Math.max(start, edge.start);
        const to = Math.min(start + bytes.length, toEnd(edge));
        for (let at = from; at < to; at++) if (bytes[at - start] !== edge.bytes[at - edge.start]) return at;
      }
    }
    return this.#sums.findDifference(parts);
  }

  /** Takes in what was read. The wrong hash, once the last of the file's bytes has come; or undefined. */
  take(parts: readonly Part[]): string | undefined {
    this.#sums.take(parts);
    let wrong: string | undefined;
    for (const part of parts) wrong = this.#takePart(part) ?? wrong;
    return wrong;
  }

  #takePart(part: Part): string | undefined {
    this.#remember(part);
    if (this.#hashed === this.#file.size) return undefined;
    this.#goOnFromEarlier(part);
    if (part.start > this.#hashed) this.#keepTail(part);
    else this.#update(part);
    if (this.#tail !== undefined && this.#tail.start <= this.#hashed) this.#update(this.#tail);
    if (this.#hashed < this.#file.size) return undefined;
    const came = this.#hash.digest("hex");
    const expected = this.#file.sha256 ?? this.#file.etag ?? came;
    return came === expected ? undefined : came;
  }

  #update(part: Part): void {
    if (toEnd(part) <= this.#hashed) return;
    this.#hash.update(part.bytes.subarray(this.#hashed - part.start));
    this.#hashed = toEnd(part);
  }

  #remember(part: Part): void {
    const { start, bytes } = part;
    const isKnown = (edge: Part) => edge.start >= start && toEnd(edge) <= toEnd(part);
    this.#edges = this.#edges.filter((edge) => !isKnown(edge)).slice(-EDGES_MAX);
    const last = Math.max(0, bytes.length - EDGE_BYTES);
    this.#edges.push({ start, bytes: bytes.slice(0, EDGE_BYTES) });
    if (last > 0) this.#edges.push({ start: start + last, bytes: bytes.slice(last) });
  }

  #keepTail(part: Part): void {
    const { start, bytes } = part;
    const kept = this.#tail?.bytes ?? new Uint8Array(0);
    const isTail = toEnd(part) === (this.#tail?.start ?? this.#file.size);
    if (isTail && bytes.length + kept.length <= TAIL_BYTES_MAX) {
      this.#tail = { start, bytes: Buffer.concat([bytes, kept]) };
    }
  }

  #goOnFromEarlier(part: Part): void {
    const earlier = this.#earlier;
    if (earlier === undefined || earlier.#hashed === this.#file.size) return;
    const isThere = part.start <= earlier.#hashed && earlier.#hashed < toEnd(part);
    if (part.start <= this.#hashed || !isThere) return;
    this.#hash = earlier.#hash.copy();
    this.#hashed = earlier.#hashed;
  }
}

/** Makes checks by key, of which each goes on from the one before it. */
export function createFileChecks(): (key: string, file: HubFile) => FileCheck {
  const latest = new Map<string, FileCheck>();
  return (key, file) => {
    const check = new FileCheck(file, latest.get(key));
    latest.set(key, check);
    return check;
  };
}

function toEnd({ start, bytes }: Part): number {
  return start + bytes.length;
}

/** What git names a blob by. */
function toGitHash(size: number): Hash {
  return createHash("sha1").update(`blob ${size}\0`);
}
