/** Where a sample's line lies: the place of its part in the loader's list, its first byte, and its length. */
export type LinePlace = { readonly part: number; readonly offset: number; readonly bytes: number };

/**
 * Samples of one loader by id, in plain memory: of each 16 bytes of its id's hash, 16 of its line's, and where the line lies.
 * 52 bytes a sample and 6 to 12 for the index, where a Map of strings would take hundreds: 4 million take 240 MB.
 */
export type SampleTable = {
  readonly size: number;
  /** Remembers a sample. `id` and `line` are 16 bytes each. Returns false if the id is there already. */
  add(id: Buffer, line: Buffer, place: LinePlace): boolean;
  /** The sample's number by its id; undefined if it is not there. */
  find(id: Buffer): number | undefined;
  isSameLine(sample: number, line: Buffer): boolean;
  placeOf(sample: number): LinePlace;
  /** Marks a sample as met on the other side. Returns false if it was marked before. */
  mark(sample: number): boolean;
  /** Samples that were never marked, in the order in which they were added. */
  listUnmarked(): Generator<number>;
};

export const HASH_BYTES = 16;

/** Words of 32 bits a sample: id, line, part, offset (two), length, mark. */
const WORDS = { id: 0, line: 4, part: 8, offset: 9, bytes: 11, mark: 12, all: 13 } as const;
/** Samples to a chunk: memory grows by chunks, so that nothing large is ever copied. */
const CHUNK_SAMPLES = 1 << 16;
const SLOTS_START = 1 << 12;
/** Share of slots in use above which the index grows. */
const LOAD_MAX = 0.7;

export function createSampleTable(): SampleTable {
  const chunks: Uint32Array[] = [];
  /** Number of a sample and 1 at the slot of its id's hash; 0 where a slot is free. */
  let slots = new Uint32Array(SLOTS_START);
  let size = 0;

  const chunkOf = (sample: number) => chunks[Math.floor(sample / CHUNK_SAMPLES)] as Uint32Array;
  const wordOf = (sample: number, word: number) =>
    chunkOf(sample)[WORDS.all * (sample % CHUNK_SAMPLES) + word] as number;

  function setWord(sample: number, word: number, value: number): void {
    chunkOf(sample)[WORDS.all * (sample % CHUNK_SAMPLES) + word] = value;
  }

  function hasHash(sample: number, word: number, hash: Buffer): boolean {
    for (let i = 0; i < 4; i++) if (wordOf(sample, word + i) !== hash.readUInt32LE(4 * i)) return false;
    return true;
  }

  /** The slot that holds the id, or the free one where it belongs. */
  function findSlot(id: Buffer): number {
    const mask = slots.length - 1;
    let slot = id.readUInt32LE(0) & mask;
    for (let entry = slots[slot] as number; entry !== 0; entry = slots[slot] as number) {
      if (hasHash(entry - 1, WORDS.id, id)) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  function grow(): void {
    slots = new Uint32Array(2 * slots.length);
    const mask = slots.length - 1;
    for (let sample = 0; sample < size; sample++) {
      let slot = wordOf(sample, WORDS.id) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = sample + 1;
    }
  }

  return {
    get size() {
      return size;
    },
    add(id, line, { part, offset, bytes }) {
      const slot = findSlot(id);
      if (slots[slot] !== 0) return false;
      if (size % CHUNK_SAMPLES === 0) chunks.push(new Uint32Array(WORDS.all * CHUNK_SAMPLES));
      const sample = size++;
      for (let i = 0; i < 4; i++) {
        setWord(sample, WORDS.id + i, id.readUInt32LE(4 * i));
        setWord(sample, WORDS.line + i, line.readUInt32LE(4 * i));
      }
      setWord(sample, WORDS.part, part);
      setWord(sample, WORDS.offset, offset % 2 ** 32);
      setWord(sample, WORDS.offset + 1, Math.floor(offset / 2 ** 32));
      setWord(sample, WORDS.bytes, bytes);
      slots[slot] = size;
      if (size > LOAD_MAX * slots.length) grow();
      return true;
    },
    find(id) {
      const entry = slots[findSlot(id)] as number;
      return entry === 0 ? undefined : entry - 1;
    },
    isSameLine: (sample, line) => hasHash(sample, WORDS.line, line),
    placeOf: (sample) => ({
      part: wordOf(sample, WORDS.part),
      offset: wordOf(sample, WORDS.offset) + 2 ** 32 * wordOf(sample, WORDS.offset + 1),
      bytes: wordOf(sample, WORDS.bytes),
    }),
    mark(sample) {
      if (wordOf(sample, WORDS.mark) !== 0) return false;
      setWord(sample, WORDS.mark, 1);
      return true;
    },
    *listUnmarked() {
      for (let sample = 0; sample < size; sample++) if (wordOf(sample, WORDS.mark) === 0) yield sample;
    },
  };
}
