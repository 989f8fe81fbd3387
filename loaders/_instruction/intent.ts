import type { JsonObject } from "#contract";
import { type Ask, toArguments } from "./arguments.ts";
import { findDirective, toDirectiveTool } from "./directive.ts";
import { toForeignMatch } from "./foreign.ts";
import { Layout, toLayoutMatch } from "./layout.ts";
import { findPassage } from "./passages.ts";
import { toQuestion } from "./question.ts";
import { refine } from "./refine.ts";
import { FALLBACK_TOOL, type Match, type Tool } from "./taxonomy.ts";
import { RequestText, Sentence } from "./text.ts";
import { VERBS } from "./verbs.ts";

/** What a message asks for. */
export type Intent = {
  readonly tool: Tool;
  readonly arguments: JsonObject;
  /** Which rule decided: its level and what it found, as "directive.translate" or "question.why". */
  readonly rule: string;
  /** True if the tool works on a text (or code) and the message brings none: it can only mean one said before. */
  readonly refersBack: boolean;
};

/** Up to here a text has no room for a passage beside its request, so a question in it is the request. */
const SHORT_CHARS_MAX = 600;
/** Questions that are often put only to lead up to what is asked for. */
const WEAK = new Set(["question.yes_no"]);
/** What an answer must look like is no request of its own: "explain your reasoning", "give your answer in euros". */
const ANSWER_WORDS = new Set(
  "answer answers reasoning logic work thinking response responses solution choice output result".split(" "),
);
/** Words between a verb and the question it puts: "explain to me briefly why". */
const BEFORE_QUESTIONS = new Set("me us to briefly please exactly in detail the question answer following".split(" "));
const STYLE_VERBS = new Set(
  "explain show give provide write include state format describe check make present".split(" "),
);
const GREETING =
  /^\W*(?:hi|hello|hey|thanks|thank you|good (?:morning|evening|afternoon|night)|bye|goodbye|howdy|greetings|cheers|hola|bonjour|ciao|merhaba|hallo)\b.{0,40}$/is;
