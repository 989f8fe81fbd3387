import { JSON_DEPTH_MAX, JSON_VALUES_MAX, type JsonObject, type JsonValue } from "#contract";

/** Digits of a large hex, octal or binary integer that is written in decimal; a longer one keeps its text. */
const RADIX_DIGITS_MAX = 1024;

// Each pattern is a plain run of a character class: linear, and safe for megabytes (a repeated group is not, in V8).
const SPACE = /[ \t\n\r\f]*/y;
const NUMBER =
  /[+-]?(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*(?:\.(?:\d[\d_]*)?)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)/y;
const WORD = /[A-Za-z_]\w*/y;
const STRING_START = /(?:[bB][rR]?|[rR][bB]?|[uU])?(?:"""|'''|"|')/y;
const CODE = { x: /[\da-fA-F]{2}/y, u: /[\da-fA-F]{4}/y, U: /[\da-fA-F]{8}/y, octal: /[0-7]{1,3}/y } as const;

/** JSON's words too: rows exist that mix the two ways of writing. */
const WORDS = new Map<string, JsonValue>([
  ["None", null],
  ["True", true],
  ["False", false],
  ["null", null],
  ["true", true],
  ["false", false],
]);

const ESCAPES = new Map([
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
  ["\n", ""],
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
]);

/**
 * What a Python literal (what `repr` writes) says, as a JSON value; undefined if the text is no literal or has no JSON
 * counterpart (nan, inf, complex). Tuples and sets become lists, bytes become text, keys that are no strings become their
 * own text, integers beyond 2^53 the string of their digits. Line breaks inside quotes are taken as text, which neither
 * Python nor JSON allows but rows made by hand have. Undefined, too, for more values than a row may hold. Never throws;
 * linear in the length of the text.
 */
export function parsePythonLiteral(text: string): JsonValue | undefined {
  return new LiteralParser(text).parseWhole();
}

class LiteralParser {
  readonly #text: string;
  #at = 0;
  #values = 0;
  /** Set by each list, dict and set that is read: Python refuses them as keys and in sets, and so tells `{{…}}` is no literal. */
  #isMutable = false;

  constructor(text: string) {
    this.#text = text;
  }

  parseWhole(): JsonValue | undefined {
    const value = this.#value(0);
    this.#match(SPACE);
    return this.#at === this.#text.length ? value : undefined;
  }

  #value(depth: number): JsonValue | undefined {
    if (++this.#values > JSON_VALUES_MAX) return undefined;
    this.#match(SPACE);
    const char = this.#text[this.#at];
    if (char === undefined) return undefined;
    if (char === "[" || char === "(" || char === "{") {
      if (depth === JSON_DEPTH_MAX) return undefined;
      this.#at++;
      if (char === "(") return this.#tuple(depth + 1);
      const value = char === "[" ? this.#items("]", depth + 1) : this.#dictOrSet(depth + 1);
      this.#isMutable = true;
      return value;
    }
    const opening = this.#match(STRING_START);
    return opening === "" ? (this.#number() ?? this.#word()) : this.#string(opening);
  }

  /** After the opening bracket: items up to the closing one, with a comma between them and maybe after the last. */
  #items(closer: string, depth: number, first?: JsonValue): JsonValue[] | undefined {
    const items: JsonValue[] = first === undefined ? [] : [first];
    if (first !== undefined && !this.#take(",")) return this.#take(closer) ? items : undefined;
    while (!this.#take(closer)) {
      const item = this.#value(depth);
      if (item === undefined) return undefined;
      items.push(item);
      if (!this.#take(",")) return this.#take(closer) ? items : undefined;
    }
    return items;
  }

  /** One value in parentheses is that value; with a comma, or without a value, it is a tuple. */
  #tuple(depth: number): JsonValue | undefined {
    if (this.#take(")")) return [];
    const first = this.#value(depth);
    if (first === undefined || this.#take(")")) return first;
    return this.#peek() === "," ? this.#items(")", depth, first) : undefined;
  }

  #dictOrSet(depth: number): JsonValue | undefined {
    if (this.#take("}")) return {};
    const first = this.#key(depth);
    if (first === undefined) return undefined;
    if (this.#peek() === ":") return this.#members(first.key, depth);
    const items = this.#items("}", depth, first.value);
    return this.#isMutable ? undefined : items;
  }

  #members(firstKey: string, depth: number): JsonObject | undefined {
    const members: [string, JsonValue][] = [];
    for (let key: string | undefined = firstKey; key !== undefined; key = this.#key(depth)?.key) {
      const value = this.#take(":") ? this.#value(depth) : undefined;
      if (value === undefined) return undefined;
      members.push([key, value]);
      const isLast = !this.#take(",");
      // fromEntries makes own members of every name, "__proto__" too.
      if (this.#take("}")) return Object.fromEntries(members);
      if (isLast) return undefined;
    }
    return undefined;
  }

  /** A dict's key, or a set's first item: anything that can't change. */
  #key(depth: number): { key: string; value: JsonValue } | undefined {
    this.#match(SPACE);
    const start = this.#at;
    this.#isMutable = false;
    const value = this.#value(depth);
    if (value === undefined || this.#isMutable) return undefined;
    return {
      value,
      key: typeof value === "string" && !isDigits(this.#text, start) ? value : this.#text.slice(start, this.#at),
    };
  }

  #word(): JsonValue | undefined {
    const word = this.#match(WORD);
    if (word === "set" && this.#take("(")) return this.#take(")") ? [] : undefined;
    return WORDS.get(word);
  }

  #number(): JsonValue | undefined {
    const start = this.#at;
    const text = this.#match(NUMBER);
    const value = toNumber(text);
    // What follows directly would be part of it: 1j, 012, 1abc.
    const next = this.#text[this.#at];
    if (value !== undefined && (next === undefined || !/[\w.]/.test(next))) return value;
    this.#at = start;
    return undefined;
  }

  /** A string, with those that stand right after it, which Python joins. */
  #string(firstOpening: string): string | undefined {
    let joined = "";
    for (let opening = firstOpening; opening !== ""; opening = this.#match(STRING_START)) {
      const part = this.#stringRest(opening);
      if (part === undefined) return undefined;
      joined += part;
      this.#match(SPACE);
    }
    return joined;
  }

  #stringRest(opening: string): string | undefined {
    const prefix = opening.replace(/["']+/, "").toLowerCase();
    const quote = opening.slice(prefix.length);
    const plain = quote.startsWith('"') ? /[^"\\]*/y : /[^'\\]*/y;
    let value = "";
    for (;;) {
      value += this.#match(plain);
      if (this.#text.startsWith(quote, this.#at)) {
        this.#at += quote.length;
        return value;
      }
      const char = this.#text[this.#at++];
      if (char === undefined) return undefined;
      if (char !== "\\") {
        value += char; // a single quote mark inside triple ones
        continue;
      }
      const escaped = prefix.includes("r") ? this.#rawEscape() : this.#escape(prefix === "b", quote);
      if (escaped === undefined) return undefined;
      value += escaped;
    }
  }

  #rawEscape(): string {
    return `\\${this.#text[this.#at++] ?? ""}`;
  }

  /** After a backslash. An escape that Python does not know stands for itself, backslash included. */
  #escape(isBytes: boolean, quote: string): string | undefined {
    const octal = this.#match(CODE.octal);
    if (octal !== "") return String.fromCharCode(Number.parseInt(octal, 8));
    const char = this.#text[this.#at++];
    if (char === undefined) return undefined;
    const known = ESCAPES.get(char);
    if (known !== undefined) return known;
    if (char === "x" || (!isBytes && (char === "u" || char === "U"))) {
      const code = Number.parseInt(this.#match(CODE[char]), 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
    }
    if (char === "N" && !isBytes) return undefined;
    // JSON's escape, in JSON that is refused for some other reason.
    if (char === "/" && quote === '"') return "/";
    return `\\${char}`;
  }

  /** The text that a sticky pattern matches here, passed over; "" if it does not match. */
  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const matched = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += matched.length;
    return matched;
  }

  #peek(): string | undefined {
    this.#match(SPACE);
    return this.#text[this.#at];
  }

  #take(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at++;
    return true;
  }
}

/** True if the value that begins here is written as a number: a large one is a string only in JSON. */
function isDigits(text: string, start: number): boolean {
  return /[\d+.-]/.test(text[start] ?? "");
}

/** A Python number; undefined for text that is none. Integers beyond 2^53 keep their digits, floats out of range their text. */
function toNumber(text: string): JsonValue | undefined {
  const isRadix = /^[+-]?0[xob]/i.test(text);
  // "_" stands before a digit, and NUMBER sees to it that it stands after one.
  if (text === "" || (isRadix ? /_(?![\da-f])/i : /_(?!\d)/).test(text)) return undefined;
  const plain = text.replaceAll("_", "");
  if (isRadix || /^[+-]?\d+$/.test(plain))
    return toInteger(plain.startsWith("-") ? "-" : "", plain.replace(/^[+-]/, ""));
  const value = Number(plain);
  return Number.isFinite(value) ? value : plain;
}

function toInteger(sign: string, digits: string): JsonValue | undefined {
  if (/^0+[1-9]/.test(digits)) return undefined; // 012 is refused by Python 3
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return sign === "-" && value !== 0 ? -value : value;
  // Hex, octal and binary become decimal, up to a length where that costs nothing.
  return sign + (/^\d+$/.test(digits) || digits.length > RADIX_DIGITS_MAX ? digits : BigInt(digits).toString());
}
