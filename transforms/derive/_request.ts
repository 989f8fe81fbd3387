import { listNumericMonths, listTimes, readDate } from "./_dates.ts";
import { foldText, isAscii, isSpaceless, toSingular, toWords } from "./_fold.ts";
import type { Leaf } from "./_leaves.ts";
import { readNumber } from "./_numbers.ts";
import { type RequestScan, scanRequest } from "./_request-scan.ts";
import { isWordCode } from "./_word-scan.ts";

/** Up to so many words every content word must stand in the request; of longer texts four in five. */
const SHORT_WORDS_MAX = 8;
const LONG_SHARE_MIN = 0.8;
/** Run together from here on ("johndoe"); a shorter value must have its words where the request has them. */
const COMPACT_CHARS_MIN = 5;
/** A longer value is compared as it stands, and by its words. */
const COMPACT_CHARS_MAX = 64;
/** From here on a number is an identifier (a phone or order number) that may be written in groups. */
const GROUPED_DIGITS_MIN = 7;
/** Places of the request where a value may begin that are tried: a hostile text has thousands. */
const STARTS_MAX = 1000;
const NONE = -1;
const HUMP = /[a-z\d][A-Z]/;
const CAMEL = /([a-z\d])(?=[A-Z])/g;
const FUNCTION_WORDS = new Set(
  "a an and are at be by for from i in is it me my of on or our that the their this to was we with you your".split(" "),
);

/** What can be asked of the user's request. Each view of it is made when first needed. */
export class Request {
  readonly folded: string;
  #words: string | undefined;
  #singulars: ReadonlySet<string> | undefined;
  #isAscii: boolean | undefined;
  #scan: RequestScan | undefined;
  #months: ReadonlySet<number> | undefined;
  #times: ReadonlySet<number> | undefined;

  constructor(text: string) {
    this.folded = foldText(text);
  }

  get scan(): RequestScan {
    this.#scan ??= scanRequest(this.folded);
    return this.#scan;
  }

  /** True if the value stands in the request: see `holdsNumber` and `holdsText`. */
  holds(leaf: Leaf): boolean {
    if (this.folded === "") return false;
    return typeof leaf === "number" ? this.holdsNumber(leaf) : this.holdsText(leaf);
  }

  /** By amount: in digits ("1,200", "$12", "5k", "12%" for 12 and 0.12) or in words ("twenty-five"); signs don't count. */
  holdsNumber(value: number): boolean {
    const amount = Math.abs(value);
    return this.scan.amounts.has(amount) || this.scan.named.has(amount);
  }

  /**
   * By whole words, whatever the case, accents and separators ("new_york" is New York); as a number; as a date whose
   * parts the request names; by its content words in any order or number ("games" is game); run together ("johndoe").
   */
  holdsText(text: string): boolean {
    const folded = foldText(text);
    const number = readNumber(folded);
    if (number !== undefined) return this.holdsNumber(number) || this.#holdsDigitGroups(folded);
    if (this.#standsAlone(folded)) return true;
    const words = toWords(folded);
    if (words.length <= 2) return this.folded.includes(folded); // symbols only
    if (this.#holdsRun(folded, words)) return true;
    if (this.#holdsDate(folded) || this.#holdsContent(words)) return true;
    return HUMP.test(text) && this.#holdsContent(toWords(foldText(text.replace(CAMEL, "$1 "))));
  }

  /** The first place where the value stands as it is, if no word goes on there: the quick way for most values. */
  #standsAlone(folded: string): boolean {
    const at = this.folded.indexOf(folded);
    if (at === -1) return false;
    const end = at + folded.length;
    return (
      (at === 0 || !isWordCode(this.folded.charCodeAt(at - 1)) || !isWordCode(folded.charCodeAt(0))) &&
      (end === this.folded.length ||
        !isWordCode(this.folded.charCodeAt(end)) ||
        !isWordCode(folded.charCodeAt(folded.length - 1)))
    );
  }

  /** The value's letters and digits in a row, whatever stands between them, from the start of a word to the end of one. */
  #holdsRun(folded: string, words: string): boolean {
    if (words.length > COMPACT_CHARS_MAX) return this.folded.includes(folded);
    const compact = words.replaceAll(" ", "");
    if (compact.length >= COMPACT_CHARS_MIN) return this.#findRun(compact);
    return this.#findRun(compact) && this.#toWords().includes(words);
  }

  #toWords(): string {
    this.#words ??= toWords(this.folded);
    return this.#words;
  }

