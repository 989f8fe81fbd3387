import { isUtf8 } from "node:buffer";
import type * as arrow from "apache-arrow";
import { type Columns, type JsonObject, type JsonValue, RowError, setMember } from "#contract";
import { toBytesJson, toMemberName } from "./arrow-scalars.ts";
import { isMapNode, toItemNode } from "./parquet-columns.ts";
import { createLeafConverter } from "./parquet-raw-leaves.ts";
import { isListElement, toOwnName } from "./plain-names.ts";
import type { PlainNode } from "./plain-parquet.ts";
import { assertListSize, assertTextSize } from "./row-size.ts";

/** A value as it is stored to JSON. Throws RowError if it has no JSON form, Error if it can't come from a sound file. */
export type Converter = (raw: unknown) => JsonValue;

/** What to make of the bytes of a text. */
export type TextRule = (bytes: Uint8Array) => JsonValue;

/** What holds for all values of a file: how its members are called, and what becomes of its texts. */
export type Rules = { readonly names: readonly string[]; readonly text: TextRule };

/** For values that count: a text must be UTF-8. */
export const toText: TextRule = (bytes) => {
  assertTextSize(bytes.length);
  if (isUtf8(bytes)) return toBuffer(bytes).toString();
  const head = toBuffer(bytes.subarray(0, 96)).toString("base64");
  throw new RowError("decode", "invalid_utf8", `a text is not valid UTF-8; its first bytes, in base64: ${head}`);
};

/** For a person to look at. */
export const showText: TextRule = (bytes) => {
  assertTextSize(bytes.length);
  return isUtf8(bytes) ? toBuffer(bytes).toString() : toBytesJson(bytes);
};

/** Values of a node as plain-parquet reads them, written as the Arrow type says, with the members that `columns` name. */
export function createConverter(node: PlainNode, type: arrow.DataType, columns: Columns, rules: Rules): Converter {
  if (node.element.repetition_type !== "REPEATED") {
    const convert = createGroup(node, type, columns, rules);
    const isLeaf = node.children.length === 0;
    // hyparquet gives null for a value that is null and undefined for a group; a value that is undefined is damage.
    return (raw) => (raw === null || (raw === undefined && !isLeaf) ? null : convert(raw));
  }
  // A repeated member without a list around it is a list all the same.
  return toItems(createGroup(node, childType(type, 0), columns, rules));
}

function createGroup(node: PlainNode, type: arrow.DataType, columns: Columns, rules: Rules): Converter {
  if (node.children.length === 0) return createLeafConverter(node.element, type, rules.text);
  if (isListElement(node.element)) return createList(node, type, columns, rules);
  if (isMapNode(node.tree)) return createMap(node, type, rules);
  return createStruct(node, type, columns, rules);
}

function createList(node: PlainNode, type: arrow.DataType, columns: Columns, rules: Rules): Converter {
  const repeated = node.children[0]!;
  const isWrapped = toItemNode(node.tree) !== repeated.tree;
  const item = isWrapped ? repeated.children[0]! : repeated;
  const itemType = childType(type, 0);
  const convert = isWrapped
    ? createConverter(item, itemType, columns, rules)
    : createGroup(item, itemType, columns, rules);
  const items = toItems(isWrapped ? (raw) => convert(memberOf(raw, item)) : convert);
  return (raw) => items(memberOf(raw, repeated));
}

function createMap(node: PlainNode, type: arrow.DataType, rules: Rules): Converter {
  const entries = node.children[0]!;
  const [key, value] = entries.children as [PlainNode, PlainNode];
  const entryType = childType(type, 0);
  const convertKey = createConverter(key, childType(entryType, 0), true, rules);
  const convertValue = createConverter(value, childType(entryType, 1), true, rules);
  return (raw) => {
    const object: JsonObject = {};
    for (const entry of toArray(memberOf(raw, entries))) {
      setMember(object, toMemberName(convertKey(memberOf(entry, key))), convertValue(memberOf(entry, value)));
    }
    return object;
  };
}

function createStruct(node: PlainNode, type: arrow.DataType, columns: Columns, rules: Rules): Converter {
  const members = node.children.flatMap((child) => {
    const name = toOwnName(child.element.name, rules.names);
    const wanted = columns === true || columns.get(name)?.columns;
    if (wanted === undefined) return [];
    return [{ name, child, convert: createConverter(child, childType(type, child.index), wanted, rules) }];
  });
  return (raw) => {
    const object: JsonObject = {};
    for (const { name, child, convert } of members) setMember(object, name, convert(memberOf(raw, child)));
    return object;
  };
}

function toItems(convert: Converter): Converter {
  return (raw) => toArray(raw).map(convert);
}

function toArray(raw: unknown): readonly unknown[] {
  if (Array.isArray(raw)) {
    assertListSize(raw.length);
    return raw;
  }
  throw new Error("a list has no items");
}

function memberOf(raw: unknown, { element }: PlainNode): unknown {
  return (raw as Readonly<Record<string, unknown>>)[element.name];
}

function childType(type: arrow.DataType, index: number): arrow.DataType {
  return (type.children as arrow.Field[])[index]!.type;
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
