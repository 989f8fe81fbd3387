import { NAME_CHARS_MAX, toNameWords } from "../schema/name-words.ts";

/** What parts a name into segments: "TravelAPI.book_flight", "s3::client/put". Between digits a dot is a version. */
const SEGMENT = /(?:::|[./\\](?!\d)|->)+/;

/** The words of a name, singular. */
export function toWords(name: string): string[] {
  return toNameWords(name).map(toSingular);
}

/** The words of each segment of a name. */
export function toSegments(name: string): string[][] {
  return name
    .slice(0, NAME_CHARS_MAX)
    .split(SEGMENT)
    .map(toWords)
    .filter((words) => words.length > 0);
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
