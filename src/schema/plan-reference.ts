import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";

/** Nesting that is followed; deeper values hold no references. */
const DEPTH_MAX = 64;

/**
 * The one way in which an argument refers to a call's output: `{ "$ref": "<node_id>" }`, an object with this member alone,
 * in place of the value. It may stand anywhere inside the arguments. It is a reference only where the id is that of a node
 * of the same plan; any other object with a `$ref` (a JSON Schema, say) is plain data.
 *
 * An object, because texts in arguments are the source's: "$A$" is a point in a maths problem.
 */
export function toReference(nodeId: string): JsonObject {
  return { $ref: nodeId };
}

/** The id that a value refers to if it has the form of a reference. Whether the plan has such a node is not looked at. */
export function toReferencedId(value: JsonValue): string | undefined {
  if (!isJsonObject(value) || !Object.hasOwn(value, "$ref")) return undefined;
  const id = value.$ref;
  return typeof id === "string" && Object.keys(value).length === 1 ? id : undefined;
}

/** A place in a node's arguments that refers to a call. */
export type FoundReference = {
  /** Name of the argument that it is, or stands in. */
  readonly argument: string;
  /** JSON Pointer (RFC 6901) from the node's `arguments`. */
  readonly pointer: string;
  readonly nodeId: string;
};

/** The references in a node's arguments to nodes whose ids `isNode` knows, in the order of the members. */
export function findReferences(args: JsonObject, isNode: (id: string) => boolean): FoundReference[] {
  const found: FoundReference[] = [];
  for (const argument of Object.keys(args)) {
    collect(args[argument] as JsonValue, `/${toPointerPart(argument)}`, 1, (pointer, nodeId) => {
      if (isNode(nodeId)) found.push({ argument, pointer, nodeId });
    });
  }
  return found;
}

function collect(value: JsonValue, pointer: string, depth: number, found: (pointer: string, id: string) => void): void {
  if (typeof value !== "object" || value === null || depth > DEPTH_MAX) return;
  const id = toReferencedId(value);
  if (id !== undefined) {
    found(pointer, id);
    return;
  }
  for (const key of Object.keys(value)) {
    collect((value as JsonObject)[key] as JsonValue, `${pointer}/${toPointerPart(key)}`, depth + 1, found);
  }
}

function toPointerPart(name: string): string {
  return name.includes("~") || name.includes("/") ? name.replaceAll("~", "~0").replaceAll("/", "~1") : name;
}
