import { MONTH_WORDS } from "./_dates.ts";
import { listNumberWords, NUMBER_WORDS } from "./_number-words.ts";
import { readNumbersAt } from "./_numbers.ts";
import { ALL_WORDS, DATA_NOUN_FORMS, QUANTITY_WORDS } from "./_volume-lexicon.ts";
import { isWordCode, nextHash, passesFilter, toWordFilter } from "./_word-scan.ts";

/** A number or a word for many inside a text: where it stands, and the number where it is written in digits. */
export type Quantifier = { readonly start: number; readonly end: number; readonly value?: number };

/** What one pass over a folded request finds. */
export type RequestScan = {
  /** Numbers in digits: "1,200", "5k" as 5 and 5000, "12%" as 12 and 0.12, "3/4" as 3, 4 and 0.75; without signs. */
  amounts: Set<number>;
  /** Numbers in words: "twenty-five" is 25, "3 million" 3000000. */
  named: Set<number>;
  /** Months by name, 1 to 12. */
  months: Set<number>;
  /** True if a data noun stands in it. */
  namesData: boolean;
  /** Where something may be counted. */
  quantifiers: Quantifier[];
};

/** What a word of the lexicon is; `month` 0 for none. "and" is in it too, for it joins the words of one number. */
type Meaning = { month: number; isNumber: boolean; isNoun: boolean; isQuantifier: boolean };

const LEXICON = toLexicon();
const FILTER = toWordFilter(LEXICON.keys());
const NOTHING: ReadonlySet<number> = new Set();
const MAGNITUDES = new Map([
  ["k", 1e3],
  ["m", 1e6],
  ["b", 1e9],
]);

/** Everything that numbers, dates and quantities need of a request, in one pass over its characters. */
export function scanRequest(folded: string): RequestScan {
  const scan: RequestScan = {
    amounts: NOTHING as Set<number>,
    named: NOTHING as Set<number>,
    months: NOTHING as Set<number>,
    namesData: false,
    quantifiers: [],
  };
  const run = { words: [] as string[], end: -1 };
  const { length } = folded;
  let wordStart = -1;
  let hash = 0;
  let numberEnd = 0;
  let fraction = { value: 0, end: -1 };
  for (let i = 0; i <= length; i++) {
    const code = i < length ? folded.charCodeAt(i) : 32;
    if (code <= 57 && i >= numberEnd && (code >= 48 || (code === 46 && isDigitAt(folded, i + 1)))) {
      const { end, values } = readNumbersAt(folded, i);
      for (const value of values) addAmount(scan, folded, value, i, end, fraction);
      fraction = { value: values.at(-1) ?? 0, end };
      numberEnd = end;
    }
    if (isWordCode(code)) {
      if (wordStart < 0) wordStart = i;
      hash = nextHash(hash, code);
    } else if (wordStart >= 0) {
      if (passesFilter(FILTER, hash)) addWord(scan, run, folded, wordStart, i);
      wordStart = -1;
      hash = 0;
    }
  }
  closeRun(scan, run);
  return scan;
}

function isDigitAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

type Fraction = { value: number; end: number };

function addAmount(
  scan: RequestScan,
  folded: string,
  value: number,
  start: number,
  end: number,
  before: Fraction,
): void {
  if (scan.amounts === NOTHING) scan.amounts = new Set();
  scan.amounts.add(value);
  if (Number.isInteger(value)) scan.quantifiers.push({ start, end, value });
  const next = folded.charAt(end);
  if (next === "%") scan.amounts.add(value / 100);
  else {
    const factor = MAGNITUDES.get(next);
    if (factor !== undefined && !isWordCode(folded.charCodeAt(end + 1))) scan.amounts.add(value * factor);
  }
  if (before.end === start - 1 && value !== 0 && folded.charAt(before.end) === "/") {
    scan.amounts.add(before.value / value);
  }
}

/** Neighbouring words of one number. */
type Run = { words: string[]; end: number };

function addWord(scan: RequestScan, run: Run, folded: string, start: number, end: number): void {
  const word = folded.slice(start, end);
  const meaning = LEXICON.get(word);
  if (!meaning) return;
  const follows = run.words.length > 0 && start === run.end + 1;
  if (!follows && run.words.length > 0) closeRun(scan, run);
  if (meaning.isNumber || (follows && word === "and")) {
    if (run.words.length === 0) run.words.push(...digitsBefore(folded, start));
    run.words.push(word);
    run.end = end;
  }
  if (meaning.month > 0) {
    if (scan.months === NOTHING) scan.months = new Set();
    scan.months.add(meaning.month);
  }
  if (meaning.isNoun) scan.namesData = true;
  if (meaning.isQuantifier) scan.quantifiers.push({ start, end });
}

function closeRun(scan: RequestScan, run: Run): void {
  if (run.words.length === 0) return;
  if (scan.named === NOTHING) scan.named = new Set();
  for (const value of listNumberWords(run.words)) scan.named.add(value);
  run.words = [];
}

function toLexicon(): ReadonlyMap<string, Meaning> {
  const lexicon = new Map<string, Meaning>();
  for (const word of [
    ...MONTH_WORDS.keys(),
    ...NUMBER_WORDS,
    ...ALL_WORDS,
    ...QUANTITY_WORDS.keys(),
    ...DATA_NOUN_FORMS,
    "and",
  ]) {
    const isNumber = NUMBER_WORDS.has(word);
    lexicon.set(word, {
      month: MONTH_WORDS.get(word) ?? 0,
      isNumber,
      isNoun: DATA_NOUN_FORMS.has(word),
      isQuantifier: isNumber || ALL_WORDS.has(word) || QUANTITY_WORDS.has(word),
    });
  }
  return lexicon;
}

/** The "3" of "3 million". */
function digitsBefore(folded: string, wordStart: number): string[] {
  let start = wordStart - 1;
  while (start > 0 && isDigitAt(folded, start - 1)) start--;
  return start < wordStart - 1 && wordStart - start < 12 ? [folded.slice(start, wordStart - 1)] : [];
}
