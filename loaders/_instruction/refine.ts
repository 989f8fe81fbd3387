import type { Ask } from "./arguments.ts";
import { toCodeLanguage } from "./names.ts";
import type { Match, Tool } from "./taxonomy.ts";

type Rule = readonly [what: string, tool: Tool, of: readonly Tool[], holds: (ask: Ask) => boolean];

const ANSWERS: readonly Tool[] = [
  "answer_question",
  "verify_claim",
  "identify_item",
  "explain_reason",
  "explain_concept",
  "predict_outcome",
];
const EXPLAINS: readonly Tool[] = [
  "explain_concept",
  "explain_reason",
  "explain_procedure",
  "describe_subject",
  "analyze_text",
  "summarize_text",
];
const FACTS: readonly Tool[] = ["answer_question", "verify_claim", "list_items", "identify_item"];
const COUNTS =
  /\b(?:how many|how much|how (?:long|far|old|tall|fast)|total|average|mean|median|probability|percent(?:age)?|sum|area|perimeter|volume|speed|cost|price|profit|remain(?:s|ing|der)?|left|ratio|value|distance|root|equal|equation)\b/i;
const UNITS =
  /\b(?:km|kilomet(?:er|re)s?|miles?|met(?:er|re)s?|feet|foot|inch(?:es)?|cm|kg|kilograms?|pounds?|lbs?|ounces?|grams?|celsius|fahrenheit|kelvin|lit(?:er|re)s?|gallons?|usd|eur|dollars?|euros?|hours?|minutes?|seconds?|binary|decimal|hexadecimal|roman numerals?)\b/i;
const MATH_VERBS = new Set(["simplify", "evaluate", "expand", "find", "add"]);
const ARITHMETIC = /\d\s?[+*/^=×÷-]\s?\(?\d/;
const TARGET_CODE = /\b(?:to|into)\s+(?:an?\s+)?(\S+(?: \S+)?)/i;
const PROGRAM = /\b(?:script|program|function|code|class|app|algorithm|library|using|in)\b/i;

/**
 * What the text shows makes a general tool exact. The first rule that holds decides; its name is added to the rule that
 * found the general one ("question.why+code").
 */
const RULES: readonly Rule[] = [
  [
    "trouble",
    "fix_code",
    [...ANSWERS, "explain_procedure", "correct_grammar", "rewrite_text", "give_advice"],
    ({ layout }) => layout.hasCode && layout.hasTrouble,
  ],
  ["code", "fix_code", ["correct_grammar"], ({ layout }) => layout.hasCode],
  ["code", "convert_code", ["format_data", "rewrite_text", "translate_text"], isToCode],
  ["code", "explain_code", EXPLAINS, ({ layout }) => layout.hasCode],
  ["code", "review_code", ["critique_text"], ({ layout }) => layout.hasCode],
  ["code", "modify_code", ["rewrite_text", "expand_text", "simplify_text"], ({ layout }) => layout.hasCode],
  ["code", "write_code", ["continue_text"], ({ layout }) => layout.hasCode],
  [
    "text",
    "rewrite_text",
    ["optimize_code"],
    ({ layout, sentence }) =>
      !layout.hasCode && !/\b(?:code|query|function|algorithm|program|script|loop)\b/i.test(sentence.text),
  ],
  [
    "language",
    "write_code",
    ["write_text", "write_dialogue", "write_document", "generate_data"],
    ({ sentence }) => PROGRAM.test(sentence.text) && toCodeLanguage(sentence.text) !== undefined,
  ],
  [
    "units",
    "convert_units",
    ["format_data", "answer_question"],
    ({ sentence, verb }) =>
      (verb === "convert" || /\bconvert(?:ed)?\b|\bhow many \w+ (?:are )?in\b/i.test(sentence.text)) &&
      UNITS.test(sentence.text),
  ],
  [
    "blank",
    "fill_blanks",
    ["continue_text", "choose_option"],
    ({ layout }) => layout.hasBlank && layout.options.length === 0,
  ],
  [
    "options",
    "choose_option",
    [...ANSWERS, "solve_math", "classify_text", "compare_items", "list_items", "define_term"],
    ({ layout }) => layout.options.length > 0,
  ],
  [
    "formula",
    "solve_math",
    [
      "simplify_text",
      "critique_text",
      "expand_text",
      "answer_question",
      "explain_concept",
      "verify_claim",
      "identify_item",
      "order_items",
    ],
    ({ layout, sentence, verb, text }) =>
      text.text.length <= 2_000 &&
      (MATH_VERBS.has(verb ?? "") || COUNTS.test(sentence.text) || ARITHMETIC.test(sentence.text)) &&
      layout.hasFormula &&
      !layout.hasCode,
  ],
  [
    "context",
    "answer_from_context",
    ["answer_question", "verify_claim", "identify_item"],
    ({ layout }) => layout.hasLabel("context", "passage", "article", "dialogue"),
  ],
  [
    "numbers",
    "solve_math",
    ["answer_question"],
    ({ layout, sentence, text }) =>
      COUNTS.test(sentence.text) && isWordProblem(layout.numbers, sentence.text) && text.text.length <= 1_000,
  ],
  [
    "context",
    "answer_from_context",
    FACTS,
    ({ layout, sentence }) => !layout.hasCode && layout.hasContext(sentence.text.length),
  ],
  [
    "shorter",
    "shorten_text",
    ["rewrite_text"],
    ({ sentence }) => /\b(?:shorter|more concise|briefer)\b/i.test(sentence.text),
  ],
  ["longer", "expand_text", ["rewrite_text"], ({ sentence }) => /\b(?:longer|more detailed)\b/i.test(sentence.text)],
  [
    "simpler",
    "simplify_text",
    ["rewrite_text"],
    ({ sentence }) => /\b(?:simpler|easier to (?:read|understand))\b/i.test(sentence.text),
  ],
  [
    "grammar",
    "correct_grammar",
    ["rewrite_text"],
    ({ sentence }) => /\b(?:grammar|grammatical|spelling|punctuation)\b/i.test(sentence.text),
  ],
];

const RULES_OF = new Map<Tool, Rule[]>();
for (const rule of RULES) {
  for (const tool of rule[2]) {
    const rules = RULES_OF.get(tool);
    if (rules) rules.push(rule);
    else RULES_OF.set(tool, [rule]);
  }
}

export function refine(found: Match, ask: Ask): Match {
  for (const [what, tool, , holds] of RULES_OF.get(found.tool) ?? []) {
    if (holds(ask)) return { tool, rule: `${found.rule}+${what}` };
  }
  return { tool: found.tool, rule: found.rule };
}

/** Two numbers to reckon with, or one that stands before the question: "A tree drops 7 leaves. How many …?" */
function isWordProblem(numbers: number, question: string): boolean {
  return numbers >= 2 || (numbers === 1 && !/\d/.test(question));
}

/** "Convert this function to Rust": the target is a programming language. */
function isToCode({ sentence }: Ask): boolean {
  const target = TARGET_CODE.exec(sentence.text)?.[1];
  return target !== undefined && toCodeLanguage(` in ${target} `) !== undefined;
}
