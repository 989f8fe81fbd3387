import type { JsonObject, JsonValue } from "./json.ts";

/**
 * Levels of nesting that a JSON text may have. A sample wraps at most 6 more around what a text held, and 127 is the least
 * that a widely used reader takes by default (serde_json, under Polars and Hugging Face's own libraries). No real row comes
 * near it: a tool schema nests about 10.
 */
export const JSON_DEPTH_MAX = 120;

/**
 * Values that a JSON text may have, counted by its brackets and commas. 16 MiB of `0,` would be 8 million: a row schema that
 * refuses each of a million takes a gigabyte and half a minute to say so, and the rows beside it would die with the worker.
 * Of the rows seen of our datasets the largest has 509.
 */
export const JSON_VALUES_MAX = 100_000;

/** Characters from which a text is looked at before parsing: a shorter one can't hold too many values. */
const COUNT_FIRST_CHARS = 2 ** 16;

/** A text that is JSON, maybe, and more of it than is read. */
export class JsonLimitError extends RangeError {
  override name = "JsonLimitError";
  readonly reason: "too_deep" | "too_many_values";

  constructor(reason: JsonLimitError["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * JSON.parse without what it loses. An integer beyond 2^53 keeps its digits, as a string, and so does a number too large
 * for a double (1e400). Of a name that comes twice the last value counts, as for most parsers. Throws SyntaxError on text
 * that isn't JSON, JsonLimitError on more than JSON_DEPTH_MAX levels or JSON_VALUES_MAX values.
 *
 * It also gets member names right where V8 does not (nodejs/node#63785, Node 24 to 26): after `{"a":1,"\\":1}` has been
 * parsed in a thread, `{"a":1,"\n":1}` comes out with the name "\\". What a row says must not depend on the rows before it.
 */
export function parseJsonText(text: string): JsonValue {
  if (text.length >= COUNT_FIRST_CHARS) assertJsonLimits(text, JSON_VALUES_MAX);
  const value = JSON.parse(text) as JsonValue;
  // Nearly every text is free of both, and parsing it a second time in JavaScript is several times slower.
  return isSuspect(value, text.includes("\\"), 0) ? new ExactReader(text, toExactNumber).readValue() : value;
}

/**
 * The value of a text that planstream wrote: as JSON.parse gives it, with the names right (see parseJsonText). A number is a
 * number here, since what must keep its digits was written as a string. Throws SyntaxError.
 */
export function parseOwnJson(text: string): JsonValue {
  const value = JSON.parse(text) as JsonValue;
  return text.includes("\\") && hasSuspectName(value) ? new ExactReader(text, toDouble).readValue() : value;
}

function hasSuspectName(value: JsonValue): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(hasSuspectName);
  return Object.keys(value).some((name) => name.includes("\\") || hasSuspectName(value[name] as JsonValue));
}

/** What to make of a number as it is written. */
type NumberRule = (source: string) => number | string;

const toDouble: NumberRule = (source) => JSON.parse(source) as number;

const toExactNumber: NumberRule = (source) => {
  const value = JSON.parse(source) as number;
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  return Number.isFinite(value) && !/^-?\d+$/.test(source) ? value : source;
};

/**
 * One walk settles three questions: is the value too deep, was a number rounded, may a name be wrong? (V8 mistakes a name
 * with an escape for one that begins like its source, so the wrong name has a backslash in it.)
 */
function isSuspect(value: JsonValue, hasEscapes: boolean, depth: number): boolean {
  if (typeof value === "number") return Math.abs(value) > Number.MAX_SAFE_INTEGER;
  if (typeof value !== "object" || value === null) return false;
  if (depth === JSON_DEPTH_MAX) throw tooDeep();
  let suspect = false;
  if (Array.isArray(value)) {
    for (const item of value) if (isSuspect(item, hasEscapes, depth + 1)) suspect = true;
  } else {
    // JSON.parse makes every member an own one, "__proto__" too, so for-in sees just these.
    for (const name in value) {
      if (isSuspect(value[name] as JsonValue, hasEscapes, depth + 1)) suspect = true;
      if (hasEscapes && name.includes("\\")) suspect = true;
    }
  }
  return suspect;
}

/** Reads a text that JSON.parse has accepted, so nothing is checked; strings alone go through JSON.parse, which is right there. */
class ExactReader {
  readonly #text: string;
  readonly #toNumber: NumberRule;
  #at = 0;

  constructor(text: string, toNumber: NumberRule) {
    this.#text = text;
    this.#toNumber = toNumber;
  }

  readValue(): JsonValue {
    switch (this.#peek()) {
      case "{":
        return this.#readObject();
      case "[":
        return this.#readArray();
      case '"':
        return this.#readString();
      default:
        return this.#readScalar();
    }
  }

  #readObject(): JsonObject {
    const members: [string, JsonValue][] = [];
    this.#at++;
    while (this.#peek() !== "}") {
      if (this.#peek() === ",") this.#at++;
      this.#peek();
      const name = this.#readString();
      this.#peek();
      this.#at++; // the colon
      members.push([name, this.readValue()]);
    }
    this.#at++;
    // fromEntries makes own members of every name, "__proto__" too.
    return Object.fromEntries(members);
  }

  #readArray(): JsonValue[] {
    const items: JsonValue[] = [];
    this.#at++;
    while (this.#peek() !== "]") {
      if (this.#peek() === ",") this.#at++;
      items.push(this.readValue());
    }
    this.#at++;
    return items;
  }

  #readString(): string {
    const start = this.#at;
    this.#at = findClosingQuote(this.#text, start) + 1;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #readScalar(): JsonValue {
    const scalar = /[^\s,\]}]+/y;
    scalar.lastIndex = this.#at;
    const source = scalar.exec(this.#text)?.[0] as string;
    this.#at += source.length;
    return /^[-\d]/.test(source) ? this.#toNumber(source) : (JSON.parse(source) as null | boolean);
  }

  /** The next character that is no white space, which becomes the current one. */
  #peek(): string | undefined {
    const space = /[ \t\n\r]*/y;
    space.lastIndex = this.#at;
    space.test(this.#text);
    this.#at = space.lastIndex;
    return this.#text[this.#at];
  }
}

/**
 * Looks at a text that may be JSON before it is parsed, in a hundredth of the time. Throws JsonLimitError on more than
 * JSON_DEPTH_MAX levels or `valuesMax` values.
 */
export function assertJsonLimits(text: string, valuesMax: number): void {
  let depth = 0;
  let values = 1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = findClosingQuote(text, i);
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > JSON_DEPTH_MAX) throw tooDeep();
      values++;
    } else if (code === 0x7d || code === 0x5d) depth--;
    else if (code === 0x2c) values++;
  }
  if (values > valuesMax) {
    throw new JsonLimitError("too_many_values", `about ${values} values; at most ${valuesMax} are read`);
  }
}

/** Index of the quote that closes the string opened at `start`; the length of the text or one more if there is none. */
function findClosingQuote(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) break;
    i += code === BACKSLASH ? 2 : 1;
  }
  return i;
}

function tooDeep(): JsonLimitError {
  return new JsonLimitError("too_deep", `nested deeper than ${JSON_DEPTH_MAX} levels`);
}
