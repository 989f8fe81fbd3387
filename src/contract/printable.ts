/**
 * What a terminal, a browser or an editor would act on, or not show at all: control characters (C0, DEL and C1, among them
 * the escape sequences), line separators, and marks that turn the direction of the text around (Unicode UTS 55).
 */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const END_OR_UNSAFE = new RegExp(`\\r\\n|${UNSAFE.source}`, "g");
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The text with what isn't safe to show written as an escape (`\u001b`), line ends too. Inside JSON it stays the same JSON. */
export function toPrintable(text: string): string {
  return text.replace(UNSAFE, toEscape);
}

/** The same for a text of several lines: their ends stay, "\n" or "\r\n". A lone "\r" would write over its own line. */
export function toPrintableLines(text: string): string {
  return text.replace(END_OR_UNSAFE, (sign) => (sign.endsWith("\n") ? sign : toEscape(sign)));
}

/** The text, cut where it gets longer than `charsMax`, never inside a character. */
export function shorten(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const isInside = /[\ud800-\udbff]/.test(text[charsMax - 1] ?? "");
  return `${text.slice(0, isInside ? charsMax - 1 : charsMax)}…`;
}

function toEscape(sign: string): string {
  return SHORT[sign] ?? `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
