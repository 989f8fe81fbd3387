import { type DraftNode, isJsonObject, type Join, type JsonObject, type JsonValue, RowError } from "#contract";
import { parsePythonCalls } from "./_python-call.ts";

/** Files that no file of answers goes with: their rows carry one, or nobody has one. */
const SELF_CONTAINED = /^BFCL_v3_(?:exec_\w+|(?:\w+_)?(?:chatable|irrelevance|relevance|rest))\.json$/;

/**
 * The leaderboard's answers, in a folder of their own under the names of the files of questions.
 *
 * An answer has its question's id, but in live_multiple some differ behind the first "-" (question "…_1052-279-0", answer
 * "…_1052-79-0"). Where that does not match either, it is the answer in the same place, unless its id names another
 * question of the series.
 */
export const answers: Join = {
  file: (path) => (SELF_CONTAINED.test(path) ? undefined : `possible_answer/${path}`),
  as: "answer",
  match(row, others, index) {
    const id = idOf(row);
    if (id === undefined) return undefined;
    if (idOf(others[index]) === id) return index;
    const { ids, stems } = toPlaces(others);
    const known = ids.get(id) ?? stems.get(toStem(id));
    if (known !== undefined) return known;
    return index >= others.length || toSeries(idOf(others[index])) === toSeries(id) ? undefined : index;
  },
};

type Places = { readonly ids: ReadonlyMap<string, number>; readonly stems: ReadonlyMap<string, number> };

let latest: { readonly others: readonly JsonValue[]; readonly places: Places } | undefined;

/** Where each id, and each beginning of one, first stands among the answers; kept for the questions that follow. */
function toPlaces(others: readonly JsonValue[]): Places {
  if (latest?.others === others) return latest.places;
  const ids = new Map<string, number>();
  const stems = new Map<string, number>();
  for (const [place, other] of others.entries()) {
    const id = idOf(other);
    if (id === undefined) continue;
    if (!ids.has(id)) ids.set(id, place);
    if (!stems.has(toStem(id))) stems.set(toStem(id), place);
  }
  latest = { others, places: { ids, stems } };
  return latest.places;
}

function idOf(row: JsonValue | undefined): string | undefined {
  return isJsonObject(row ?? null) && typeof (row as JsonObject).id === "string"
    ? String((row as JsonObject).id)
    : undefined;
}

/** "live_multiple_1052-279-0" → "live_multiple_1052". */
function toStem(id: string): string {
  return id.split("-", 1)[0] as string;
}

/** "live_multiple_1052-279-0" → "live_multiple": the category that an id begins with. */
export function toSeries(id: string | undefined): string | undefined {
  return id?.replace(/_\d.*$/s, "");
}

/**
 * A call from `{name: {argument: [acceptable values]}}`: of each argument the first value, and none of one whose first
 * value is "" ("may be left out") or that has no value. Values in objects are lists of acceptable ones too, at any depth.
 * Throws RowError.
 */
export function toAcceptedCall(answer: JsonObject): DraftNode {
  const [entry, ...more] = Object.entries(answer);
  if (entry && more.length === 0 && isJsonObject(entry[1])) return { tool: entry[0], arguments: toAccepted(entry[1]) };
  const came = JSON.stringify(answer).slice(0, 80);
  throw new RowError("draft", "not_an_answer", `ground_truth: ${came}, expected {name: {argument: [values]}}`);
}

/** A call from its Python text. Throws RowError. */
export function parseAnswerCall(text: string): DraftNode[] {
  const calls = parsePythonCalls(text);
  if (calls && calls.edges.length === 0) return calls.nodes;
  const came = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  throw new RowError("draft", "not_a_call", `ground_truth: ${came}, expected a Python call with plain values`);
}

function toAccepted(wrapped: JsonObject): JsonObject {
  const entries = Object.entries(wrapped).flatMap(([name, acceptable]): [string, JsonValue][] => {
    // A bare value stands in one row of the Java questions.
    const [first] = Array.isArray(acceptable) ? acceptable : [acceptable];
    return first === undefined || first === "" ? [] : [[name, unwrap(first)]];
  });
  // fromEntries makes own members of every name, "__proto__" too.
  return Object.fromEntries(entries);
}

function unwrap(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(unwrap);
  return isJsonObject(value) ? toAccepted(value) : value;
}
