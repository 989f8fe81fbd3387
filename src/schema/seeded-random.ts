import { hash } from "node:crypto";

/** First line of what the numbers are taken from; it moves when the same seed would give others. */
const RANDOM_DOMAIN = "planstream/random/1\n";
const WORDS_IN_BLOCK = 8;

/** Random choices that follow from a seed alone: the same in every process, thread and order of work. */
export type SeededRandom = {
  /** At least 0 and below 1, in steps of 2^-32. */
  fraction(): number;
  /** A whole number from 0 up to, not with, `below`. */
  integer(below: number): number;
  /** A member of a list that is not empty. */
  pick<Item>(items: readonly Item[]): Item;
};

/** Random numbers from a seed text: 32-bit words of SHA-256 over the seed and a counter, eight to a block. */
export function createSeededRandom(seed: string): SeededRandom {
  let bytes: Buffer | undefined;
  let at = 0;
  let block = 0;
  const next = (): number => {
    if (bytes === undefined || at >= WORDS_IN_BLOCK) {
      bytes = hash("sha256", `${RANDOM_DOMAIN}${block++}\n${seed}`, "buffer");
      at = 0;
    }
    return bytes.readUInt32BE(4 * at++);
  };
  const integer = (below: number): number => Math.floor((next() / 2 ** 32) * below);
  return {
    fraction: () => next() / 2 ** 32,
    integer,
    pick: (items) => {
      if (items.length === 0)
        throw new TypeError("pick: an empty list; whoever picks looks first whether there is any");
      return items[integer(items.length)] as (typeof items)[number];
    },
  };
}
