import type { JsonObject, JsonValue } from "#contract";
import type { Layout } from "./layout.ts";
import { toCounted, toItems, toLabels, toScale } from "./lists.ts";
import { toDuration, toLength } from "./measures.ts";
import { toAudience, toCodeLanguage, toFormat, toSourceLanguage, toStyle, toTargetLanguage, toTone } from "./names.ts";
import { findContext, findPassage, toLabelled, toSentencePair } from "./passages.ts";
import { findQuoted, PASSAGE_CHARS_MAX, toPhrase } from "./phrases.ts";
import { TOOLS, type Tool } from "./taxonomy.ts";
import type { RequestText, Sentence } from "./text.ts";

/** A request that was understood, for what it says beside its intent. */
export type Ask = {
  readonly text: RequestText;
  readonly layout: Layout;
  /** The sentence that decided; the first one where the form did. */
  readonly sentence: Sentence;
  /** Characters of the sentence up to the end of the verb; 0 in a question. */
  readonly behindVerb: number;
  /** The same for the noun that named the tool. */
  readonly behindNoun?: number | undefined;
  readonly verb?: string | undefined;
};

type ArgumentName = Exclude<{ [Name in Tool]: Words<(typeof TOOLS)[Name]> }[Tool], "">;
type Words<Text extends string> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Text;
type Read = (ask: Ask, tool: Tool) => JsonValue | undefined;

const SCOPE_CHARS_MAX = 600;
const ABOUT =
  /\b(?:about|regarding|concerning|on the topic of|on the subject of|describing|explaining|discussing|covering|featuring|titled|entitled|on(?! the (?:following|text|passage|context)))\s+/i;
const OF = /\b(?:of|for|to|where|in which|between|with)\s+/i;
const OF_BUT_TO = /\b(?:of|for|where|in which|with)\s+/i;
const SAID =
  /^(?:in|with|the following|this|that|it|these|those|each|me|us|them|the (?:following|above|text|passage|article|sentence|paragraph|given|below)|following|above|below|given|your)\b/i;
const RECIPIENT =
  /\bto\s+((?:my|our|the|a|an|your)\s+[^.,;:!?\n]{2,60}?|[A-Z]\w+(?: [A-Z]\w+)?)(?=\s+(?:about|regarding|to|asking|for|on|in|that|who|and|explaining|telling|requesting|thanking|inviting|with)\b|[.,;:!?\n]|$)/;
const KEYWORDS =
  /\b(?:(?:using|with|containing|includ(?:e|es|ing)|contains?)\s+(?:all\s+)?(?:the\s+|these\s+)?(?:following\s+)?(?:key)?(?:words?|terms?|concepts?)|(?:concepts|keywords|words))\s*:?\s+([^.;\n]{2,200})/i;
