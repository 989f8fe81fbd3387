import { rememberByName, toNameWords } from "../schema/name-words.ts";
import {
  ARGUMENT_NAMES,
  ARGUMENT_WORDS,
  type ArgumentKind,
  CONTROL_KINDS,
  COUNT_PREFIXES,
  COUNTED,
  DAYS_IN_UNIT,
  FIELD_SENSITIVITY,
  NOT_THAT_KIND,
  RANGE_WORDS,
} from "./lexicon-arguments.ts";
import { toWords } from "./name-words.ts";
import type { ToolTraits } from "./tool-traits.ts";

/** What an argument's name says of it, whatever the tool. */
export type ArgumentTraits = {
  readonly kind: ArgumentKind;
  /** Days in its unit, for `days`. */
  readonly unitDays: number;
};

const wholeNames = new Map<string, ArgumentKind>();
for (const { kind, names } of ARGUMENT_NAMES) for (const name of names.split("|")) wholeNames.set(name, kind);
const wordRules = ARGUMENT_WORDS.map(({ kind, last, any }) => ({ kind, last: toSet(last), any: toSet(any) }));
const exceptions = new Map(NOT_THAT_KIND.map(({ kind, words }) => [kind, toSet(words)]));
const countPrefix = new RegExp(`^(?:${COUNT_PREFIXES}) `);
const counted = toSet(COUNTED);
const starts = toSet(RANGE_WORDS.start);
const ends = toSet(RANGE_WORDS.end);
const dated = toSet(RANGE_WORDS.dated);
const controlKinds: ReadonlySet<ArgumentKind> = new Set(CONTROL_KINDS);
const fieldLevels = [5, 4, 3, 2].map((level) => ({
  level: level as 2 | 3 | 4 | 5,
  words: toSet(FIELD_SENSITIVITY[level as 2 | 3 | 4 | 5]),
}));

/** The traits of an argument by its name alone. Remembered per name. */
export const toArgumentTraits: (name: string) => ArgumentTraits = rememberByName((name) => {
  const unit = toNameWords(name).find((word) => Object.hasOwn(DAYS_IN_UNIT, word));
  if (unit !== undefined) return { kind: "days", unitDays: DAYS_IN_UNIT[unit as keyof typeof DAYS_IN_UNIT] };
  return { kind: toKind(toWords(name)), unitDays: 1 };
});

/**
 * What an argument of a tool is for. "to", "user" or "channel" is a recipient where something is sent or paid, and else a
 * target; a text given to a tool that runs things is code.
 */
export function toArgumentKind(tool: ToolTraits, name: string): ArgumentKind {
  const { kind } = toArgumentTraits(name);
  const sends = tool.destination === "external";
  if (kind === "target") return sends ? "recipient" : "target";
  if (kind === "recipient") return sends ? "recipient" : "target";
  return kind === "payload" && tool.controlFlow > 0 ? "code" : kind;
}

/** True if an argument of this kind steers its call: where to, to whom, on what, or what is run. */
export function isControlKind(kind: ArgumentKind): boolean {
  return controlKinds.has(kind);
}

/** How delicate the field is that an argument like `columns` names: 1 where its name says nothing. */
export const toFieldSensitivity: (field: string) => 1 | 2 | 3 | 4 | 5 = rememberByName((field) => {
  const words = toWords(field);
  return fieldLevels.find((level) => words.some((word) => level.words.has(word)))?.level ?? 1;
});

function toKind(words: readonly string[]): ArgumentKind {
  const whole = wholeNames.get(words.join(" "));
  if (whole !== undefined) return whole;
  if (words.length === 0) return "other";
  if (isCount(words)) return "limit";
  const range = toRangeSide(words);
  if (range !== undefined) return range;
  const last = words.at(-1) as string;
  for (const rule of wordRules) {
    if (!rule.last.has(last) && !words.some((word) => rule.any.has(word))) continue;
    const except = exceptions.get(rule.kind);
    if (!except || !words.some((word) => except.has(word))) return rule.kind;
  }
  return "other";
}

function isCount(words: readonly string[]): boolean {
  const name = words.join(" ");
  return countPrefix.test(name) && counted.has(words.at(-1) as string);
}

/** `start_date`, `dateFrom`, `until_time`; "from" and "to" alone are places as often as days. */
function toRangeSide(words: readonly string[]): "start" | "end" | undefined {
  if (words.length < 2 || !words.some((word) => dated.has(word))) return undefined;
  const isStart = words.some((word) => starts.has(word));
  if (isStart === words.some((word) => ends.has(word))) return undefined;
  return isStart ? "start" : "end";
}

function toSet(words: string | undefined): ReadonlySet<string> {
  return new Set(words ? words.split(" ") : []);
}
