/**
 * A JSON reader written apart from everything in src/, to have a second opinion on what planstream writes. It accepts what
 * RFC 8259 accepts and every widely used parser reads the same way: UTF-8, no repeated member names, no lone surrogates, no
 * more than STRICT_DEPTH_MAX levels. Numbers stay as they are written. Throws SyntaxError with the byte.
 */
export function parseStrictJson(bytes: Uint8Array): StrictJson {
  const reader = new StrictReader(bytes);
  return reader.readWhole();
}

/** serde_json refuses the 128th level unless told otherwise: the lowest default among the readers that data sets meet. */
export const STRICT_DEPTH_MAX = 127;

/** Members in the order in which they stand; a number as its text. */
export type StrictJson =
  | null
  | boolean
  | string
  | { readonly number: string }
  | { readonly items: readonly StrictJson[] }
  | { readonly members: ReadonlyMap<string, StrictJson> };

/** The value as JSON.parse would give it. */
export function toValue(strict: StrictJson): unknown {
  if (typeof strict !== "object" || strict === null) return strict;
  if ("number" in strict) return Number(strict.number);
  if ("items" in strict) return strict.items.map(toValue);
  return Object.fromEntries(Array.from(strict.members, ([name, value]) => [name, toValue(value)]));
}

class StrictReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  readWhole(): StrictJson {
    const value = this.#value(0);
    if (this.#at < this.#bytes.length) throw this.#fault("the end");
    return value;
  }

  #value(depth: number): StrictJson {
    if (depth > STRICT_DEPTH_MAX) throw this.#fault(`at most ${STRICT_DEPTH_MAX} levels`);
    switch (this.#bytes[this.#at]) {
      case 0x7b:
        return { members: this.#members(depth + 1) };
      case 0x5b:
        return { items: this.#items(depth + 1) };
      case 0x22:
        return this.#string();
      case 0x74:
        return this.#word("true", true);
      case 0x66:
        return this.#word("false", false);
      case 0x6e:
        return this.#word("null", null);
      default:
        return { number: this.#number() };
    }
  }

  #members(depth: number): Map<string, StrictJson> {
    const members = new Map<string, StrictJson>();
    this.#at++;
    if (this.#take(0x7d)) return members;
    do {
      const start = this.#at;
      const name = this.#string();
      if (members.has(name)) {
        this.#at = start;
        throw this.#fault(`a name that does not repeat (${JSON.stringify(name)})`);
      }
      this.#expect(0x3a);
      members.set(name, this.#value(depth));
    } while (this.#take(0x2c));
    this.#expect(0x7d);
    return members;
  }

  #items(depth: number): StrictJson[] {
    const items: StrictJson[] = [];
    this.#at++;
    if (this.#take(0x5d)) return items;
    do items.push(this.#value(depth));
    while (this.#take(0x2c));
    this.#expect(0x5d);
    return items;
  }

  #string(): string {
    this.#expect(0x22);
    let text = "";
    let start = this.#at;
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined || byte < 0x20) throw this.#fault("the rest of a string");
      if (byte !== 0x22 && byte !== 0x5c) {
        this.#at++;
        continue;
      }
      text += this.#utf8(start, this.#at++);
      if (byte === 0x22) break;
      text += this.#escape();
      start = this.#at;
    }
    if (!text.isWellFormed()) throw this.#fault("a string without lone surrogates");
    return text;
  }

  #utf8(start: number, end: number): string {
    try {
      return start === end ? "" : UTF8.decode(this.#bytes.subarray(start, end));
    } catch {
      throw this.#fault("UTF-8");
    }
  }

  #escape(): string {
    const byte = this.#bytes[this.#at++] ?? 0;
    const known = ESCAPES.get(String.fromCharCode(byte));
    if (known !== undefined) return known;
    const digits = String.fromCharCode(...this.#bytes.subarray(this.#at, this.#at + 4));
    if (byte !== 0x75 || !/^[\da-fA-F]{4}$/.test(digits)) throw this.#fault("an escape");
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #number(): string {
    const rest = Buffer.from(this.#bytes.subarray(this.#at, this.#at + 400)).toString("latin1");
    const text = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(rest)?.[0];
    if (text === undefined || !Number.isFinite(Number(text))) throw this.#fault("a value");
    this.#at += text.length;
    return text;
  }

  #word<Value>(word: string, value: Value): Value {
    for (const char of word) this.#expect(char.charCodeAt(0));
    return value;
  }

  #take(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #expect(byte: number): void {
    if (!this.#take(byte)) throw this.#fault(`"${String.fromCharCode(byte)}"`);
  }

  #fault(expected: string): SyntaxError {
    return new SyntaxError(`byte ${this.#at}: found ${this.#bytes[this.#at] ?? "the end"}, expected ${expected}`);
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ESCAPES = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
