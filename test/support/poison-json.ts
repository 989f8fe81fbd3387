import { setMember } from "#contract";

/** JSON text that stands for itself inside a value: what JSON.stringify can't be made to write. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A row, or a part of one, on its way into a file. */
export type PoisonJson = null | boolean | number | string | RawJson | PoisonJson[] | PoisonObject;
export type PoisonObject = { [name: string]: PoisonJson };

/** JSON text of a value, its raw parts as they are. Lone surrogates become escapes, as JSON.stringify has it. */
export function encodeJson(value: PoisonJson): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(encodeJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.keys(value).map((name) => `${JSON.stringify(name)}:${encodeJson(value[name] as PoisonJson)}`);
  return `{${members.join(",")}}`;
}

/** The text that Python's repr would write, near enough: what a column of Python literals holds. */
export function encodePython(value: PoisonJson): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(encodePython).join(", ")}]`;
  if (typeof value === "string")
    return `'${JSON.stringify(value).slice(1, -1).replaceAll("'", "\\'").replaceAll('\\"', '"')}'`;
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value);
  const members = Object.keys(value).map((name) => `${encodePython(name)}: ${encodePython(value[name] as PoisonJson)}`);
  return `{${members.join(", ")}}`;
}

/** A copy in which each container is new; members keep every name, "__proto__" too. */
export function cloneJson(value: unknown): PoisonJson {
  if (Array.isArray(value)) return value.map(cloneJson);
  if (typeof value !== "object" || value === null || value instanceof RawJson) return value as PoisonJson;
  const copy: PoisonObject = {};
  for (const name of Object.keys(value)) set(copy, name, cloneJson((value as PoisonObject)[name]));
  return copy;
}

/** Sets a member under any name. */
export function set(object: PoisonObject, name: string, value: PoisonJson): void {
  setMember(object as never, name, value as never);
}

export function isPoisonObject(value: PoisonJson | undefined): value is PoisonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof RawJson);
}
