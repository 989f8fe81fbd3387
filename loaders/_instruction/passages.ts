import { findQuoted, listQuoted } from "./phrases.ts";
import type { RequestText, Sentence } from "./text.ts";

/** A shorter rest is no text to work on. */
const PASSAGE_CHARS_MIN = 3;
/** Patterns of the labels that were asked for: as many as the rules name. */
const LABELLED = new Map<string, RegExp>();
const CLOSING_LABEL = /\n[^\n]{0,30}:\s*$/;

/**
 * The text that a request brings to work on: quoted in its sentence, behind its colon, below it, or, where the request
 * stands last, above it. undefined if there is none, or if it is too long to have been seen whole.
 */
export function findPassage({ text, sentence }: { text: RequestText; sentence: Sentence }): string | undefined {
  const quoted = findQuoted(sentence.text);
  if (quoted !== undefined) return quoted;
  if (!text.isWhole) return undefined;
  const colon = text.text.indexOf(":", sentence.start);
  const behindColon = colon !== -1 && colon <= sentence.end ? text.text.slice(colon + 1) : "";
  const below = behindColon.trim() === "" ? text.text.slice(sentence.end) : behindColon;
  const above = text.text.slice(0, sentence.start);
  const passage = (below.length > above.length || behindColon.trim() !== "" ? below : above)
    .replace(CLOSING_LABEL, "")
    .trim();
  return passage.length < PASSAGE_CHARS_MIN ? undefined : passage;
}

/** What stands around a question: above or below it, whichever is more. */
export function findContext({ text, sentence }: { text: RequestText; sentence: Sentence }): string | undefined {
  if (!text.isWhole) return undefined;
  const above = text.text.slice(0, sentence.start).trim();
  const below = text.text.slice(sentence.end).replace(CLOSING_LABEL, "").trim();
  const context = above.length >= below.length ? above : below;
  return context.length < PASSAGE_CHARS_MIN ? undefined : context;
}

/** What stands behind a label, to the end of its line or, if the label is alone in it, of the next. */
export function toLabelled({ text }: RequestText, label: string): string | undefined {
  let pattern = LABELLED.get(label);
  if (!pattern) {
    pattern = new RegExp(`^[ \\t>*#-]{0,8}${label}[ \\t]{0,2}[:：][ \\t]*\\n{0,2}([^\\n]+)`, "im");
    LABELLED.set(label, pattern);
  }
  const found = pattern.exec(text);
  return found?.[1]?.trim().replace(/^"(.*)"$/, "$1");
}

/** Two sentences that are to be compared: labelled 1 and 2, the two lines below the question, or quoted. */
export function toSentencePair(text: RequestText, sentence: Sentence): string[] | undefined {
  const first = toLabelled(text, "sentence 1");
  const second = toLabelled(text, "sentence 2");
  if (first !== undefined && second !== undefined) return [first, second];
  const lines = text.text
    .slice(sentence.end)
    .split("\n")
    .flatMap((line) => line.trim() || []);
  if (lines.length === 2) return lines;
  const quoted = listQuoted(text.text);
  return quoted.length === 2 ? quoted : undefined;
}
