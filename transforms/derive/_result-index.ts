import { type JsonValue, parseJsonText } from "#contract";
import { foldText, toWords } from "./_fold.ts";
import { type Leaf, listLeaves } from "./_leaves.ts";
import { listNumbers, listOperands, readNumber } from "./_numbers.ts";

const NONE = -1;
const NO_REUSE: readonly Reuse[] = [];
/** A longer text is not one value: only the identifiers and numbers in it can be reused. */
const PHRASE_WORDS_MAX = 24;
/** A shorter word says too little to be a reused value. */
const WORD_CHARS_MIN = 3;
const EMBEDDED_NUMBER_MIN = 100;
const SAYS_NOTHING = new Set(["true", "false", "null", "none", "nil", "undefined", "nan", "yes", "not"]);

/** A value found in a result: the latest call that returned it, and whether it returned nothing but that number. */
export type Reuse = { readonly value: Leaf; readonly from: number; readonly scalar: boolean };

/**
 * The results of the calls made so far, to be asked which of them a value was taken from. Used by adding the calls of a
 * plan in order, after having asked for the values of each.
 *
 * A result that is one number (a calculator's) is reused wherever that number is used. Of any other result a word, an
 * identifier, a phrase or a number can be reused, if it stands there whole; not 0 and 1, booleans, and what earlier
 * arguments brought in before any result held it, which a result only echoes.
 */
export class ResultIndex {
  // Plans are short, so a search from the end of a list beats a map.
  readonly #scalars: number[] = [];
  readonly #scalarsFrom: number[] = [];
  #texts: Texts | undefined;
  #given: Leaf[] = [];

  get isEmpty(): boolean {
    return this.#scalars.length === 0 && this.#texts === undefined;
  }

  /** All reuses of one argument value: one for a plain value, one per operand for an expression. */
  find(leaf: Leaf): readonly Reuse[] {
    if (this.isEmpty) return NO_REUSE;
    if (typeof leaf === "number") return this.#findNumber(leaf, true);
    const number = readNumber(leaf);
    if (number !== undefined) return this.#findNumber(number, true);
    const operands = listOperands(leaf);
    if (!operands) return this.#texts?.findText(leaf) ?? NO_REUSE;
    const reuses: Reuse[] = [];
    for (const operand of operands) reuses.push(...this.#findNumber(operand, false));
    return reuses;
  }

  /** Remembers a value that came from no result: a later result that holds it only repeats it. */
  give(leaf: Leaf): void {
    this.#given.push(leaf);
  }

  add(index: number, result: JsonValue): void {
    const scalar = typeof result === "number" ? result : typeof result === "string" ? readNumber(result) : undefined;
    if (scalar !== undefined) {
      this.#scalars.push(scalar);
      this.#scalarsFrom.push(index);
      return;
    }
    this.#texts ??= new Texts();
    for (const leaf of this.#given) this.#texts.give(leaf);
    this.#given = [];
    this.#texts.add(index, result);
  }

  #findNumber(value: number, inTexts: boolean): readonly Reuse[] {
    const at = this.#scalars.lastIndexOf(value);
    const scalar = at === NONE ? NONE : (this.#scalarsFrom[at] as number);
    const text = inTexts ? (this.#texts?.findNumber(value) ?? NONE) : NONE;
    if (scalar === NONE && text === NONE) return NO_REUSE;
    return [scalar >= text ? { value, from: scalar, scalar: true } : { value, from: text, scalar: false }];
  }
}

/** The results that are texts, lists and objects. */
class Texts {
  readonly #tokens = new Map<string, number>();
  readonly #phrases: { from: number; words: string }[] = [];
  readonly #given = new Set<string>();

  give(leaf: Leaf): void {
    for (const key of keysOf(leaf)) this.#given.add(key);
  }

  add(index: number, result: JsonValue): void {
    let words = "";
    for (const leaf of listLeaves(typeof result === "string" ? readJsonText(result) : result)) {
      for (const key of keysOf(leaf)) this.#addToken(key, index);
      if (typeof leaf === "string") words += this.#addText(index, leaf);
    }
    if (words !== "") this.#phrases.push({ from: index, words });
  }

  #addText(index: number, text: string): string {
    const folded = foldText(text);
    for (const value of listNumbers(folded)) if (value > 1) this.#addToken(toNumberKey(value), index);
    const words = toWords(folded);
    for (const word of words.trim().split(" ")) this.#addToken(word, index);
    return `${words}\n`;
  }

  #addToken(token: string, index: number): void {
    if (!this.#given.has(token)) this.#tokens.set(token, index);
  }

  findNumber(value: number): number {
    return value === 0 || value === 1 ? NONE : (this.#tokens.get(toNumberKey(value)) ?? NONE);
  }

  findText(text: string): readonly Reuse[] {
    const words = toWords(foldText(text));
    const list = words.trim().split(" ");
    if (list.length === 1) return this.#findWord(list[0] as string);
    if (list.length <= PHRASE_WORDS_MAX && !this.#given.has(words)) {
      const from = this.#findPhrase(words, list);
      if (from !== NONE) return [{ value: text, from, scalar: false }];
    }
    return list.filter(isIdentifier).flatMap((word) => this.#findWord(word));
  }

  #findWord(word: string): readonly Reuse[] {
    const tellsEnough = word.length >= WORD_CHARS_MIN || isIdentifier(word);
    const from = tellsEnough && !SAYS_NOTHING.has(word) ? this.#tokens.get(word) : undefined;
    return from === undefined ? NO_REUSE : [{ value: word, from, scalar: false }];
  }

  #findPhrase(words: string, list: readonly string[]): number {
    // A word that no result holds rules the phrase out without reading the texts.
    if (!list.every((word) => this.#tokens.has(word) || this.#given.has(word))) return NONE;
    return this.#phrases.findLast((phrase) => phrase.words.includes(words))?.from ?? NONE;
  }
}

/** JSON text as its value; any other text as it stands, a truncated tool response for one. */
function readJsonText(text: string): JsonValue {
  if (!/^\s*[[{"]/.test(text)) return text;
  try {
    return parseJsonText(text);
  } catch {
    return text;
  }
}

function keysOf(leaf: Leaf): string[] {
  if (typeof leaf === "number") return leaf === 0 || leaf === 1 ? [] : [toNumberKey(leaf)];
  const number = readNumber(leaf);
  if (number !== undefined) return keysOf(number);
  const words = toWords(foldText(leaf));
  const single = words.indexOf(" ", 1) === words.length - 1;
  return [single ? words.trim() : words];
}

function toNumberKey(value: number): string {
  return `#${value}`;
}

/** Letters and digits together ("TX4711"), or a long number: unlikely to stand in two places by chance. */
function isIdentifier(word: string): boolean {
  if (!/\d/.test(word)) return false;
  return /\D/.test(word) ? word.length >= 2 : Number(word) >= EMBEDDED_NUMBER_MIN && !/^(?:19|20)\d\d$/.test(word);
}
