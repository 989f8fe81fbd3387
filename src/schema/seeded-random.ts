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
  let words: Uint32Array = new Uint32Array(0);
  let at = WORDS_IN_BLOCK;
  let block = 0;
  const next = (): number => {
    if (at >= WORDS_IN_BLOCK) {
      words = toWords(hash("sha256", `${RANDOM_DOMAIN}${block++}\n${seed}`, "hex"));
      at = 0;
    }
    return words[at++] as number;
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

function toWords(hex: string): Uint32Array {
  const words = new Uint32Array(WORDS_IN_BLOCK);
  for (let i = 0; i < WORDS_IN_BLOCK; i++) words[i] = Number.parseInt(hex.slice(8 * i, 8 * i + 8), 16);
  return words;
}
