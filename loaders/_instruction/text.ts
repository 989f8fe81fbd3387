import { VERBS } from "./verbs.ts";

/** Of a longer text only the first and the last half of so many characters are looked at. */
export const TEXT_CHARS_MAX = 4_096;
/** Sentences at either end of a text that may hold its request. */
export const EDGE_SENTENCES_MAX = 3;
/** Characters at either end of a text in which those are sought. */
const EDGE_CHARS_MAX = 1_200;
const SENTENCE_WORDS_MAX = 40;

const STOP = /[.!?。！？\n]/g;
/** "Question:", "2. Task:" and the like before what they name; alone on a line they hold nothing. */
const LABEL_ALONE = /^[^\p{L}\p{N}]*([\p{L}\p{N}]+)([\p{L}\p{N} /;_-]{0,30})[:：]\W*$/u;
/** Labels of one word that are verbs too. */
const NOUN_LABELS = new Set("answer state name review plan code score program order rate research design".split(" "));

/** A word in lower case, and where it stands in its sentence. */
export type Word = { readonly text: string; readonly start: number; readonly end: number };

/** A sentence or line, and where it stands in the text. */
export class Sentence {
  readonly text: string;
  readonly start: number;
  #words: readonly Word[] | undefined;

  constructor(text: string, start: number) {
    this.text = text;
    this.start = start;
  }

  get end(): number {
    return this.start + this.text.length;
  }

  get words(): readonly Word[] {
    this.#words ??= toWords(this.text);
    return this.#words;
  }
}

/** What a user wrote, as the rules look at it: whole, and the sentences at its two ends. */
export class RequestText {
  /** The text, or its two ends if it is too long. */
  readonly text: string;
  readonly isWhole: boolean;
  readonly opening: readonly Sentence[];
  #closing: readonly Sentence[] | undefined;

  constructor(text: string) {
    this.isWhole = text.length <= TEXT_CHARS_MAX;
    this.text = this.isWhole
      ? text
      : `${text.slice(0, TEXT_CHARS_MAX / 2).toWellFormed()}\n${text.slice(-TEXT_CHARS_MAX / 2).toWellFormed()}`;
    this.opening = splitSentences(this.text.slice(0, EDGE_CHARS_MAX), 0, EDGE_SENTENCES_MAX);
  }

  /** The last sentences that are none of the first, the last one first. */
  get closing(): readonly Sentence[] {
    this.#closing ??= this.#toClosing();
    return this.#closing;
  }

  #toClosing(): readonly Sentence[] {
    const start = Math.max(this.opening.at(-1)?.end ?? 0, this.text.length - EDGE_CHARS_MAX);
    if (start >= this.text.length) return [];
    return splitSentences(this.text.slice(start), start, Infinity).slice(-EDGE_SENTENCES_MAX).reverse();
  }
}

/** The first `most` sentences of a text that say something: those without a word, and bare labels, do not count. */
function splitSentences(text: string, offset: number, most: number): Sentence[] {
  const sentences: Sentence[] = [];
  for (let start = 0; start < text.length && sentences.length < most; ) {
    const end = toSentenceEnd(text, start);
    const raw = text.slice(start, end);
    const trimmed = raw.trim();
    if (trimmed.length > 1 && !isLabel(trimmed)) {
      sentences.push(new Sentence(trimmed, offset + start + raw.indexOf(trimmed)));
    }
    start = end;
  }
  return sentences;
}

/** "Question:", "Article 2:"; not "Explain this code:", which is a request. */
function isLabel(sentence: string): boolean {
  const label = /[:：]/.test(sentence.slice(-4)) ? LABEL_ALONE.exec(sentence) : null;
  if (!label) return false;
  const first = label[1]!.toLowerCase();
  return !VERBS.has(first) || (NOUN_LABELS.has(first) && label[2]!.trim() === "");
}

function toSentenceEnd(text: string, start: number): number {
  STOP.lastIndex = start;
  while (STOP.test(text)) {
    const next = STOP.lastIndex;
    const stop = text.charAt(next - 1);
    if (stop === "\n" || stop > "\x7f") return next;
    const after = text.charCodeAt(next);
    if (next < text.length && after > 0x22) continue; // "3.5", "a.b"; but an end before a space or a quote
    if (stop === "." && isAbbreviation(text, next - 1)) continue;
    return next;
  }
  return text.length;
}

/** "e.g.", "J.", "vs.", "Dr.", "1." */
function isAbbreviation(text: string, dot: number): boolean {
  const before = text.slice(Math.max(0, dot - 4), dot);
  return /(?:^|[\s(.])(?:[a-z]|\d{1,2}|vs|mr|mrs|dr|no|st|etc)$/i.test(before);
}

function toWords(sentence: string): Word[] {
  const text = sentence.toLowerCase();
  // Lower case of a few letters is longer (İ): then places would be off, so such a sentence keeps its case.
  const source = text.length === sentence.length ? text : sentence;
  const isCurly = source.includes("\u2019");
  const words: Word[] = [];
  for (let i = 0; i < source.length && words.length < SENTENCE_WORDS_MAX; ) {
    if (!isWordStart(source.charCodeAt(i))) {
      i++;
      continue;
    }
    const start = i++;
    while (i < source.length && isWordPart(source.charCodeAt(i))) i++;
    const word = source.slice(start, i);
    words.push({ text: isCurly ? word.replaceAll("\u2019", "'") : word, start, end: i });
  }
  return words;
}

/** ASCII letters and digits, and all beyond ASCII that is no punctuation: scanning by hand is four times a `\p{L}` pattern. */
function isWordStart(code: number): boolean {
  if (code < 0x80)
    return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a);
  if (code <= 0xbf || (code >= 0x2000 && code <= 0x206f)) return false;
  return !(code >= 0x3000 && code <= 0x303f) && !(code >= 0xff00 && code <= 0xff20);
}

/** As isWordStart, with the apostrophes, hyphens and signs that stand inside words: "don't", "e-mail", "C++". */
function isWordPart(code: number): boolean {
  return isWordStart(code) || code === 0x27 || code === 0x2d || code === 0x2b || code === 0x23 || code === 0x2019;
}
