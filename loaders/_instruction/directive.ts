import { HEAD_NOUNS, NOUN_STOPS } from "./nouns.ts";
import type { Tool } from "./taxonomy.ts";
import type { Sentence } from "./text.ts";
import { OPENER_VERBS, VERBS, type VerbRule } from "./verbs.ts";

/** Words behind a verb among which the noun is sought. */
const NOUN_WORDS_MAX = 14;
const NONE = -1;

const toSet = (words: string): ReadonlySet<string> => new Set(words.split(" "));

/** Said before a request without saying anything of it. */
const FILLERS = toSet(
  "please kindly now then next ok okay so and also hi hello hey thanks great first second finally lastly well sure just but alright pls plz again instead oh perfect good nice to could can would will you u might must should only simply quickly briefly always carefully let's lets help me us assist try asked required supposed tasked with step if wondering possible looking hoping trying going",
);
/** Fillers that make a statement of it: after them a verb is a request only behind a word that leads to it. */
const STATEMENTS = toSet(
  "i we i'd i'm we're i'll it is was be am are like love need want have wish your the my this task job goal it's that's",
);
const LEADS = toSet("to you please help me us");
/** Verbs that are nouns as often; they need an object behind them, or a word that leads to them. */
const NOUNS_TOO = toSet(
  "state name rate plan match order code program score grade guess review research share show design label change sketch pair count plot act",
);
const OBJECT_STARTS = toSet(
  "a an the this that these those my your our his her its their me us it them all some any each following one two three four five six seven eight nine ten what who how why where when whether if as for like between out",
);
const FIRST_PERSON = toSet("i we i'd i'm we're i'll");
/** A sentence that begins so has its request behind a comma or an "and". */
const OPENERS = toSet(
  "based using given after in from for considering with as if assuming without following according when while by before ignoring ignore considering knowing on at under here this above below i'm i since because there you we my",
);

const CLAUSE_END = /[.:;?!]/;
const TURNS = toSet("convert turn transform");

/** An imperative: its rule, and which word of the sentence the verb is. */
export type Directive = { readonly rule: VerbRule; readonly sentence: Sentence; readonly at: number };

/** The first imperative of a sentence that the lexicon knows, whatever politeness, label or clause comes before it. */
export function findDirective(sentence: Sentence): Directive | undefined {
  const { words } = sentence;
  const at = toVerbPlace(sentence, 0) ?? findAfterLabel(sentence) ?? findAfterOpener(sentence);
  const rule = at === undefined ? undefined : VERBS.get(words[at]!.text);
  return rule && { rule, sentence, at: at! };
}

/** The tool of an imperative: by the first noun behind the verb that its rule knows, else by the verb alone. */
export function toDirectiveTool({ rule, sentence, at }: Directive): { tool: Tool; noun?: string } | undefined {
  const { words, text } = sentence;
  if (rule.nouns) {
    // What is converted is named first, what it becomes behind "to".
    const to = TURNS.has(rule.verb)
      ? words.findIndex(({ text: word }, i) => i > at && (word === "to" || word === "into"))
      : at;
    for (let i = to + 1; to !== NONE && i < words.length && i <= to + NOUN_WORDS_MAX; i++) {
      const word = words[i]!;
      if (NOUN_STOPS.has(word.text) || standsBetween(CLAUSE_END, text, words[i - 1]?.end ?? 0, word.start)) break;
      const tool = rule.nouns.get(word.text);
      if (tool === undefined) continue;
      const next = words[i + 1]?.text ?? "";
      const head = HEAD_NOUNS.has(next) && !tool.startsWith("plan_") ? rule.nouns.get(next) : undefined;
      return head ? { tool: head, noun: next } : { tool, noun: word.text };
    }
  }
  return rule.tool && { tool: rule.tool };
}

/** True if one of the marks stands between two places of a text, which mostly hold a single space. */
function standsBetween(marks: RegExp, text: string, start: number, end: number): boolean {
  return (end - start !== 1 || text.charCodeAt(start) !== 32) && marks.test(text.slice(start, end));
}

/** Where the verb stands if the words from `start` on are a request; undefined otherwise. */
function toVerbPlace({ words, text }: Sentence, start: number): number | undefined {
  let states = false;
  for (let i = start; i < words.length; i++) {
    // "State grant", "Guess what, Mom", "match, watch": no verb before a comma or a sign, if anything follows.
    const { text: word, end } = words[i]!;
    const isVerb = VERBS.has(word);
    if (isVerb && i + 1 < words.length && /^\s?[,;/.)]/.test(text.slice(end, end + 2))) return undefined;
    const before = i > start ? words[i - 1]!.text : "";
    if (word === "need" || word === "want") {
      // "I need a poem" asks for one; "I need you to write one" only leads to the verb.
      if (FIRST_PERSON.has(before) && !LEADS.has(words[i + 1]?.text ?? "")) return i;
    } else if (isVerb) {
      const isNoun = NOUNS_TOO.has(word) && !OBJECT_STARTS.has(words[i + 1]?.text ?? "") && !LEADS.has(before);
      return (!states || LEADS.has(before)) && !isNoun ? i : undefined;
    }
    states ||= STATEMENTS.has(word);
    if (!FILLERS.has(word) && !STATEMENTS.has(word)) return undefined;
  }
  return undefined;
}

/** "Task: write …", "Instructions (for you): write …" */
function findAfterLabel(sentence: Sentence): number | undefined {
  const { text, words } = sentence;
  const head = text.slice(0, 40);
  if (!head.includes(":") && !head.includes("：")) return undefined;
  const colon = head.search(/[:：]/);
  const first = words.findIndex(({ start }) => start > colon);
  return first === NONE ? undefined : toVerbPlace(sentence, first);
}

/** "Based on the text, write …", "Read the text and write …" */
function findAfterOpener(sentence: Sentence): number | undefined {
  const { text, words } = sentence;
  const first = words[0]?.text ?? "";
  if (!OPENERS.has(first) && !OPENER_VERBS.has(first)) return undefined;
  for (let i = 1; i < words.length; i++) {
    const joins = words[i - 1]!.text === "and" || words[i - 1]!.text === "then" || words[i - 1]!.text === "please";
    if (!joins && !standsBetween(/[,:]/, text, words[i - 1]!.end, words[i]!.start)) continue;
    const at = toVerbPlace(sentence, i);
    if (at !== undefined) return at;
  }
  return undefined;
}
