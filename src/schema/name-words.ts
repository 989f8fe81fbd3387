/** Names whose answer is remembered at once; a run has thousands, a hostile file any number. */
const NAMES_MAX = 16_384;
/** A longer name is no name: its head decides, and it is not remembered. */
export const NAME_CHARS_MAX = 256;

const CAMEL = /([\p{Ll}\d])(?=\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu;
const NOT_WORD = /[^\p{L}\p{N}]+/u;

/** The words of a tool's or argument's name, lower case: "getUserInfo", "get_user-info", "User.getInfo" and "HTTPServer". */
export function toNameWords(name: string): string[] {
  const spaced = name.slice(0, NAME_CHARS_MAX).replace(CAMEL, "$& ").toLowerCase();
  return spaced.split(NOT_WORD).filter((word) => word !== "");
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