const GOING_ON = /^\W*(?:go on|keep going|more|next|and then|carry on|proceed)\b.{0,20}$/i;
const PERSONA = /^\W*(?:you are|you're|you will be|from now on,? you|your name is)\s/i;
const NOUN_PHRASE = /^\W*(?:an?|the|some|top|\d{1,3}|best|short|detailed|five|ten|three)\s/i;

/** What works on a text, or on code: where a message brings none it means what was said before. */
const ON_TEXT = new Set<Tool>([
  "summarize_text",
  "translate_text",
  "extract_data",
  "extract_entities",
  "extract_keywords",
  "classify_text",
  "classify_sentiment",
  "rate_text",
  "rewrite_text",
  "paraphrase_text",
  "simplify_text",
  "shorten_text",
  "expand_text",
  "correct_grammar",
  "continue_text",
  "merge_text",
  "split_text",
  "format_data",
]);
const ON_CODE = new Set<Tool>([
  "modify_code",
  "fix_code",
  "explain_code",
  "review_code",
  "optimize_code",
  "convert_code",
  "write_tests",
]);
/** A thing that is only named is asked for. */
const NAMED = { verb: "need", nouns: VERBS.get("need")!.nouns! };

type Found = Match & Omit<Ask, "text" | "layout">;

/**
 * The intent of one message, by rules alone: deterministic, in time linear in the message's length. What decides, the
 * first that matches:
 * 1. the opening (three sentences), sentence by sentence: an imperative, or in a short text a question;
 * 2. the form: labels, sentence pairs, blanks, lettered answers;
 * 3. the close (three sentences, from the last back): an imperative;
 * 4. a question, from the last sentence back;
 * 5. an imperative or question word of another language;
 * 6. a question mark alone; a persona, a greeting, a thing that is only named ("A poem about rain");
 * 7. nothing: the fallback.
 * What the text shows beside it (code, formulas, options, a passage) then makes the tool more exact; see refine.
 */
export function toIntent(message: string): Intent {
  const text = new RequestText(message);
  const layout = new Layout(text);
  const found = findRequest(text, layout) ?? {
    tool: FALLBACK_TOOL,
    rule: "none",
    sentence: firstOf(text),
    behindVerb: 0,
  };
  const ask: Ask = { ...found, text, layout };
  const { tool, rule } = refine(found, ask);
  const isBare = text.text.length <= SHORT_CHARS_MAX && !layout.hasCode;
  const refersBack = isBare && (ON_CODE.has(tool) || (ON_TEXT.has(tool) && findPassage(ask) === undefined));
  return { tool, arguments: toArguments(tool, ask), rule, refersBack };
}

function findRequest(text: RequestText, layout: Layout): Found | undefined {
  return (
    findInOpening(text) ??
    atQuestion(toLayoutMatch(text, layout), text) ??
    findFirst(text.closing, toDirective) ??
    findFirst(text.closing, toAsked) ??
    findFirst(text.opening.toReversed(), toAsked) ??
    atStart(toForeignMatch(text), text) ??
    findFirst([...text.closing, ...text.opening.toReversed()], toMarked) ??
    findLast(text)
  );
}

function findInOpening(text: RequestText): Found | undefined {
  const isShort = text.text.length <= SHORT_CHARS_MAX;
  for (const sentence of text.opening) {
    const directive = toDirective(sentence);
    if (directive) return directive;
    const asked = isShort ? toAsked(sentence) : undefined;
    if (asked && !WEAK.has(asked.rule)) return asked;
  }
  return undefined;
}

function toDirective(sentence: Sentence): Found | undefined {
  const directive = findDirective(sentence);
  if (!directive) return undefined;
  const { words } = sentence;
  const { rule, at } = directive;
  const behindVerb = words[at]!.end;
  const next = words[at + 1]?.text ?? "";
  if (STYLE_VERBS.has(rule.verb) && /^(?:your|the|all)$/.test(next) && ANSWER_WORDS.has(words[at + 2]?.text ?? "")) {
    return undefined;
  }
  if (rule.asks) {
    const from = words.findIndex(({ text }, i) => i > at && !BEFORE_QUESTIONS.has(text));
    const asked = from > at && from <= at + 4 ? toQuestion(sentence, from) : undefined;
    if (asked)
      return { ...asked, rule: `directive.${rule.verb}.${asked.rule}`, sentence, behindVerb: words[from - 1]!.end };
  }
  const named = toDirectiveTool(directive);
  const noun = named?.noun && words.find(({ text, start }) => text === named.noun && start >= behindVerb);
  const ask = { sentence, behindVerb, behindNoun: noun ? noun.end : undefined, verb: rule.verb };
  if (rule.asks && named && !named.noun && words.length < at + 3 && rule.verb !== "explain") return undefined; // "… give it"
  if (named) return { tool: named.tool, rule: `directive.${rule.verb}${named.noun ? `.${named.noun}` : ""}`, ...ask };
  if (rule.verb === "make" && /^(?:it|this|that|them|these)$/.test(next)) {
    return { tool: "rewrite_text", rule: "directive.make.it", ...ask };
  }
  return undefined;
}

function toAsked(sentence: Sentence): Found | undefined {
  const asked = toMarked(sentence);
  return asked?.rule === "question.mark" ? undefined : asked;
}

function toMarked(sentence: Sentence): Found | undefined {
  const asked = toQuestion(sentence);
  return asked && { ...asked, sentence, behindVerb: 0 };
}

function findFirst(sentences: readonly Sentence[], find: (sentence: Sentence) => Found | undefined): Found | undefined {
  for (const sentence of sentences) {
    const found = find(sentence);
    if (found) return found;
  }
  return undefined;
}

function findLast(text: RequestText): Found | undefined {
  const whole = text.text;
  if (PERSONA.test(whole)) return atStart({ tool: "role_play_chat", rule: "statement.persona" }, text);
  if (GOING_ON.test(whole)) return atStart({ tool: "continue_text", rule: "statement.going_on" }, text);
  if (GREETING.test(whole)) return atStart({ tool: "return_greeting", rule: "statement.greeting" }, text);
  const sentence = firstOf(text);
  if (!NOUN_PHRASE.test(sentence.text)) return undefined;
  const named = toDirectiveTool({ rule: NAMED, sentence, at: -1 });
  const noun = named && sentence.words.find((word) => word.text === named.noun);
  return (
    named &&
    noun && { tool: named.tool, rule: `statement.${named.noun}`, sentence, behindVerb: noun.end, behindNoun: noun.end }
  );
}

/** The form says what is asked; the question, if there is one, says it in words. */
function atQuestion(match: Match | undefined, text: RequestText): Found | undefined {
  if (!match) return undefined;
  const sentence = [...text.closing, ...text.opening.toReversed()].find((one) => toQuestion(one)) ?? firstOf(text);
  if (match.rule === "form.tldr")
    return { ...match, sentence: new Sentence("", text.text.toLowerCase().lastIndexOf("tl")), behindVerb: 0 };
  return { ...match, sentence, behindVerb: 0 };
}

function atStart(match: Match | undefined, text: RequestText): Found | undefined {
  return match && { ...match, sentence: firstOf(text), behindVerb: 0 };
}

function firstOf(text: RequestText): Sentence {
  return text.opening[0] ?? new Sentence(text.text.slice(0, SHORT_CHARS_MAX), 0);
}
