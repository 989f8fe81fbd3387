import * as arrow from "apache-arrow";
import { type Columns, type JsonObject, type JsonValue, RowError, setMember } from "#contract";
import { toMemberName } from "./arrow-scalars.ts";
import { createLeafGetter, toOffsets } from "./leaf-getters.ts";
import { assertListSize } from "./row-size.ts";

/** The value at an index, as JSON. Throws RowError for a value that has no JSON form. */
export type Getter = (i: number) => JsonValue;

/** What a member of a struct is called in rows, if it isn't called as its field is. */
export type Naming = (fieldName: string) => string;

const asItIs: Naming = (fieldName) => fieldName;

/**
 * Reads Arrow data by index without building row proxies: offsets and typed arrays are looked up once per column, and a
 * struct gives only the members that `columns` name. Texts must be valid UTF-8, which the reader has checked.
 */
export function createGetter(data: arrow.Data, columns: Columns, naming: Naming = asItIs): Getter {
  const get = createDenseGetter(data, columns, naming);
  const { nullBitmap, offset } = data;
  if (data.nullCount === 0 || !nullBitmap || nullBitmap.length === 0) return get;
  return (i) => ((nullBitmap[(i + offset) >> 3]! >> ((i + offset) & 7)) & 1 ? get(i) : null);
}

/** As createGetter, for an index whose value is known not to be null. */
function createDenseGetter(data: arrow.Data, columns: Columns, naming: Naming): Getter {
  const { type } = data;
  if (arrow.DataType.isList(type) || arrow.DataType.isLargeList(type)) return createListGetter(data, columns, naming);
  if (arrow.DataType.isFixedSizeList(type)) return createFixedListGetter(data, type.listSize, columns, naming);
  if (arrow.DataType.isStruct(type)) return createStructGetter(data, columns, naming);
  if (arrow.DataType.isMap(type)) return createMapGetter(data, naming);
  if (arrow.DataType.isDictionary(type)) return createDictionaryGetter(data);
  return createLeafGetter(data);
}

function createListGetter(data: arrow.Data, columns: Columns, naming: Naming): Getter {
  const starts = toOffsets(data);
  const item = createGetter(data.children[0]!, columns, naming);
  return (i) => readItems(item, starts[i]!, starts[i + 1]!);
}

function createFixedListGetter(data: arrow.Data, size: number, columns: Columns, naming: Naming): Getter {
  const item = createGetter(data.children[0]!, columns, naming);
  return (i) => readItems(item, i * size, (i + 1) * size);
}

function readItems(item: Getter, start: number, end: number): JsonValue[] {
  assertListSize(end - start);
  const items = new Array<JsonValue>(end - start);
  for (let k = start; k < end; k++) items[k - start] = item(k);
  return items;
}

function createStructGetter(data: arrow.Data, columns: Columns, naming: Naming): Getter {
  const fields: readonly arrow.Field[] = data.type.children;
  const members = fields.flatMap((field, index) => {
    const name = naming(field.name);
    const need = columns === true ? columns : columns.get(name)?.columns;
    return need === undefined ? [] : [{ name, get: createGetter(data.children[index]!, need, naming) }];
  });
  const names = members.map(({ name }) => name);
  const getters = members.map(({ get }) => get);
  return (i) => {
    const object: JsonObject = {};
    for (let k = 0; k < names.length; k++) setMember(object, names[k]!, getters[k]!(i));
    return object;
  };
}

/** A map's entries in the order given; of a key that comes twice, the last. */
function createMapGetter(data: arrow.Data, naming: Naming): Getter {
  const starts = toOffsets(data);
  const entries = data.children[0]!;
  const key = createGetter(entries.children[0]!, true);
  const value = createGetter(entries.children[1]!, true, naming);
  return (i) => {
    const object: JsonObject = {};
    assertListSize(starts[i + 1]! - starts[i]!);
    for (let k = starts[i]!; k < starts[i + 1]!; k++) setMember(object, toMemberName(key(k)), value(k));
    return object;
  };
}

/** Each distinct value is decoded once, when it is first asked for. Rows share it: parquet's dictionaries hold scalars. */
function createDictionaryGetter(data: arrow.Data): Getter {
  const indexes = data.values as ArrayLike<number | bigint>;
  const chunks = data.dictionary!.data.map((chunk) => ({ length: chunk.length, get: createGetter(chunk, true) }));
  const decoded: (JsonValue | undefined)[] = [];
  const decode = (index: number): JsonValue => {
    let rest = index;
    for (const { length, get } of chunks) {
      if (rest < length) return get(rest);
      rest -= length;
    }
    throw new RowError("decode", "bad_dictionary_index", `Index ${index} is outside of the column's dictionary.`);
  };
  return (i) => {
    const index = Number(indexes[i]);
    decoded[index] ??= decode(index);
    return decoded[index];
  };
}
