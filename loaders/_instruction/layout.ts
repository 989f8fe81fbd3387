import type { Match } from "./taxonomy.ts";
import type { RequestText } from "./text.ts";

const LABEL = /^[ \t>*#-]{0,8}(\p{L}[\p{L} ;-]{0,24}\d?)[ \t]{0,2}$/u;
const LABEL_CHARS_MAX = 36;
const LABELS_MAX = 64;
const LETTERED = /^[ \t]*\(?([A-Ha-h])[).:][ \t]+(\S[^\n]{0,199})$/gm;
const INLINE_LETTERED = /\(([A-H])\)[ \t]*([^()\n]{1,120})/g;
const BULLETED = /^[ \t]*[-*•][ \t]+(\S[^\n]{0,199})$/gm;
/** What ^ and $ take for the end of a line. */
const LINE_END = /[\n\r\u2028\u2029]/;
const OPTIONS_MAX = 64;
const CHOOSING = /\b(?:choices|options|choose|select|pick|which of)\b/i;
const BLANKS = ["___", "[blank]", "[MASK]", "......"];
const CODE =
  /```|^[ \t]*(?:def \w+\(|class \w+[:({ ]|import \w+|from \w+ import|#include|public (?:class|static|void)|function \w*\(|(?:const|let|var) \w+ ?=|SELECT .{1,80} FROM|print\(|<\?php|<!DOCTYPE|<html)|[;{}][ \t]*$/im;
const TROUBLE =
  /\b(?:errors?|exceptions?|bugs?|traceback|crash(?:es|ed|ing)?|doesn't work|does not work|not working|isn't working|won't compile|fails?|undefined|segfault|stack trace|wrong (?:output|result))\b/i;
const NUMBER = /\d+(?:[.,]\d+)*/g;
const FORMULA =
  /\$[^$\n]{1,200}\$|\\\(|\\\[|\\frac|\d ?[+*/^×÷] ?\(?-?\d|\b[a-z] ?\^ ?\d|\b\d*[xyzn] ?[-+=] ?\d|\d ?= ?-?\d|\d ?- ?\d+ ?(?:=|\?|$)/;
/** A passage of so many characters beside the question is what the answer is sought in. */
const CONTEXT_CHARS_MIN = 280;

/** What the form of a text shows, each looked up when first asked for. */
export class Layout {
  readonly #text: RequestText;
  #labels: ReadonlySet<string> | undefined;
  #options: readonly string[] | undefined;
  #code: boolean | undefined;

  constructor(text: RequestText) {
    this.#text = text;
  }

  get labels(): ReadonlySet<string> {
    this.#labels ??= this.#toLabels();
    return this.#labels;
  }

  /** The lettered answers to choose from, or bulleted ones where the text speaks of choosing. Fewer than two are none. */
  get options(): readonly string[] {
    this.#options ??= this.#toOptions();
    return this.#options;
  }

  get hasCode(): boolean {
    this.#code ??= CODE.test(this.#text.text);
    return this.#code;
  }

  get hasTrouble(): boolean {
    return TROUBLE.test(this.#text.text);
  }

  get hasBlank(): boolean {
    return BLANKS.some((blank) => this.#text.text.includes(blank));
  }

  get hasFormula(): boolean {
    return FORMULA.test(this.#text.text);
  }

  get numbers(): number {
    return this.#text.text.match(NUMBER)?.length ?? 0;
  }

  hasLabel(...names: string[]): boolean {
    return names.some((name) => this.labels.has(name));
  }

  /** True if the text brings a passage beside a sentence of `chars` characters, or says where it stands. */
  hasContext(chars: number): boolean {
    return (
      this.hasLabel(
        "context",
        "passage",
        "article",
        "paragraph",
        "dialogue",
        "document",
        "information",
        "bio",
        "text",
      ) || this.#text.text.length - chars >= CONTEXT_CHARS_MIN
    );
  }

  #toLabels(): ReadonlySet<string> {
    const labels = new Set<string>();
    const { text } = this.#text;
    for (
      let colon = text.indexOf(":");
      colon !== -1 && labels.size < LABELS_MAX;
      colon = text.indexOf(":", colon + 1)
    ) {
      const before = text.slice(Math.max(0, colon - LABEL_CHARS_MAX), colon);
      const line = before.lastIndexOf("\n");
      if (line === -1 && colon > LABEL_CHARS_MAX) continue;
      const label = LABEL.exec(before.slice(line + 1))?.[1];
      if (label !== undefined) labels.add(label.toLowerCase());
    }
    return labels;
  }

  #toOptions(): readonly string[] {
    const { text } = this.#text;
    const hasLines = LINE_END.test(text); // one line is no choice
    const lettered = hasLines ? listMatches(text, LETTERED, 2) : [];
    if (lettered.length >= 2) return lettered;
    const inline = text.includes("(") ? listMatches(text, INLINE_LETTERED, 2) : [];
    if (inline.length >= 2) return inline;
    const bulleted = hasLines && CHOOSING.test(text) ? listMatches(text, BULLETED, 1) : [];
    return bulleted.length >= 2 ? bulleted : [];
  }
}

/** What the form alone says, where no sentence did. */
export function toLayoutMatch(text: RequestText, layout: Layout): Match | undefined {
  const { labels } = layout;
  if (labels.has("tl;dr") || /\bTL;?DR\b.{0,3}$/i.test(text.text.slice(-12).trimEnd()))
    return form("summarize_text", "tldr");
  if (labels.has("premise") && labels.has("hypothesis")) return form("judge_entailment", "premise");
  if (labels.has("sentence 1") && labels.has("sentence 2")) return form("compare_sentences", "sentence_pair");
  if (layout.hasBlank) return form("fill_blanks", "blank");
  if (layout.options.length > 0) return form("choose_option", "options");
  if (labels.has("question") || labels.has("q")) {
    return form(layout.hasContext(text.text.length) ? "answer_from_context" : "answer_question", "question");
  }
  return undefined;
}

function form(tool: Match["tool"], rule: string): Match {
  return { tool, rule: `form.${rule}` };
}

function listMatches(text: string, pattern: RegExp, group: number): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(pattern)) {
    found.push(match[group]!.trim().replace(/[.,;]$/, ""));
    if (found.length === OPTIONS_MAX) break;
  }
  return found;
}
