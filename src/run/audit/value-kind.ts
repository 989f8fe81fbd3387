import type { JsonValue } from "../../schema/json.ts";
import { toReferencedId } from "../../schema/plan-reference.ts";

/** Characters of a text that its form is told from. */
const FORM_CHARS_MAX = 256;

/** Forms of texts, the first that fits. Each pattern is linear in the text. */
const FORMS: readonly (readonly [string, RegExp])[] = [
  ["empty", /^\s*$/],
  ["address", /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]+$/],
  ["url", /^[a-z][a-z\d+.-]*:\/\//i],
  ["uuid", /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i],
  ["day", /^\d{4}-\d\d-\d\d(?:$|[T ])/],
  ["digits", /^\d+$/],
  ["number", /^[+-]?[\d.,]+$/],
  ["phone", /^\+?[\d\s()-]{7,}$/],
  ["path", /^(?:~|\.{0,2})\/\S*$|^[a-z]:\\/i],
  ["placeholder", /^(?:<[^<>]*>|\{[^{}]*\}|\$\w+|\[[^[\]]*\])$/],
  ["code", /^(?=.*\d)(?=.*[a-z])[\w-]+$/i],
  ["name", /^[\p{L}\p{N}_.-]+$/u],
];
const PHRASE_WORDS_MAX = 6;

/** What kind of value it is, in place of the value: `integer`, `address`, `list of name`, `reference` and so on. */
export function toValueKind(value: JsonValue): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return "flag";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "fraction";
  if (typeof value === "string") return toTextForm(value);
  if (!Array.isArray(value)) return toReferencedId(value) === undefined ? "object" : "reference";
  const kinds = new Set(value.slice(0, 64).map((member) => (Array.isArray(member) ? "list" : toValueKind(member))));
  return kinds.size === 0 ? "no list" : kinds.size === 1 ? `list of ${[...kinds][0]}` : "mixed list";
}

function toTextForm(text: string): string {
  const start = text.slice(0, FORM_CHARS_MAX);
  const form = FORMS.find(([, pattern]) => pattern.test(start))?.[0];
  if (form !== undefined) return form;
  if (text.length > FORM_CHARS_MAX) return "long text";
  return text.trim().split(/\s+/).length <= PHRASE_WORDS_MAX ? "phrase" : "sentence";
}
