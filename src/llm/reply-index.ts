const SLOT_WORDS = 4;
const OFFSET_HIGH = 2 ** 32;

/** Bytes of a line at most: its length takes 23 bits of a slot. */
export const LINE_BYTES_MAX = 2 ** 23 - 1;

/** Where a line is in its file, and whether it holds a reply (or says that there won't be one). */
export type LinePlace = { readonly start: number; readonly length: number; readonly isReply: boolean };

/**
 * Finds lines by key in 17 bytes a slot, with at most three slots in four taken: 4 million keys take 90 to 181 MB. A slot
 * holds 64 bits of the key, so that two keys may look alike; whoever reads the line sees which it is.
 *
 * A slot: bits 8 to 39 and 40 to 71 of the key; the offset's low word; its next 8 bits, the length and the kind.
 */
export class ReplyIndex {
  #slots = new Uint32Array(64 * SLOT_WORDS);
  /** 1 for each slot whose reply was bought ahead and not used yet. */
  #unused = new Uint8Array(64);
  #taken = 0;

  get size(): number {
    return this.#taken;
  }

  /** Places that may hold the key's line; nearly always one or none. */
  find(key: string): LinePlace[] {
    const places: LinePlace[] = [];
    const [a, b] = toWords(key);
    for (let at = this.#first(a); this.#isTaken(at); at = this.#next(at)) {
      if (this.#slots[at] === a && this.#slots[at + 1] === b) places.push(this.#read(at));
    }
    return places;
  }

  /** Marks a key's reply as bought ahead. */
  markUnused(key: string): void {
    const at = this.#at(key);
    if (at !== undefined) this.#unused[at / SLOT_WORDS] = 1;
  }

  /** True once for each reply that was bought ahead: its first use is what it was bought for. */
  takeUnused(key: string): boolean {
    const at = this.#at(key);
    if (at === undefined || this.#unused[at / SLOT_WORDS] !== 1) return false;
    this.#unused[at / SLOT_WORDS] = 0;
    return true;
  }

  /** Adds a line; a reply takes the place of a word that there won't be one, and the first reply stays. */
  add(key: string, place: LinePlace): void {
    const [a, b] = toWords(key);
    let at = this.#first(a);
    for (; this.#isTaken(at); at = this.#next(at)) {
      if (this.#slots[at] !== a || this.#slots[at + 1] !== b) continue;
      if (place.isReply && !this.#read(at).isReply) this.#write(at, a, b, place);
      return;
    }
    this.#write(at, a, b, place);
    this.#taken += 1;
    if (this.#taken * SLOT_WORDS * 4 > this.#slots.length * 3) this.#grow();
  }

  /** The slot of a key; of the first of two that look alike. */
  #at(key: string): number | undefined {
    const [a, b] = toWords(key);
    for (let at = this.#first(a); this.#isTaken(at); at = this.#next(at)) {
      if (this.#slots[at] === a && this.#slots[at + 1] === b) return at;
    }
    return undefined;
  }

  #read(at: number): LinePlace {
    const low = this.#slots[at + 2] as number;
    const rest = this.#slots[at + 3] as number;
    return {
      start: (rest >>> 24) * OFFSET_HIGH + low,
      length: rest & LINE_BYTES_MAX,
      isReply: (rest & (2 ** 23)) !== 0,
    };
  }

  #write(at: number, a: number, b: number, { start, length, isReply }: LinePlace): void {
    if (length > LINE_BYTES_MAX || start >= 2 ** 40) throw new RangeError(`a line of ${length} bytes at ${start}`);
    this.#slots[at] = a;
    this.#slots[at + 1] = b;
    this.#slots[at + 2] = start % OFFSET_HIGH;
    this.#slots[at + 3] = (Math.floor(start / OFFSET_HIGH) << 24) | (isReply ? 2 ** 23 : 0) | length;
  }

  #grow(): void {
    const [old, unused] = [this.#slots, this.#unused];
    this.#slots = new Uint32Array(old.length * 2);
    this.#unused = new Uint8Array(unused.length * 2);
    for (let from = 0; from < old.length; from += SLOT_WORDS) {
      if (old[from + 3] === 0) continue;
      let at = this.#first(old[from] as number);
      while (this.#isTaken(at)) at = this.#next(at);
      this.#slots.set(old.subarray(from, from + SLOT_WORDS), at);
      this.#unused[at / SLOT_WORDS] = unused[from / SLOT_WORDS] as number;
    }
  }

  #first(a: number): number {
    return (a % (this.#slots.length / SLOT_WORDS)) * SLOT_WORDS;
  }

  #next(at: number): number {
    return (at + SLOT_WORDS) % this.#slots.length;
  }

  /** No line is empty, so a slot with a length is taken. */
  #isTaken(at: number): boolean {
    return this.#slots[at + 3] !== 0;
  }
}

/** The first byte of a key says the file it is in, so it tells nothing here. */
function toWords(key: string): [number, number] {
  return [Number.parseInt(key.slice(2, 10), 16), Number.parseInt(key.slice(10, 18), 16)];
}
