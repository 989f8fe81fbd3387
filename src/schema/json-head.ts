import type { JsonValue } from "./json.ts";

/**
 * The first characters of what JSON.stringify writes of a value, at least `charsMax` of them if there are so many. Made for
 * values whose whole text is longer than a string can be.
 */
export function toJsonHead(value: JsonValue | undefined, charsMax: number): string {
  if (value === undefined) return "";
  if (typeof value === "string") return toTextHead(value, charsMax);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  let head = isList ? "[" : "{";
  for (const name in value) {
    if (head.length > 1) head += ",";
    if (!isList) head += `${toTextHead(name, charsMax)}:`;
    head += toJsonHead((value as Readonly<Record<string, JsonValue>>)[name], charsMax);
    if (head.length >= charsMax) return head;
  }
  return head + (isList ? "]" : "}");
}

/** With its closing quote only if all of it is there. */
function toTextHead(text: string, charsMax: number): string {
  return text.length <= charsMax ? JSON.stringify(text) : JSON.stringify(text.slice(0, charsMax)).slice(0, -1);
}