  #findRun(compact: string): boolean {
    const text = this.folded;
    const first = compact.charAt(0);
    const spaceless = isSpaceless(compact);
    let starts = 0;
    for (let start = text.indexOf(first); start !== -1; start = text.indexOf(first, start + 1)) {
      if (!spaceless && start > 0 && isWordCode(text.charCodeAt(start - 1))) continue;
      if (++starts > STARTS_MAX) return false;
      const end = matchEnd(text, start, compact);
      if (end !== NONE && (spaceless || end === text.length || !isWordCode(text.charCodeAt(end)))) return true;
    }
    return false;
  }

  #holdsDate(folded: string): boolean {
    const parts = readDate(folded);
    if (!parts) return false;
    const { year, month, day, hour, minute = 0, swappable } = parts;
    if (year !== undefined && !this.holdsNumber(year) && this.#namesYear()) return false;
    if (month !== undefined) {
      const straight = this.#namesMonth(month) && (day === undefined || this.holdsNumber(day));
      const swapped = swappable === true && day !== undefined && this.#namesMonth(day) && this.holdsNumber(month);
      if (!straight && !swapped) return false;
      // A date at midnight is a date: nobody says the time.
      if (hour === undefined || (hour === 0 && minute === 0)) return true;
    }
    this.#times ??= listTimes(this.folded);
    return hour !== undefined && this.#times.has(hour * 60 + minute);
  }

  #namesMonth(month: number): boolean {
    if (this.scan.months.has(month)) return true;
    this.#months ??= listNumericMonths(this.folded);
    return this.#months.has(month);
  }

  #namesYear(): boolean {
    for (const value of this.scan.amounts) if (value >= 1900 && value <= 2100 && Number.isInteger(value)) return true;
    return false;
  }

  #holdsContent(words: string): boolean {
    const content = listContent(words);
    if (content.length === 0 || isSpaceless(words)) return false; // single characters stand anywhere
    const isShort = content.length <= SHORT_WORDS_MAX;
    if (isShort) return content.every((word) => this.#holdsWord(word));
    let held = 0;
    for (const word of content) if (this.#toSingulars().has(word)) held++;
    return held >= content.length * LONG_SHARE_MIN;
  }

  /** By its singular. Most values have few words, so looking for each is quicker than splitting the request. */
  #holdsWord(singular: string): boolean {
    const text = this.folded;
    // A word and its plural share all but the last letter of the singular.
    const stem = singular.slice(0, -1);
    let at = text.indexOf(stem);
    if (at === -1) return false;
    this.#isAscii ??= isAscii(text);
    if (stem === "" || !this.#isAscii) return this.#toSingulars().has(singular);
    for (; at !== -1; at = text.indexOf(stem, at + 1)) {
      if (at > 0 && isWordCode(text.charCodeAt(at - 1))) continue;
      let end = at + stem.length;
      while (end < text.length && isWordCode(text.charCodeAt(end))) end++;
      if (toSingular(text.slice(at, end)) === singular) return true;
    }
    return false;
  }

  #toSingulars(): ReadonlySet<string> {
    this.#singulars ??= new Set(this.#toWords().split(" ").map(toSingular));
    return this.#singulars;
  }

  #holdsDigitGroups(folded: string): boolean {
    const digits = folded.replace(/\D+/g, "");
    return digits.length >= GROUPED_DIGITS_MIN && this.#findRun(digits);
  }
}

function listContent(words: string): string[] {
  const content: string[] = [];
  for (const word of words.trim().split(" ")) if (!FUNCTION_WORDS.has(word)) content.push(toSingular(word));
  return content;
}

/** Where the characters of `compact` end in `text` from `start`, separators left out; NONE where they don't match. */
function matchEnd(text: string, start: number, compact: string): number {
  let at = start;
  for (let i = 0; i < compact.length; at++) {
    if (at >= text.length) return NONE;
    const code = text.charCodeAt(at);
    if (code === compact.charCodeAt(i)) i++;
    else if (isWordCode(code)) return NONE;
  }
  return at;
}

const NO_REQUEST = new Request("");
let latest: { text: string; request: Request } | undefined;

/** The request of a draft, ready to be asked; the latest one is kept, since each stage of a draft asks for it again. */
export function toRequest(text: string | undefined): Request {
  if (text === undefined || text === "") return NO_REQUEST;
  if (latest?.text !== text) latest = { text, request: new Request(text) };
  return latest.request;
}
