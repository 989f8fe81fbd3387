import { rememberByName, toNameWords } from "#contract";
import { toSingular } from "./_fold.ts";
import { toWordSet } from "./_word-set.ts";

/** Version of the scope-volume stage: moves when a word or value below or a rule of the stage changes. */
export const VOLUME_LEXICON_VERSION = 1;

/** What "all" stands for: the count itself is not known, so it is the largest of the words for many. */
export const ALL = 1000;

/** How many a word for many stands for. Two is "both"; the rest are the middles of what people mean by them. */
export const QUANTITY_WORDS: ReadonlyMap<string, number> = new Map([
  ["both", 2],
  ["couple", 2],
  ["pair", 2],
  ["few", 3],
  ["several", 5],
  ["multiple", 5],
  ["dozen", 12],
  ["many", 20],
  ["numerous", 20],
  ["dozens", 50],
  ["most", 500],
  ["hundreds", 500],
  ["thousands", 5000],
  ["millions", 5_000_000],
]);
export const ALL_WORDS = toWordSet("all every each entire whole");

/** Things that systems keep many of. A quantifier before any other noun ("all day", "every time") is no scope. */
export const DATA_NOUNS = toWordSet(
  "email mail message sms text chat conversation thread post comment tweet reply file document folder directory image photo",
  "picture video song track recording attachment download backup log record row entry column table database dataset",
  "collection order purchase invoice receipt transaction payment transfer expense refund subscription customer client user",
  "account member employee contact lead subscriber patient student profile event appointment meeting reminder task todo note",
  "ticket issue request notification alert article review report result product item listing inventory bookmark page",
  "commit repository branch server instance bucket volume snapshot device camera sensor data history mailbox inbox library",
  "playlist calendar password credential key secret token booking reservation flight hotel address",
);

/** The nouns in singular and plural. */
export const DATA_NOUN_FORMS: ReadonlySet<string> = new Set(
  [...DATA_NOUNS].flatMap((noun) => [noun, `${noun}s`, `${noun}es`, `${noun.slice(0, -1)}ies`]),
);

/** What "entire" and "whole" make large: a whole mailbox is much, a whole file is one file. */
export const CONTAINERS = toWordSet(
  "folder directory log table database dataset collection account history mailbox inbox library playlist calendar repository",
  "thread conversation inventory bucket volume server backup data catalog catalogue archive",
);

const COUNT_WORDS = toWordSet("limit count size quantity qty top topk topn");
const COUNTED = toWordSet("result item record row entry page file email message document post article");
const COMPUTING = toWordSet(
  "calculator calculate compute math arithmetic solve answer equation expression sum add subtract multiply divide average",
  "mean median convert conversion factorial gcd lcm prime sqrt integral derivative reason step area perimeter hypotenuse",
);
/** Numbers under such a name measure something; they count nothing. */
const MEASURE = toWordSet(
  "price cost budget amount salary fee money credit word time dollar usd temperature temp port year month hour minute second timeout retry",
  "token length width height depth weight distance radius speed age rating score lat latitude lon lng longitude phone account",
  "card id code seed version percent percentage rate angle volume mass font pixel byte kb mb gb char character",
);
const WHOLE_NAMES = toWordSet("n k take first last days");

/** `count`: a number of things. `days`: a number of days. `list`: a text may hold several, separated by commas. */
export type CountKey = "count" | "days" | "list" | "none";

/** What an argument's name says of a number under it. */
export const toCountKey = rememberByName((name): CountKey => {
  const tokens = toNameWords(name);
  if (tokens.length === 1 && WHOLE_NAMES.has(tokens[0] as string)) return tokens[0] === "days" ? "days" : "count";
  const singular = tokens.map(toSingular);
  const joined = singular.join(" ");
  if (/^(?:num|number of|no of|n|how many|count of|total number of) /.test(joined)) {
    return singular.some((token) => token === "phone" || token === "account" || token === "card") ? "none" : "count";
  }
  if (tokens.includes("days")) return "days";
  if (singular.some((token) => MEASURE.has(token))) return isPlural(tokens) ? "list" : "none";
  if (singular.some((token) => COUNT_WORDS.has(token)) || / ?per page$/.test(joined)) return "count";
  const most = singular[0] === "max" || singular[0] === "maximum";
  if (most && singular.some((token) => COUNTED.has(token))) return "count";
  return isPlural(tokens) ? "list" : "none";
});

function isPlural(tokens: readonly string[]): boolean {
  const last = tokens.at(-1) ?? "";
  return last === "list" || toSingular(last) !== last;
}

/** The two ends of a range, and what the name says without them: `{ side: "start", rest: "page" }`. */
export type RangeKey = { readonly side: "start" | "end" | "none"; readonly rest: string; readonly measures: boolean };

const STARTS = toWordSet("start from min minimum begin since lower after first offset");
const ENDS = toWordSet("end to max maximum finish stop until till upper before last");

/** Whether an argument's name is one end of a range, and of which. */
export const toRangeKey = rememberByName((name): RangeKey => {
  const tokens = toNameWords(name).map(toSingular);
  const rest = (words: ReadonlySet<string>) => tokens.filter((token) => !words.has(token)).join(" ");
  const starts = tokens.some((token) => STARTS.has(token));
  const ends = tokens.some((token) => ENDS.has(token));
  const side = starts === ends ? "none" : starts ? "start" : "end";
  // A range of years is a count of years; a range of prices is no count.
  const measures = tokens.some((token) => MEASURE.has(token) && token !== "year" && token !== "id");
  return { side, rest: side === "start" ? rest(STARTS) : rest(ENDS), measures };
});

/** True for a tool that only computes: it touches none of the things that the request speaks of. */
export const isComputing = rememberByName((tool) => toNameWords(tool).some((token) => COMPUTING.has(token)));

/** The singulars of the words of a name, to see whether it speaks of a noun. */
export const toNameNouns = rememberByName((name): ReadonlySet<string> => new Set(toNameWords(name).map(toSingular)));
