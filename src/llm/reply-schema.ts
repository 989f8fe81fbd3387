import { z } from "zod";
import { DefinitionError, type LlmTransform } from "#contract";
import { toCanonicalJson } from "../schema/canonical-json.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../schema/json.ts";

/**
 * What both vendors take in their schema modes. Bounds and patterns are refused by one or the other, so they are left out
 * of what is sent; the transform's own schema still checks them when the reply is there.
 */
const SENT = ["type", "enum", "const", "description", "required", "$ref", "items", "anyOf", "properties", "$defs"];
/** What neither takes, and what can't be left out without meaning something else. */
const REFUSED = ["allOf", "prefixItems", "not", "contains", "patternProperties", "propertyNames"];

/**
 * The JSON Schema of a transform's reply, as the model must write it. Throws DefinitionError if zod can't say it.
 */
export function toReplySchema({ name, reply }: LlmTransform): JsonObject {
  try {
    const { $schema: _, ...schema } = z.toJSONSchema(reply, { io: "input" });
    return JSON.parse(toCanonicalJson(schema)) as JsonObject;
  } catch (error) {
    throw new DefinitionError(
      `transforms/${name}: its reply can't be written as JSON Schema: ${(error as Error).message}. Keep to objects, arrays, strings, numbers, booleans, enums and unions of them.`,
      { cause: error },
    );
  }
}

/** The schema with only what a vendor's schema mode takes; every object is closed, as both demand. */
export function toSentSchema(schema: JsonObject): JsonObject {
  const { additionalProperties: rest = false } = schema;
  const refused = rest === false ? REFUSED.find((keyword) => Object.hasOwn(schema, keyword)) : "additionalProperties";
  if (refused !== undefined) {
    throw new DefinitionError(
      `The schema of a reply has ${JSON.stringify(refused)}, which no vendor's schema mode takes. Instead of a record or a tuple use an object or an array of objects.`,
    );
  }
  const sent: [string, JsonValue][] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    // A union told apart by one member is an ordinary union to them.
    const name = keyword === "oneOf" ? "anyOf" : keyword;
    if (SENT.includes(name)) sent.push([name, mapInner(name, value, toSentSchema)]);
  }
  if (schema.type === "object") sent.push(["additionalProperties", false]);
  return Object.fromEntries(sent);
}

/** True if each object requires all of its properties, which OpenAI's strict mode demands. */
export function isAllRequired(schema: JsonObject): boolean {
  const { properties, required } = schema;
  const names = isJsonObject(properties) ? Object.keys(properties) : [];
  let isStrict = names.every((name) => Array.isArray(required) && required.includes(name));
  for (const [keyword, value] of Object.entries(schema)) {
    mapInner(keyword, value, (inner) => {
      isStrict &&= isAllRequired(inner);
      return inner;
    });
  }
  return isStrict;
}

/** Maps the schemas that a keyword's value holds: one, a list, or some by name. */
function mapInner(keyword: string, value: JsonValue, toInner: (inner: JsonObject) => JsonObject): JsonValue {
  const map = (one: JsonValue) => (isJsonObject(one) ? toInner(one) : one);
  if (keyword === "items") return map(value);
  if (keyword === "anyOf" && Array.isArray(value)) return value.map(map);
  if ((keyword === "properties" || keyword === "$defs") && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, map(inner)]));
  }
  return value;
}
