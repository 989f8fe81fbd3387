import { type DerivedNode, defineTransform, type JsonObject, type JsonValue, type Sensitivity } from "#contract";
import { SENSITIVITY_LEXICON_VERSION, toArgumentSensitivity, toToolSensitivity } from "./_sensitivity-lexicon.ts";
import { toValueSensitivity } from "./_value-kinds.ts";

const HIGHEST = 5;
const DEPTH_MAX = 16;
/** Members of one list that are looked at. */
const MEMBERS_MAX = 512;
const PLACE = /^(?:lat|latitude|lon|lng|long|longitude)$/i;
/** Degrees to four decimals are a spot of ten metres, somebody's door; to two they are a town. */
const EXACT_DECIMALS = 4;

/**
 * Sets each node's scope sensitivity: 1 public or computed, 2 internal (business records, files, the state of a system),
 * 3 personal, 4 financial or health, 5 credentials. The highest of what the tool's name says, what the argument names say
 * (both by the sensitivity lexicon) and what the values are (see toValueSensitivity); 1 where none says anything.
 */
export default defineTransform({
  name: "scope-sensitivity",
  version: SENSITIVITY_LEXICON_VERSION,
  perNode: true,
  apply(draft) {
    for (const node of draft.nodes) node.scopeSensitivity = toSensitivity(node);
    return draft;
  },
});

function toSensitivity(node: DerivedNode): Sensitivity {
  return highestInObject(node.arguments, toToolSensitivity(node.tool), 0);
}

function highestInObject(object: JsonObject, least: Sensitivity, depth: number): Sensitivity {
  let highest = least;
  for (const key of Object.keys(object)) {
    if (highest === HIGHEST) break;
    const value = object[key] as JsonValue;
    if (isEvidence(value)) highest = higher(highest, toArgumentSensitivity(key));
    if (typeof value === "number" && PLACE.test(key) && decimalsOf(value) >= EXACT_DECIMALS)
      highest = higher(highest, 3);
    highest = highestInValue(value, highest, depth + 1);
  }
  return highest;
}

/** A password that is null or "" is none. */
function isEvidence(value: JsonValue): boolean {
  return value !== null && value !== "" && value !== false;
}

function highestInValue(value: JsonValue, least: Sensitivity, depth: number): Sensitivity {
  if (typeof value === "string") return value.length > 2 ? higher(least, toValueSensitivity(value)) : least;
  if (typeof value !== "object" || value === null || depth > DEPTH_MAX) return least;
  if (!Array.isArray(value)) return highestInObject(value, least, depth);
  let highest = least;
  for (let i = 0; i < value.length && i < MEMBERS_MAX && highest < HIGHEST; i++) {
    highest = highestInValue(value[i] as JsonValue, highest, depth + 1);
  }
  return highest;
}

function higher(a: Sensitivity, b: Sensitivity): Sensitivity {
  return a > b ? a : b;
}

function decimalsOf(value: number): number {
  const text = String(value);
  const dot = text.indexOf(".");
  return dot === -1 || text.includes("e") ? 0 : text.length - dot - 1;
}
