import { toPrintable } from "../../contract/printable.ts";
import { isOptional, kindOf, type Shape } from "./shape.ts";

/** Columns of a line of code, as the project's formatter has it. */
export const LINE_COLUMNS = 120;

/** An object with more members than this, or with a member name that every object has, is read as it comes. */
const MEMBERS_MAX = 40;

/** The whole schema text of a place, instead of what was seen there: such as of a column that is handed on as it is. */
export type SpecialText = ReadonlyMap<Shape, string>;

/**
 * The zod schema of a shape as code in the formatter's style, for a line that is indented by `indent` and has `before`
 * columns of text before the schema and one after it. A place where values of several kinds, or none, were seen is
 * `z.unknown()`.
 */
export function toZodText(
  shape: Shape,
  indent: number,
  before: number,
  special: SpecialText,
  optional = false,
): string {
  const inline = toInline(shape, special, optional);
  if (indent + before + inline.length + 1 <= LINE_COLUMNS) return inline;
  if (special.has(shape) || !isDivisible(shape)) return inline;
  const wrapper = toWrapper(shape, optional);
  if (wrapper === "") return toBlock(shape, indent, special);
  const pad = " ".repeat(indent + 2);
  return `z.${wrapper}(\n${pad}${toBlock(shape, indent + 2, special)},\n${" ".repeat(indent)})`;
}

/** A member's name as it stands in an object of code, or in a comment: a U+2028 would end that, and what follows be run. */
export function toKeyText(name: string): string {
  return isIdentifier(name) ? name : toPrintable(JSON.stringify(name));
}

export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name);
}

/** True for a name that every object has ("constructor"): a schema would find that where the row has none. */
export function isInherited(name: string): boolean {
  return name in Object.prototype;
}

/** False for an object that is read as it comes: too many members, none seen, or a name that every object has. */
export function isSpelledOut({ members }: Shape): boolean {
  return members.size > 0 && members.size <= MEMBERS_MAX && ![...members.keys()].some(isInherited);
}

/** The schema of a place in at most `columnsMax` columns: what does not fit is read as it comes. */
export function toLineText(shape: Shape, columnsMax: number, optional: boolean): string {
  for (let depth = 3; ; depth--) {
    const text = toInline(clip(shape, depth), new Map(), optional);
    if (text.length <= columnsMax || depth === 0) return text;
  }
}

function clip(shape: Shape, depth: number): Shape {
  if (depth === 0) return { ...shape, members: new Map(), items: undefined };
  const members = new Map([...shape.members].map(([name, member]) => [name, clip(member, depth - 1)]));
  return { ...shape, members, items: shape.items && clip(shape.items, depth - 1) };
}

function isDivisible(shape: Shape): boolean {
  const kind = kindOf(shape);
  return (kind === "object" && isSpelledOut(shape)) || (kind === "list" && shape.items !== undefined);
}

function toInline(shape: Shape, special: SpecialText, optional: boolean): string {
  const own = special.get(shape);
  if (own !== undefined) return optional && !/\.(optional|nullish)\(\)$/.test(own) ? `${own}.optional()` : own;
  const bare = toBareInline(shape, special);
  // What may be anything may be null as well.
  const wrapper = bare === UNKNOWN ? (optional ? "optional" : "") : toWrapper(shape, optional);
  return wrapper === "" ? bare : `${bare}.${wrapper}()`;
}

const UNKNOWN = "z.unknown()";

function toBareInline(shape: Shape, special: SpecialText): string {
  switch (kindOf(shape)) {
    case "string":
      return "z.string()";
    case "number":
      return "z.number()";
    case "boolean":
      return "z.boolean()";
    case "list":
      return `z.array(${shape.items === undefined ? UNKNOWN : toInline(shape.items, special, false)})`;
    case "object":
      return isSpelledOut(shape) ? `z.object({ ${toMemberTexts(shape, special).join(", ")} })` : UNKNOWN;
    case undefined:
      return UNKNOWN;
  }
}

function toMemberTexts(shape: Shape, special: SpecialText): string[] {
  return [...shape.members].map(
    ([name, member]) => `${toKeyText(name)}: ${toInline(member, special, isOptional(shape, member))}`,
  );
}

function toBlock(shape: Shape, indent: number, special: SpecialText): string {
  const pad = " ".repeat(indent + 2);
  const end = `\n${" ".repeat(indent)}`;
  if (kindOf(shape) === "list") {
    return `z.array(\n${pad}${toZodText(shape.items as Shape, indent + 2, 0, special)},${end})`;
  }
  return toObjectBlock(shape, indent, special);
}

function toObjectBlock(shape: Shape, indent: number, special: SpecialText): string {
  const pad = " ".repeat(indent + 2);
  const lines = [...shape.members].map(([name, member]) => {
    const key = toKeyText(name);
    return `${pad}${key}: ${toZodText(member, indent + 2, key.length + 2, special, isOptional(shape, member))},`;
  });
  return `z.object({\n${lines.join("\n")}\n${" ".repeat(indent)}})`;
}

function toWrapper({ nulls }: Shape, optional: boolean): "" | "nullable" | "optional" | "nullish" {
  if (nulls > 0) return optional ? "nullish" : "nullable";
  return optional ? "optional" : "";
}
