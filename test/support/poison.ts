import { cloneJson, encodeJson, encodePython, isPoisonObject, type PoisonJson, RawJson, set } from "./poison-json.ts";
import { poisonName, poisonText, poisonValue, withRepeatedName } from "./poison-values.ts";
import type { Random } from "./synthetic.ts";

const MUTATIONS_MAX = 3;

/** A sound row with one to three things wrong with it, anywhere in it, texts that hold JSON included. */
export function poisonRow(row: unknown, random: Random): PoisonJson {
  let poisoned = cloneJson(row);
  for (let left = random.int(1, MUTATIONS_MAX); left > 0; left--) poisoned = mutate(poisoned, random);
  return poisoned;
}

function mutate(root: PoisonJson, random: Random): PoisonJson {
  if (random.chance(0.02)) return poisonValue(random);
  const places = listPlaces(root);
  if (places.length === 0) return poisonValue(random);
  const place = random.pick(places);
  const value = place.get();
  if (typeof value === "string" && random.chance(0.6)) place.put(mutateText(value, random));
  else if (Array.isArray(value) && random.chance(0.5)) place.put(mutateList(value, random));
  else if (isPoisonObject(value) && random.chance(0.5)) place.put(mutateObject(value, random));
  else place.put(replaceValue(value, places, random));
  return root;
}

type Place = { get(): PoisonJson; put(value: PoisonJson | undefined): void };

/** Every member and item in a value. */
function listPlaces(value: PoisonJson, places: Place[] = []): Place[] {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      places.push({
        get: () => value[index] as PoisonJson,
        put: (next) => (next === undefined ? value.splice(index, 1) : value.splice(index, 1, next)),
      });
      listPlaces(item, places);
    }
  } else if (isPoisonObject(value)) {
    for (const name of Object.keys(value)) {
      places.push({
        get: () => value[name] as PoisonJson,
        put: (next) => (next === undefined ? delete value[name] : set(value, name, next)),
      });
      listPlaces(value[name] as PoisonJson, places);
    }
  }
  return places;
}

function replaceValue(value: PoisonJson, places: readonly Place[], random: Random): PoisonJson | undefined {
  switch (random.int(0, 7)) {
    case 0:
      return undefined; // gone
    case 1:
      return null;
    case 2:
      return cloneJson(random.pick(places).get()); // another field's value: repeated ids, a parent that is oneself
    case 3:
      return [value];
    case 4:
      return { [poisonName(random)]: value };
    case 5:
      return random.chance(0.5) ? encodeJson(value) : encodePython(value);
    default:
      return poisonValue(random);
  }
}

function mutateList(items: PoisonJson[], random: Random): PoisonJson {
  const [first = poisonValue(random)] = items;
  switch (random.int(0, 5)) {
    case 0:
      return [...items, ...items].map(cloneJson);
    case 1:
      return Array.from({ length: random.pick([64, 65, 66, 300]) }, () => cloneJson(first));
    case 2:
      return items.toReversed();
    case 3:
      return [];
    case 4:
      return [...items, poisonValue(random)];
    default:
      return [poisonValue(random), ...items];
  }
}

function mutateObject(object: { [name: string]: PoisonJson }, random: Random): PoisonJson {
  const names = Object.keys(object);
  const copy = cloneJson(object) as { [name: string]: PoisonJson };
  const [one = "a"] = random.pickSome(names, 1, 1);
  switch (random.int(0, 4)) {
    case 0:
      set(copy, poisonName(random), poisonValue(random));
      return copy;
    case 1: {
      const value = copy[one] ?? null;
      delete copy[one];
      set(copy, random.chance(0.5) ? poisonName(random) : `${one}\u0000`, value);
      return copy;
    }
    case 2:
      return withRepeatedName(copy, random);
    case 3:
      set(copy, "__proto__", { polluted: true, ...copy });
      return copy;
    default:
      set(copy, one, poisonValue(random));
      return copy;
  }
}

