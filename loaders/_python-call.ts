import {
  type DraftEdge,
  type DraftNode,
  isJsonObject,
  JSON_DEPTH_MAX,
  JSON_VALUES_MAX,
  type JsonObject,
  type JsonValue,
  NODES_MAX,
} from "#contract";
import { parsePythonLiteral } from "./_python-literal.ts";

/** Calls in the order in which Python makes them; an edge leads from a call to the one that is given what it returns. */
export type PythonCalls = { readonly nodes: DraftNode[]; readonly edges: DraftEdge[] };

const SPACE = /\s*/y;
const CALLEE = /[\p{L}_][\p{L}\p{N}_]*(?:\s*\.\s*[\p{L}_][\p{L}\p{N}_]*)*/uy;
const MEMBER = /\.\s*[\p{L}_][\p{L}\p{N}_]*/uy;
const KEYWORD = /[\p{L}_][\p{L}\p{N}_]*\s*=(?!=)/uy;
const STARS = /\*\*?/y;
/** In a bare value a sign that the text is broken, or more Python than one value. */
const NO_VALUE = /['"\\;#:=?!]|[\p{L}\p{N}_)\]}]\s+[\p{L}\p{N}_([{]/u;
const OPENERS = new Map([
  [")", "("],
  ["]", "["],
  ["}", "{"],
]);

/**
 * The calls of a Python call expression, `a.b(1, c=x(2)).d()`, or of several with commas between them; undefined if the
 * text is anything else, or holds more calls than a plan may. Never throws.
 *
 * The tool is the dotted callee. A call on what a call returned goes by that call's name and the member's, `a.b.d`, or
 * `a.b.__call__` if it is the result itself that is called. Positional arguments are arg0, arg1, …; they may stand behind
 * keywords, which Python refuses and rows have. An argument that is a literal is its value, a list or tuple is a list of
 * such arguments, and what else has no quotes outside calls (a name, `torch.float16`, `1/6`, a nested call) is its text.
 * A dot at the very end is passed over, and so are members and subscripts of what the last call returns.
 */
export function parsePythonCalls(text: string): PythonCalls | undefined {
  const source = text.trim().replace(/\)\s?\.$/, ")");
  const brackets = matchBrackets(source);
  return brackets && new CallReader(source, brackets).readAll();
}

/** Start and end of a piece of the text. */
type Span = readonly [from: number, to: number];
type Bracket = { readonly open: number; close: number; readonly commas: number[] };
/** Brackets by where they open; one around the whole text opens at -1. */
type Brackets = ReadonlyMap<number, Bracket>;

class CallReader {
  readonly #text: string;
  readonly #brackets: Brackets;
  readonly #nodes: DraftNode[] = [];
  readonly #edges: DraftEdge[] = [];
  /** Set by a call whose arguments can't be read, or that is one too many: what stands around it is no call either. */
  #isBroken = false;

  constructor(text: string, brackets: Brackets) {
    this.#text = text;
    this.#brackets = brackets;
  }

  readAll(): PythonCalls | undefined {
    const items = this.#items(-1) ?? [];
    const areCalls = items.length > 0 && items.every((item) => this.#path(item)?.call !== undefined);
    return areCalls && !this.#isBroken ? { nodes: this.#nodes, edges: this.#edges } : undefined;
  }

  /** A name with members, subscripts and calls behind it; `call` is the index of the last call. */
  #path([from, to]: Span): { call: number | undefined } | undefined {
    const head = this.#match(CALLEE, from);
    if (head === "") return undefined;
    let tool = head.replace(/\s/g, "");
    let isNamed = true;
    let call: number | undefined;
    for (let at = this.#skipSpace(from + head.length); at < to; at = this.#skipSpace(at)) {
      const member = this.#match(MEMBER, at);
      const bracket = this.#brackets.get(at);
      if (member !== "") {
        tool += member.replace(/\s/g, "");
        isNamed = true;
        at += member.length;
      } else if (bracket && this.#text[at] !== "{") {
        if (this.#text[at] === "(") {
          call = this.#call(isNamed ? tool : `${tool}.__call__`, bracket, call);
          if (call === undefined) return undefined;
          isNamed = false;
        }
        at = bracket.close + 1;
      } else return undefined;
    }
    return { call };
  }

