const LANGUAGES =
  "English|French|Spanish|German|Italian|Portuguese|Dutch|Russian|Ukrainian|Polish|Czech|Slovak|Swedish|Norwegian|Danish|Finnish|Icelandic|Greek|Turkish|Arabic|Hebrew|Persian|Farsi|Urdu|Hindi|Bengali|Punjabi|Gujarati|Marathi|Tamil|Telugu|Kannada|Malayalam|Sinhala|Nepali|Thai|Vietnamese|Indonesian|Malay|Tagalog|Filipino|Chinese|Mandarin|Cantonese|Japanese|Korean|Mongolian|Swahili|Yoruba|Igbo|Hausa|Zulu|Xhosa|Amharic|Somali|Latin|Esperanto|Catalan|Basque|Galician|Romanian|Hungarian|Bulgarian|Serbian|Croatian|Bosnian|Slovenian|Albanian|Lithuanian|Latvian|Estonian|Irish|Welsh|Kurdish|Azerbaijani|Kazakh|Uzbek|Georgian|Armenian|Pashto|Afrikaans|Khmer|Lao|Burmese|Bahasa Indonesia|Haitian Creole";
const SOURCE = new RegExp(`\\bfrom\\s+(?:the\\s+)?(${LANGUAGES})\\b`, "i");
const TARGET = new RegExp(`\\b(?:to|into|in)\\s+(?:the\\s+)?(${LANGUAGES})\\b`, "gi");
const MORE_TARGETS = new RegExp(
  `\\b(?:to|into|in)\\s+(?:${LANGUAGES})(?:\\s*,\\s*(?:and\\s+)?|\\s+and\\s+)(${LANGUAGES})\\b`,
  "gi",
);
const ADJECTIVE = new RegExp(`\\b(${LANGUAGES})\\s+(?:sentence|text|phrase|word|paragraph|passage)`, "i");

const CODE_LANGUAGES =
  /(?<![\w.])(?:Python ?3?|JavaScript|TypeScript|Java|Kotlin|Swift|Rust|Golang|Ruby|PHP|Perl|Scala|Haskell|MATLAB|Octave|Lua|Julia|Dart|Elixir|Erlang|Clojure|Lisp|Scheme|Prolog|Fortran|COBOL|Pascal|Delphi|Visual Basic|VBA|Bash|PowerShell|shell script|MySQL|PostgreSQL|SQLite|T-SQL|SQL|HTML5?|CSS|SCSS|Sass|Solidity|Verilog|VHDL|Assembly|Node\.?js|React(?: Native)?|Angular|Vue(?:\.js)?|Django|Flask|C\+\+|C#|\.NET|Objective-C|LaTeX|GraphQL)(?![\w+#])|(?<=\bin )(?:C|R|Go|Basic)(?=[\s.,;:!?]|$)|\b(?:C|R|Go)(?= (?:program|code|function|script)\b)/i;

/** The language to translate into: one name, or several. */
export function toTargetLanguage(scope: string): string | string[] | undefined {
  const first = [...scope.matchAll(TARGET)];
  if (first.length === 0) return undefined; // "into French and German" has a first one too
  const names = [...first, ...scope.matchAll(MORE_TARGETS)].map((match) => match[1]!);
  const unique = names.filter(
    (name, i) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) === i,
  );
  return unique.length > 1 ? unique : unique[0];
}

/** The language to translate from, if the request names it: "from Turkish", "this Turkish sentence". */
export function toSourceLanguage(scope: string): string | undefined {
  return SOURCE.exec(scope)?.[1] ?? ADJECTIVE.exec(scope)?.[1];
}

/** The programming, query or markup language (or framework) that the request names first, as it writes it. */
export function toCodeLanguage(scope: string): string | undefined {
  return CODE_LANGUAGES.exec(scope)?.[0];
}

const FORMAT =
  /\b(?:as|in|into|using|to|output|return|valid)\s+(?:an?\s+|the\s+)?(?:[a-z]+\s+)?(JSON|XML|CSV|TSV|YAML|HTML|markdown|LaTeX|tables?|bullet(?:ed)?[ -](?:points?|lists?)|numbered lists?|bullets|comma[- ]separated(?: lists?| values)?|key[- ]value pairs?|lists?|dictionary|tabular)\b/i;
const TONE =
  /\b(formal|informal|casual|friendly|professional|polite|humorous|funny|witty|sarcastic|persuasive|poetic|serious|enthusiastic|neutral|academic|conversational|dramatic|playful|empathetic|respectful|confident|optimistic|pessimistic|romantic|scary|inspirational|inspiring|motivational|heartfelt|concise|encouraging|apologetic|satirical|lighthearted|light-hearted|suspenseful|whimsical)\b/i;
const STYLE = /\bin the (?:style|voice|manner) of (?:an? )?([^.,;:!?\n]{2,60})/i;
const AUDIENCE =
  /\b(?:to|for|like (?:i'm|i am|to))\s+(?:an?\s+|the\s+|my\s+|young\s+)?((?:\w+[ -])?year[ -]olds?|beginners?|kids?|child(?:ren)?|(?:(?:high|middle|elementary|primary|college|university|graduate|\w+[- ]grade) (?:school )?)?students?|lay(?:man|men|person|people)|teenagers?|teens?|toddlers?|(?:\w+[- ])?graders?|experts?|novices?|adults?|seniors?|parents|teachers?|non-\w+ (?:people|readers|audience)|general (?:public|audience)|(?:\w+ )?(?:investors|managers|developers|engineers|executives|customers|professionals|doctors|patients))\b/i;

/** Form of the answer as the request names it: "JSON", "bullet points", "table". */
export function toFormat(scope: string): string | undefined {
  return FORMAT.exec(scope)?.[1];
}

export function toTone(scope: string): string | undefined {
  return TONE.exec(scope)?.[1];
}

export function toStyle(scope: string): string | undefined {
  return STYLE.exec(scope)?.[1]?.trim();
}

/** Whom the answer is for: "beginners", "5-year-old". */
export function toAudience(scope: string): string | undefined {
  return AUDIENCE.exec(scope)?.[1];
}
