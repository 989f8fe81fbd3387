/** Buckets that the tokens of one vocabulary are hashed into. Of 300,000 tokens one in seven shares its bucket. */
export const BUCKETS = 2 ** 20;
/** Distinct tokens of a plan that are looked at: where it has more, those with the lowest hashes, so twins keep the same. */
const TOKENS_MAX = 4096;

/** A 32-bit hash of a text by its UTF-16 code units: FNV-1a, mixed as in MurmurHash3. */
export function toTextHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** The hash of a text that follows another. */
export function toPairHash(first: number, second: number): number {
  return mix(Math.imul(first, 0x9e3779b1) ^ second ^ 0x5bd1e995);
}

/** The distinct buckets of hashes, ascending. */
export function toBuckets(hashes: readonly number[]): Uint32Array {
  const buckets = Uint32Array.from(hashes, (hash) => hash % BUCKETS).sort();
  let count = 0;
  for (let i = 0; i < buckets.length && count < TOKENS_MAX; i++) {
    const bucket = buckets[i] as number;
    if (count === 0 || buckets[count - 1] !== bucket) buckets[count++] = bucket;
  }
  return buckets.slice(0, count);
}

function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
