// Reads the LaTeX of worked solutions. Everything here is linear in the text: rows are not to be trusted.

/** A stretch of mathematics or of drawing code: [start, end) in the text, delimiters included. */
export type MathSpan = {
  readonly start: number;
  readonly end: number;
  /** What stands between the delimiters. */
  readonly content: string;
  /** True for `$…$` and `\(…\)`, which sit inside a sentence. */
  readonly inline: boolean;
};

const DELIMITER = /\\begin\{([A-Za-z]+\*?)\}|\\[\s\S]|\$\$?|\[asy\]/g;
const CLOSERS = new Map([
  ["$", "$"],
  ["$$", "$$"],
  ["\\(", "\\)"],
  ["\\[", "\\]"],
  ["[asy]", "[/asy]"],
]);
/** More kinds of delimiter than any real solution holds; what comes after is plain text. */
const CLOSERS_MAX = 64;

/**
 * The spans of `$…$`, `$$…$$`, `\(…\)`, `\[…\]`, `\begin{x}…\end{x}` and `[asy]…[/asy]`, in order, outermost only. `\$` is
 * a dollar sign. A delimiter without its partner is plain text; as in TeX, inline mathematics holds no blank line.
 */
export function findMath(text: string): MathSpan[] {
  const spans: MathSpan[] = [];
  const seek = createSeeker(text);
  const delimiter = new RegExp(DELIMITER);
  for (let match = delimiter.exec(text); match; match = delimiter.exec(text)) {
    const { 0: opener, 1: environment, index: start } = match;
    const closer = environment === undefined ? CLOSERS.get(opener) : `\\end{${environment}}`;
    if (closer === undefined) continue;
    const from = start + opener.length;
    const inline = opener === "$" || opener === "\\(";
    const close = seek(closer, from);
    if (close === Infinity || (inline && seek("\n\n", from) < close)) continue;
    const end = close + closer.length;
    spans.push({ start, end, content: text.slice(from, close), inline });
    delimiter.lastIndex = end;
  }
  return spans;
}

/** Finds the next place of a word that no backslash escapes, Infinity if none. Made for a caller that only moves on. */
function createSeeker(text: string): (word: string, from: number) => number {
  const places = new Map<string, number>();
  return (word, from) => {
    const known = places.get(word);
    if (known !== undefined && known >= from) return known;
    if (known === undefined && places.size === CLOSERS_MAX) return Infinity;
    let place = text.indexOf(word, from);
    while (place !== -1 && isEscaped(text, place)) place = text.indexOf(word, place + 1);
    places.set(word, place === -1 ? Infinity : place);
    return place === -1 ? Infinity : place;
  };
}

function isEscaped(text: string, place: number): boolean {
  let first = place;
  while (text[first - 1] === "\\") first--;
  return (place - first) % 2 === 1;
}

// Spans are blotted out before steps are looked for: \u0000 for each unit, \u0001 for the last of one that ends a sentence.
const STEP_END =
  /\n[ \t]*\n\s*|(?<=[.!?\u0001]["'”’)\]]{0,3})\s+(?=["'“‘([]{0,3}[\p{Lu}\p{N}\u0000])|(?<=\u0001)(?=\p{Lu})/gu;
const NO_SENTENCE_END =
  /(?:^|\n)\s*(?:\d+|\([ivx\d]{1,4}\))\.$|(?:^|[\s(])(?:\p{L}\.\p{L}|\p{Lu}|etc|vs|cf|Figs?|Eqs?|No|St|Dr|Mrs?|Ms)\.$/u;
/** As the content of a span ends that ends a sentence. */
const SENTENCE_END = /[.!?](?:\s|\\end\{[A-Za-z]+\*?\})*$/;
const WORD = /[\p{L}\p{N}]/u;

/**
 * A solution in steps: paragraphs first, then sentences, never inside mathematics or drawing code. A piece without a word
 * of its own (a formula, a figure) stays with the step before it. The last of `stepsMax` holds whatever is left.
 */
export function splitSteps(text: string, stepsMax: number): string[] {
  const blotted = blotOutMath(text);
  const pieces: [start: number, end: number][] = [];
  let start = 0;
  let seen = 0; // no word before it in the piece at hand
  const take = (end: number, next: number) => {
    const hasWord = WORD.test(blotted.slice(seen, end));
    seen = next;
    const before = pieces.at(-1);
    if (!hasWord && before) before[1] = end;
    else if (hasWord || next === text.length) pieces.push([start, end]);
    else return; // a figure at the very start goes with what follows
    start = next;
  };
  for (const { 0: gap, index } of blotted.matchAll(STEP_END)) {
    const isParagraph = gap.startsWith("\n") && gap.includes("\n", 1);
    if (isParagraph || !NO_SENTENCE_END.test(blotted.slice(Math.max(start, index - 16), index))) {
      take(index, index + gap.length);
    }
  }
  if (start < text.length) take(text.length, text.length);
  const rest = pieces.splice(stepsMax);
  if (rest.length > 0) pieces.at(-1)![1] = rest.at(-1)![1];
  return pieces.map(([from, to]) => text.slice(from, to).trim()).filter((step) => step !== "");
}

function blotOutMath(text: string): string {
  let blotted = "";
  let end = 0;
  for (const span of findMath(text)) {
    const last = SENTENCE_END.test(span.content.slice(-80)) ? "\u0001" : "\u0000";
    blotted += text.slice(end, span.start) + "\u0000".repeat(span.end - span.start - 1) + last;
    end = span.end;
  }
  return blotted + text.slice(end);
}

const BOXED = /\\(?:boxed|fbox)(?![A-Za-z])\s*(\{?)/y;
const BARE_ARGUMENT = /(?!\\boxed|\\fbox)[^$\n]{0,200}?(?=[\s.,;]{0,40}(?:\$|\n|\\[\])]|$))/y;

/**
 * The argument of the last `\boxed{…}` or `\fbox{…}` that is complete, braces nested to any depth; of `\boxed 5`, the text
 * up to where the formula ends. Undefined if there is none or it is empty.
 */
export function findLastBoxed(text: string): string | undefined {
  const open: { isBox: boolean; from: number }[] = [];
  let last: { from: number; to: number } | undefined;
  for (let i = 0; i < text.length; i++) {
    const unit = text[i];
    if (unit === "{") open.push({ isBox: false, from: i + 1 });
    else if (unit === "}") {
      const group = open.pop();
      if (group?.isBox && group.from > (last?.from ?? -1)) last = { from: group.from, to: i };
    } else if (unit === "\\") {
      BOXED.lastIndex = i;
      const box = BOXED.exec(text);
      if (!box)
        i++; // whatever it escapes is no brace
      else {
        i = BOXED.lastIndex - 1;
        if (box[1] === "{") open.push({ isBox: true, from: i + 1 });
        else last = toBareArgument(text, i + 1) ?? last;
      }
    }
  }
  const answer = last && text.slice(last.from, last.to).trim();
  return answer === "" ? undefined : answer;
}

function toBareArgument(text: string, from: number): { from: number; to: number } | undefined {
  BARE_ARGUMENT.lastIndex = from;
  return BARE_ARGUMENT.test(text) && BARE_ARGUMENT.lastIndex > from ? { from, to: BARE_ARGUMENT.lastIndex } : undefined;
}
