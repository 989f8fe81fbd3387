import type { MutateSlice } from "./mutate-read.ts";

/** Lanes that a word of bits has room for. With more of them nothing is remembered. */
const LANES_MAX = 32;

/**
 * Which lanes are known not to apply to which rows of a slice: a bit for each lane in a word for each row. It spares later
 * passes what they would find again, and changes nothing of what they find.
 */
export function createDeadLanes({ end }: MutateSlice, lanes: number, known: Uint32Array | undefined) {
  const words = new Uint32Array(end);
  if (known) words.set(known.subarray(0, end));
  const isKept = lanes <= LANES_MAX;
  return {
    has: (i: number, lane: number): boolean => isKept && (((words[i] as number) >>> lane) & 1) === 1,
    add(i: number, lane: number): void {
      if (isKept) words[i] = ((words[i] as number) | (1 << lane)) >>> 0;
    },
    /** True if no lane that is still tried can apply: all that is left are later variants of dead ones. */
    isDead(
      i: number,
      banded: readonly { readonly index: number; readonly band: readonly [number, number] | undefined }[],
      probeShare: number,
    ): boolean {
      if (!isKept || !known || probeShare > 0) return false;
      return banded.every(({ index, band }) => !band || (band[0] >= 1 && this.has(i, index)));
    },
    take: (): Uint32Array => words,
  };
}
