/** Names whose answer is remembered at once; a run has thousands, a hostile file any number. */
const NAMES_MAX = 16_384;
/** A longer name is no name: its head decides, and it is not remembered. */
const NAME_CHARS_MAX = 256;

const CAMEL = /([\p{Ll}\d])(?=\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu;
const NOT_WORD = /[^\p{L}\p{N}]+/u;
/** What parts a name into segments: "TravelAPI.book_flight", "s3::client/put". Between digits a dot is a version. */
const SEGMENT = /(?:::|[./\\](?!\d)|->)+/;

/** The words of a name in lower case, as they are: "getUserInfos", "get_user-info", "User.getInfo" and "HTTPServer". */
export function toPlainWords(name: string): string[] {
  const spaced = name.slice(0, NAME_CHARS_MAX).replace(CAMEL, "$& ").toLowerCase();
  return spaced.split(NOT_WORD).filter((word) => word !== "");
}

/** The words of a name, singular. */
export function toWords(name: string): string[] {
  return toPlainWords(name).map(toSingular);
}

/** The words of each segment of a name. */
export function toSegments(name: string): string[][] {
  return name
    .slice(0, NAME_CHARS_MAX)
    .split(SEGMENT)
    .map(toWords)
    .filter((words) => words.length > 0);
}

/** `compute`, remembering its answer per name: names repeat from plan to plan. */
export function rememberByName<Answer>(compute: (name: string) => Answer): (name: string) => Answer {
  const answers = new Map<string, Answer>();
  return (name) => {
    const known = answers.get(name);
    if (known !== undefined) return known;
    const answer = compute(name);
    if (name.length > NAME_CHARS_MAX) return answer;
    // Dropping all of them is as bounded as an order of last use, and costs nothing per look-up.
    if (answers.size >= NAMES_MAX) answers.clear();
    answers.set(name, answer);
    return answer;
  };
}

/** The singular of an English plural, by its ending alone: "batteries" battery, "boxes" box, "games" game. */
function toSingular(word: string): string {
  const { length } = word;
  if (length < 4 || word.charCodeAt(length - 1) !== 115 /* s */) return word;
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (word.endsWith("xes") || word.endsWith("ches") || word.endsWith("shes") || word.endsWith("sses")) {
    return word.slice(0, -2);
  }
  return word.endsWith("ss") || word.endsWith("us") || word.endsWith("is") ? word : word.slice(0, -1);
}