  /** Adds a call and gives its index. `before` is the call whose result this is a call on. */
  #call(tool: string, { open }: Bracket, before: number | undefined): number | undefined {
    const given = before === undefined ? [] : [before];
    const values = this.#arguments(open, given);
    if (!values || this.#nodes.length === NODES_MAX) {
      this.#isBroken = true;
      return undefined;
    }
    const index = this.#nodes.push({ tool, arguments: values }) - 1;
    this.#edges.push(...given.map((from): DraftEdge => [from, index]));
    return index;
  }

  /** Adds the calls that are arguments to `given`. */
  #arguments(open: number, given: number[]): JsonObject | undefined {
    const items = this.#items(open);
    const values = new Map<string, JsonValue>();
    let named = items?.length ?? 0;
    let positional = 0;
    for (const [from, to] of items ?? []) {
      const keyword = this.#match(KEYWORD, from);
      const stars = this.#match(STARS, from);
      const value = this.#value([this.#skipSpace(from + keyword.length + stars.length), to], given);
      if (value === undefined) return undefined;
      const entries = toEntries(keyword, stars, value);
      if (!entries) return undefined;
      named += entries.length - 1;
      for (const [key, one] of entries) values.set(key ?? `arg${positional++}`, one);
    }
    // fromEntries makes own members of every name, "__proto__" too. A name that is given twice is an error.
    return items && values.size === named ? Object.fromEntries(values) : undefined;
  }

  #value([from, to]: Span, given: number[]): JsonValue | undefined {
    const text = this.#text.slice(from, to);
    const literal = parsePythonLiteral(text);
    if (literal !== undefined) return literal;
    const bracket = this.#brackets.get(from);
    if (bracket?.close === to - 1 && text[0] !== "{") return this.#list(bracket, given);
    const calls = this.#nodes.length;
    const edges = this.#edges.length;
    const path = this.#path([from, to]);
    if (path?.call !== undefined) given.push(path.call);
    if (path) return text;
    this.#nodes.length = calls;
    this.#edges.length = edges;
    return text === "" || NO_VALUE.test(text) ? undefined : text;
  }

  /** A list or a tuple; one value in parentheses is that value. */
  #list({ open, commas }: Bracket, given: number[]): JsonValue | undefined {
    const values = this.#items(open)?.map((item) => this.#value(item, given));
    if (!values?.every((value) => value !== undefined)) return undefined;
    return this.#text[open] === "(" && commas.length === 0 ? values[0] : values;
  }

  /** What stands between the commas of a bracket, without the space around it; undefined if nothing stands somewhere. */
  #items(open: number): Span[] | undefined {
    const { commas, close } = this.#brackets.get(open) as Bracket;
    const items = [...commas, close].map((end, i): Span => {
      const start = Math.min(this.#skipSpace((i === 0 ? open : (commas[i - 1] as number)) + 1), end);
      return [start, start + this.#text.slice(start, end).trimEnd().length];
    });
    const isEmpty = ([from, to]: Span) => from === to;
    if (isEmpty(items.at(-1) as Span)) items.pop(); // no arguments, or a comma behind the last one
    return items.some(isEmpty) ? undefined : items;
  }

  #skipSpace(at: number): number {
    return at + this.#match(SPACE, at).length;
  }

  /** The text that a sticky pattern matches at a place; "" if it does not match. */
  #match(pattern: RegExp, at: number): string {
    pattern.lastIndex = at;
    return pattern.exec(this.#text)?.[0] ?? "";
  }
}

type Entry = [name: string | undefined, value: JsonValue];

/** An argument's name, undefined if it has none, and value: several if a literal is unpacked, the text if a name is. */
function toEntries(keyword: string, stars: string, value: JsonValue): Entry[] | undefined {
  if (keyword !== "") return [[keyword.slice(0, -1).trimEnd(), value]];
  if (stars === "") return [[undefined, value]];
  if (stars === "**" && isJsonObject(value)) return Object.entries(value);
  if (stars === "*" && Array.isArray(value)) return value.map((one) => [undefined, one]);
  return typeof value === "string" ? [[undefined, stars + value]] : undefined;
}

/** Undefined if a bracket or a string has no end, or brackets nest deeper or hold more than those of a row may. */
function matchBrackets(text: string): Brackets | undefined {
  const whole: Bracket = { open: -1, close: text.length, commas: [] };
  const brackets = new Map([[-1, whole]]);
  const open = [whole];
  let values = 1; // counted as JSON's are: by brackets and commas
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    const inner = open.at(-1) as Bracket;
    if (char === "'" || char === '"') {
      at = findStringEnd(text, at);
      if (at === -1) return undefined;
    } else if (char === ",") {
      if (++values > JSON_VALUES_MAX) return undefined;
      inner.commas.push(at);
    } else if (char === "(" || char === "[" || char === "{") {
      if (++values > JSON_VALUES_MAX || open.length > JSON_DEPTH_MAX) return undefined;
      const bracket = { open: at, close: -1, commas: [] };
      brackets.set(at, bracket);
      open.push(bracket);
    } else if (OPENERS.has(char)) {
      if (text[inner.open] !== OPENERS.get(char)) return undefined;
      inner.close = at;
      open.pop();
    }
  }
  return open.length === 1 && text.length > 0 ? brackets : undefined;
}

/** Index of the last quote of a string that begins at `start`; -1 if it does not end. */
function findStringEnd(text: string, start: number): number {
  const mark = text[start] as string;
  const quote = text.startsWith(mark.repeat(3), start) ? mark.repeat(3) : mark;
  for (let at = start + quote.length; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text.startsWith(quote, at)) return at + quote.length - 1;
  }
  return -1;
}
