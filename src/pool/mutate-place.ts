import { toRank } from "./mutate/rank.ts";

/** Hex digits of a rank that count for a candidate's place: with the variant's number they fit a double exactly. */
const FRACTION_DIGITS = 12;

/** A lane's number and a place. */
export const PLACE_BYTES = 10;

/** A candidate's hash, which the shares are drawn by. */
export function toRankHash(seed: string, parentHash: string, lane: string, variant: number): string {
  return toRank(seed, parentHash, lane, variant);
}

/**
 * Where a candidate stands in its lane's order: first all candidates of variant 0, by their hashes, then those of variant 1.
 * The whole part is the variant, the fraction the first 48 bits of the hash.
 */
export function toPlace(variant: number, rankHash: string): number {
  return variant + Number.parseInt(rankHash.slice(0, FRACTION_DIGITS), 16) / 16 ** FRACTION_DIGITS;
}

/** Writes candidates as they go to disk: two bytes for the lane, eight for the place. */
export function createPlaceBuffer() {
  let bytes = Buffer.alloc(4096);
  let length = 0;
  return {
    add(lane: number, place: number): void {
      if (length + PLACE_BYTES > bytes.length) bytes = Buffer.concat([bytes], 2 * bytes.length);
      bytes.writeUInt16LE(lane, length);
      bytes.writeDoubleLE(place, length + 2);
      length += PLACE_BYTES;
    },
    take: (): Uint8Array => Uint8Array.from(bytes.subarray(0, length)),
  };
}