const TASK = /\b(?:that|which|to|for|of)\s+/i;
const PERSONA =
  /\b(?:act(?:ing)?(?: as| like)|pretend(?:ing)?(?: to be| that you are| that you're| you are| you're| like you are)?|you are|you're|role of|roleplay(?:ing)? as|role-play(?:ing)? as|simulate)\s+((?:an?|the|my)?\s*[^.,;:!?\n]{2,80}?)(?=\s+(?:and|who|that|with|for|in)\b|[.,;:!?\n]|$)/i;
const ERROR = /\b[A-Z]\w{0,40}(?:Error|Exception)\b(?::[^\n]{1,200})?/;
const EXPRESSION = /(?:(?<![\w'])\d*[xyzn]|\d|\()[\dxyzn+\-*/^=().,×÷% ]{2,120}/g;
const TERM_MEANT =
  /\bwhat (?:does|do|did) (?:the (?:word|term|phrase|expression|idiom|acronym|abbreviation) )?(.{1,80}?) (?:mean|stand for|refer to)\b/i;
const TERM_OF =
  /\b(?:meaning|definition|synonyms?|antonyms?|rhymes?|opposite|meant)\s+(?:of|for|by|with)\s+(?:the (?:word|term|phrase|expression) )?([^.,;:!?\n]{1,80})/i;
const TARGET_END =
  /\s(?:from|in (?:the|this|these|each|following)|of (?:the|this) (?:following|text|passage|article|sentence|paragraph)|that (?:appear|occur)|given|mentioned)\b/i;
const COLUMNS = /\bcolumns?\b(?:\s+(?:for|named|called|of|are|titled))?\s*:?\s+([^.;\n]{2,160})/i;

const READERS: Record<ArgumentName, Read> = {
  question: ({ sentence }) => capped(trimQuestion(sentence.text)),
  context: (ask) => toContext(ask),
  options: toAlternatives,
  topic: toTopic,
  audience: (ask) => toAudience(scopeOf(ask)),
  length: (ask) => toLength(scopeOf(ask)),
  format: (ask) => toFormat(scopeOf(ask)),
  tone: (ask) => toTone(scopeOf(ask)),
  style: (ask) => toStyle(scopeOf(ask)),
  task: toTask,
  term: toTerm,
  count: ({ sentence, behindVerb }) => toCounted(sentence, behindVerb),
  target: toTarget,
  text: (ask) => capped(findPassage(ask)),
  scale: (ask) => toScale(scopeOf(ask)),
  sentences: ({ text, sentence }) => toSentencePair(text, sentence),
  premise: ({ text }) => capped(toLabelled(text, "premise")),
  hypothesis: ({ text }) => capped(toLabelled(text, "hypothesis")),
  keywords: (ask) => splitList(KEYWORDS.exec(scopeOf(ask))?.[1]),
  persona: (ask) => PERSONA.exec(scopeOf(ask))?.[1]?.trim(),
  code_language: ({ text, sentence }) =>
    toCodeLanguage(sentence.text) ?? toCodeLanguage(text.text.slice(0, SCOPE_CHARS_MAX)),
  error: ({ text }) => ERROR.exec(text.text)?.[0],
  expression: toExpression,
  duration: (ask) => toDuration(scopeOf(ask)),
  recipient: (ask) => RECIPIENT.exec(restOf(ask))?.[1],
  columns: (ask) => splitList(COLUMNS.exec(scopeOf(ask))?.[1]),
  labels: toAlternatives,
  items: (ask, tool) => toItems(restOf(ask), tool === "compare_items"),
  source_language: (ask) => toSourceLanguage(scopeOf(ask)),
  target_language: (ask) => toTargetLanguage(scopeOf(ask)),
};

const NAMES = new Map(
  Object.entries(TOOLS).map(([tool, names]) => [
    tool,
    names.split(" ").filter((name) => name !== "") as ArgumentName[],
  ]),
);

/** The arguments of a tool that the request states; those it does not state are absent. */
export function toArguments(tool: Tool, ask: Ask): JsonObject {
  const stated: JsonObject = {};
  for (const name of NAMES.get(tool) ?? []) {
    const value = READERS[name](ask, tool);
    if (value !== undefined && value !== "") stated[name] = value;
  }
  return stated;
}

/** The sentence with what follows it in its paragraph: where a request says how it wants things. */
function scopeOf({ text, sentence }: Ask): string {
  const scope = text.text.slice(sentence.start, sentence.start + SCOPE_CHARS_MAX);
  const end = scope.indexOf("\n", sentence.text.length);
  return end === -1 ? scope : scope.slice(0, end);
}

/** The sentence behind its verb, or behind the noun that the verb makes. */
function restOf({ sentence, behindVerb, behindNoun }: Ask): string {
  return sentence.text.slice(behindNoun ?? behindVerb);
}

function capped(text: string | undefined): string | undefined {
  return text === undefined || text.length > PASSAGE_CHARS_MAX ? undefined : text;
}

function toContext(ask: Ask): string | undefined {
  const label = ["context", "passage", "article", "paragraph"].find((name) => ask.layout.hasLabel(name));
  return capped(label ? toLabelled(ask.text, label) : findContext(ask));
}

function toAlternatives({ sentence, layout }: Ask): string[] | undefined {
  return layout.options.length > 0 ? [...layout.options] : toLabels(sentence.text);
}

/** Without the label before it, and quotes that it does not close. */
function trimQuestion(text: string): string {
  const bare = text
    .replace(/^\W{0,4}(?:question|q|problem|task)\s{0,2}\d{0,3}\s{0,2}[:.)]\s*/i, "")
    .replace(/^[",;:”]+\s*/, "");
  return (bare.match(/"/g)?.length ?? 0) % 2 === 1 ? bare.replace(/^"|"$/, "") : bare;
}

function toTopic(ask: Ask, tool: Tool): string | undefined {
  const whole = restOf(ask);
  const colon = whole.indexOf(":");
  const rest = colon === -1 ? whole : whole.slice(0, colon);
  if (ask.behindVerb === 0) return toPhrase(rest);
  const about = ABOUT.exec(rest);
  const made = ask.behindNoun !== undefined || ask.verb === "write" || ask.verb === "tell";
  const link =
    (made || (about && about.index <= 1) ? about : undefined) ??
    (made ? (TOOLS[tool].includes("recipient") ? OF_BUT_TO : OF).exec(rest) : undefined);
  // "Explain photosynthesis" names its topic right behind the verb; "write a poem" does not.
  const from = link ? link.index + link[0].length : made ? undefined : 0;
  const phrase = from === undefined ? undefined : toPhrase(rest.slice(from));
  return phrase === undefined || SAID.test(phrase) ? undefined : phrase;
}

function toTask({ sentence, behindVerb, behindNoun }: Ask, tool: Tool): string | undefined {
  const rest = sentence.text.slice(behindNoun ?? behindVerb);
  const how = /\bhow (?:to|(?:do|can|could|should|would|might|may) (?:i|you|we|one|someone|people))\s+/i.exec(
    sentence.text,
  );
  if (tool === "explain_procedure") return toPhrase(how ? sentence.text.slice(how.index + how[0].length) : rest);
  if (behindVerb === 0) return undefined;
  const link = TASK.exec(rest);
  const phrase = toPhrase(link ? rest.slice(link.index + link[0].length) : rest);
  return phrase === undefined || SAID.test(phrase) ? undefined : phrase;
}

function toTerm(ask: Ask): string | undefined {
  const { sentence, behindVerb } = ask;
  const quoted = findQuoted(sentence.text);
  if (quoted !== undefined) return quoted;
  const found = TERM_MEANT.exec(sentence.text)?.[1] ?? TERM_OF.exec(sentence.text)?.[1];
  if (found !== undefined) return found.trim();
  return behindVerb > 0 ? toPhrase(sentence.text.slice(behindVerb)) : undefined;
}

function toTarget({ sentence, behindVerb }: Ask): string | undefined {
  if (behindVerb === 0) return undefined;
  const rest = sentence.text.slice(behindVerb);
  const end = TARGET_END.exec(rest)?.index ?? rest.length;
  const phrase = toPhrase(rest.slice(0, end));
  return phrase === undefined || SAID.test(phrase) ? undefined : phrase;
}

function toExpression({ sentence }: Ask): string | undefined {
  for (const [run] of sentence.text.matchAll(EXPRESSION)) {
    const expression = run.replace(/[ .,(]+$/, "").trim();
    if (/[\dxyz)] ?[+*/^=×÷] ?[-(\dxyz]|[\dxyz)] - [\dxyz(]|\d-\d/.test(expression)) return expression;
  }
  return undefined;
}

function splitList(text: string | undefined): string[] | undefined {
  const members = text
    ?.split(/\s*(?:,\s*(?:and|or)\s+|,|\s(?:and|or)\s)\s*/)
    .map((member) => member.replace(/^["'\s]+|["'\s]+$/g, ""));
  const named = members?.filter((member) => member !== "");
  return named && named.length > 0 ? named : undefined;
}
