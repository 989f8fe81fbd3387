/** Characters of a piece at most: at three bytes each still below 4 KB. BPE takes the square of a run without a break. */
export const PIECE_CHARS_MAX = 1024;

/** Not a space, one space, a letter: o200k's own first split falls before every such space, so a cut there changes nothing. */
const SPLIT = /[^\s] (?=\p{L})/gu;

/**
 * A text in pieces short enough to count, cut where the tokenizer cuts anyway, or between code points where there is no
 * such place (a kilobyte without a word: there a count may be off by a token a piece).
 */
export function* listPieces(text: string): Generator<string> {
  let start = 0;
  while (text.length - start > PIECE_CHARS_MAX) {
    const end = findCut(text, start);
    yield text.slice(start, end);
    start = end;
  }
  if (start < text.length) yield text.slice(start);
}

function findCut(text: string, start: number): number {
  const end = start + PIECE_CHARS_MAX;
  // Two hundred characters back are enough to meet a word, and short enough to look through for nothing.
  const from = end - 200;
  let cut = 0;
  for (const match of text.slice(from, end + 1).matchAll(SPLIT)) cut = from + match.index + match[0].length - 1;
  if (cut > start) return cut;
  return isLowSurrogate(text.charCodeAt(end)) && isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
