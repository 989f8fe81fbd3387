import { crc32 } from "node:zlib";

/** Bytes of a file that share a sum. */
const BLOCK_BYTES = 16 * 2 ** 10;

/** Bytes at a place of a file. */
export type Part = { readonly start: number; readonly bytes: Uint8Array };

/** A CRC-32 for each block of a file that was read whole: four bytes for 16 KiB, so that a second look can be compared. */
export class BlockSums {
  readonly #size: number;
  readonly #sums: Uint32Array;
  readonly #known: Uint8Array;

  constructor(size: number) {
    this.#size = size;
    this.#sums = new Uint32Array(Math.ceil(size / BLOCK_BYTES));
    this.#known = new Uint8Array(this.#sums.length);
  }

  /** Bytes before `place` in its block, if that block is known. */
  toBefore(place: number): number {
    return this.#isKnown(place) ? place % BLOCK_BYTES : 0;
  }

  /** Bytes from `place` to the end of its block, if that block is known and `place` lies inside. */
  toAfter(place: number): number {
    return this.#isKnown(place) && place % BLOCK_BYTES > 0 ? this.#toEnd(place) - place : 0;
  }

  /** The first byte of a block that is not what it was; undefined if all are. `parts` follow one another. */
  findDifference(parts: readonly Part[]): number | undefined {
    if (!parts.some((part) => this.#knowsSome(part))) return undefined; // as of all that is read for the first time
    for (const [block, sum] of this.#sum(parts)) {
      if (this.#known[block] === 1 && this.#sums[block] !== sum) return block * BLOCK_BYTES;
    }
    return undefined;
  }

  take(parts: readonly Part[]): void {
    for (const [block, sum] of this.#sum(parts)) {
      this.#sums[block] = sum;
      this.#known[block] = 1;
    }
  }

  #knowsSome({ start, bytes }: Part): boolean {
    const end = Math.ceil((start + bytes.length) / BLOCK_BYTES);
    return this.#known.subarray(Math.floor(start / BLOCK_BYTES), end).includes(1);
  }

  #isKnown(place: number): boolean {
    return this.#known[Math.floor(place / BLOCK_BYTES)] === 1;
  }

  #toEnd(place: number): number {
    return Math.min((Math.floor(place / BLOCK_BYTES) + 1) * BLOCK_BYTES, this.#size);
  }

  /** The sums of the blocks that lie wholly inside the parts. */
  *#sum(parts: readonly Part[]): Generator<readonly [block: number, sum: number]> {
    let sum: number | undefined;
    for (const { start, bytes } of parts) {
      for (let at = 0; at < bytes.length; ) {
        const place = start + at;
        const length = Math.min(bytes.length - at, this.#toEnd(place) - place);
        if (place % BLOCK_BYTES === 0) sum = 0;
        if (sum !== undefined) sum = crc32(bytes.subarray(at, at + length), sum);
        at += length;
        if (place + length < this.#toEnd(place)) continue;
        if (sum !== undefined) yield [Math.floor(place / BLOCK_BYTES), sum];
        sum = undefined;
      }
    }
  }
}
