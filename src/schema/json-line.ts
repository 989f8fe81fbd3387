/**
 * A value as one line of JSON: what JSON.stringify writes, with the three characters that some readers take for the end of
 * a line (NEL, U+2028 and U+2029: Python's splitlines, Node's readline) as escapes. Any JSON parser reads the same value.
 */
export function toJsonLine(value: unknown): string {
  return escapeLineEnds(JSON.stringify(value));
}

/** JSON text with the characters escaped that toJsonLine escapes. */
export function escapeLineEnds(json: string): string {
  let text = json;
  for (const [end, escaped] of LINE_ENDS) if (text.includes(end)) text = text.replaceAll(end, escaped);
  return text;
}

const LINE_ENDS = [
  ["\u0085", "\\u0085"],
  ["\u2028", "\\u2028"],
  ["\u2029", "\\u2029"],
] as const;

/**
 * True if a text that toJsonLine wrote holds half of a surrogate pair, which JSON.stringify escapes. It is no Unicode text:
 * Arrow, orjson, serde_json and DuckDB refuse it, jq puts another character in its place.
 */
export function hasLoneSurrogate(line: string): boolean {
  for (let at = line.indexOf(ESCAPE_START); at !== -1; at = line.indexOf(ESCAPE_START, at + 1)) {
    if (!isEscaped(line, at) && SURROGATE_DIGIT.test(line.charAt(at + ESCAPE_START.length))) return true;
  }
  return false;
}

const ESCAPE_START = "\\ud";
const SURROGATE_DIGIT = /[89a-f]/;

/** True if the backslash at `at` is itself what a backslash escapes: two of them are one in the text. */
function isEscaped(line: string, at: number): boolean {
  let first = at;
  while (line.charAt(first - 1) === "\\") first--;
  return (at - first) % 2 === 1;
}
