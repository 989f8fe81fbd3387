import { hash } from "node:crypto";
import { isJsonObject, type JsonObject, type JsonValue } from "../schema/json.ts";

/** The next number from 0 up to 1. */
export type Draw = () => number;

const DEPTH_MAX = 6;
const LENGTH = 3;
const WORDS = [
  "list",
  "open",
  "find",
  "notes",
  "weather",
  "ticket",
  "table",
  "photo",
  "order",
  "garden",
  "train",
  "letter",
];

/** Numbers that follow from a seed alone: 32 bits each of SHA-256(seed, counter). */
export function createDraw(seed: string): Draw {
  let counter = 0;
  return () => Number.parseInt(hash("sha256", `${seed}#${counter++}`, "hex").slice(0, 8), 16) / 2 ** 32;
}

/** A value that fits a JSON Schema (as zod writes them, patterns aside), by chance. */
export function toValue(schema: JsonObject, draw: Draw, root: JsonObject = schema, depth = 0): JsonValue {
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return pick(schema.enum, draw) ?? null;
  const union = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(union)) return toValue(toObject(pick(union, draw)), draw, root, depth + 1);
  if (typeof schema.$ref === "string") return toValue(resolve(schema.$ref, root), draw, root, depth + 1);
  switch (schema.type) {
    case "object":
      return toMembers(schema, draw, root, depth);
    case "array":
      return toItems(schema, draw, root, depth);
    case "string":
      return toText(schema, draw);
    case "integer":
      // Mostly small, as counts and places are.
      return Math.floor(toNumber(schema, () => draw() ** 6));
    case "number":
      return Math.round(toNumber(schema, draw) * 1000) / 1000;
    case "boolean":
      return draw() < 0.5;
    default:
      return null;
  }
}

function toMembers(schema: JsonObject, draw: Draw, root: JsonObject, depth: number): JsonObject {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const members: [string, JsonValue][] = [];
  for (const [name, inner] of Object.entries(toObject(schema.properties))) {
    if (!required.includes(name) && (depth > DEPTH_MAX || draw() < 0.5)) continue;
    members.push([name, toValue(toObject(inner), draw, root, depth + 1)]);
  }
  return Object.fromEntries(members);
}

function toItems(schema: JsonObject, draw: Draw, root: JsonObject, depth: number): JsonValue[] {
  const [min, max] = toRange(schema.minItems, schema.maxItems, LENGTH);
  const length = depth > DEPTH_MAX ? min : min + Math.floor(draw() * (max - min + 1));
  return Array.from({ length }, () => toValue(toObject(schema.items), draw, root, depth + 1));
}

function toText(schema: JsonObject, draw: Draw): string {
  const [min, max] = toRange(schema.minLength, schema.maxLength, 200);
  let text = pick(WORDS, draw) ?? "";
  while (text.length < min || draw() < 0.6) text += ` ${pick(WORDS, draw)}`;
  return text.slice(0, max);
}

function toNumber(schema: JsonObject, draw: Draw): number {
  const [min, max] = toRange(schema.minimum, schema.maximum, 100);
  return min + draw() * (max - min);
}

/** Bounds of JSON Schema; zod's default bounds of an integer (2^53) are no help. */
function toRange(least: JsonValue | undefined, most: JsonValue | undefined, span: number): [number, number] {
  const min = typeof least === "number" && least > -1e9 ? least : 0;
  return [min, typeof most === "number" && most < 1e9 ? most : min + span];
}

function resolve(reference: string, root: JsonObject): JsonObject {
  if (reference === "#") return root;
  const name = reference.slice("#/$defs/".length);
  const named = toObject(root.$defs);
  return Object.hasOwn(named, name) ? toObject(named[name]) : {};
}

function toObject(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function pick<T>(from: readonly T[], draw: Draw): T | undefined {
  return from[Math.floor(draw() * from.length)];
}
