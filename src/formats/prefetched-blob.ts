import { freeBytes } from "../contract/free-bytes.ts";
import type { ParquetPayload } from "./row-file.ts";

type Chunks = ParquetPayload["chunks"];

/**
 * A file of which only some ranges are in memory, as the Blob that parquet-wasm reads from. It never waits for anything:
 * a read that fails inside of parquet-wasm would kill the thread.
 */
export class PrefetchedBlob extends Blob {
  readonly #chunks: Chunks;
  readonly #start: number;
  readonly #end: number;
  /** The copies that this blob and its slices have handed out. */
  readonly #copies: ArrayBuffer[];

  constructor(chunks: Chunks, start: number, end: number, copies: ArrayBuffer[] = []) {
    super([]);
    this.#copies = copies;
    this.#chunks = chunks;
    this.#start = start;
    this.#end = end;
  }

  override get size(): number {
    return this.#end - this.#start;
  }

  override slice(start = 0, end = this.size): Blob {
    const sliceEnd = Math.min(this.#start + end, this.#end);
    return new PrefetchedBlob(this.#chunks, this.#start + start, sliceEnd, this.#copies);
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    const copy = readPrefetched(this.#chunks, this.#start, this.#end);
    this.#copies.push(copy);
    return copy;
  }

  /** Gives back the memory of all that was read. Call it when the reader is done: it has copies of its own. */
  release(): void {
    for (const copy of this.#copies.splice(0)) freeBytes(new Uint8Array(copy));
  }
}

/** A copy of the bytes [start, end) of the file. Throws if they were not prefetched, which is a bug of the caller. */
export function readPrefetched(chunks: Chunks, start: number, end: number): ArrayBuffer {
  if (start === end) return new ArrayBuffer(0);
  for (const { start: chunkStart, bytes } of chunks) {
    if (chunkStart > start || end > chunkStart + bytes.length) continue;
    return Uint8Array.from(bytes.subarray(start - chunkStart, end - chunkStart)).buffer;
  }
  throw new Error(`Bytes ${start}-${end} of a parquet file were not prefetched.`);
}