/** A text with something in it, cut, or, if it holds JSON, with a mutation inside of that. */
function mutateText(text: string, random: Random): PoisonJson {
  const inner = toInner(text);
  if (inner !== undefined && random.chance(0.7)) {
    const mutated = poisonRow(inner, random);
    return random.chance(0.75) ? encodeJson(mutated) : encodePython(mutated);
  }
  const at = random.int(0, text.length);
  switch (random.int(0, 5)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text + poisonText(random);
    case 2:
      return text.slice(0, at) + text.slice(at + 1);
    case 3:
      return text.repeat(random.pick([2, 20]));
    case 4:
      return poisonText(random);
    default:
      return text.slice(0, at) + poisonText(random) + text.slice(at);
  }
}

/** What an earlier mutation has nested: deeper than this program's own recursion goes. */
const DEEP = /\[{40}|(?:\{"a":){40}/;

function toInner(text: string): PoisonJson | undefined {
  if (!/^\s*[[{]/.test(text) || DEEP.test(text)) return undefined;
  try {
    return cloneJson(JSON.parse(text));
  } catch {
    return undefined; // a text that only looks like JSON
  }
}

/** One line of a file of JSON Lines: mostly JSON with a poisoned value, else not JSON at all. It holds no line feed. */
export function poisonLine(row: unknown, random: Random): Buffer {
  const text = encodeJson(poisonRow(row, random));
  const line = random.chance(0.85) ? Buffer.from(text) : breakLine(Buffer.from(text), random);
  const whole = line.filter((byte) => byte !== 0x0a);
  return isBlank(whole) ? Buffer.from("?") : Buffer.from(whole);
}

const BROKEN = [
  [0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xef, 0xbb, 0xbf],
  [0],
  [0x0d],
  [0xe2, 0x80, 0xa8],
  [0x22],
  [0x5c],
  [0x7b],
  [0x5d],
  [0x1f],
];

function breakLine(line: Buffer, random: Random): Buffer {
  const at = random.int(0, line.length);
  const piece = Buffer.from(random.pick(BROKEN));
  switch (random.int(0, 4)) {
    case 0:
      return line.subarray(0, at);
    case 1:
      return Buffer.concat([line, line]);
    case 2:
      return Buffer.from(
        random.pick([
          "NaN",
          "undefined",
          "'a'",
          "{a:1}",
          "{'a': 1}",
          "[1 2]",
          "01",
          "+1",
          "tru",
          '"',
          "[",
          "{",
          "\ufeff{}",
          "\u0000",
          "--",
          "{}{}",
        ]),
      );
    case 3:
      return Buffer.concat([line.subarray(0, at), piece, line.subarray(at)]);
    default:
      return Buffer.concat([piece, line, piece]);
  }
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

const ELEMENTS = [
  "NaN",
  "undefined",
  "tru",
  "01",
  "+1",
  "1e",
  "-",
  '"a\u0001b"',
  '"\\x41"',
  '"\\u12"',
  '{"a":1,}',
  '{"a" 1}',
  "[1 2]",
  "{a:1}",
  "{]",
  "[}",
  '{"a":"\u0000"}',
  "\u0000",
  "\ufeff1",
];

/** One element of a JSON array: quotes end and brackets pair, so that it can be told from its neighbours; it may be no JSON. */
export function poisonElement(row: unknown, random: Random): Buffer {
  if (random.chance(0.9)) return Buffer.from(encodeJson(poisonRow(row, random)));
  if (random.chance(0.2)) return Buffer.from([0x22, 0x61, 0xff, 0xfe, 0x22]);
  return Buffer.from(random.pick(ELEMENTS));
}

/** The value behind raw parts, as far as JSON.parse knows one: for a format that has types. */
export function toPlain(value: PoisonJson): unknown {
  if (value instanceof RawJson) return value.text.length < 300 ? JSON.parse(value.text) : value.text;
  if (Array.isArray(value)) return value.map(toPlain);
  if (!isPoisonObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) set(copy as never, name, toPlain(value[name] as PoisonJson) as never);
  return copy;
}
