import { type DraftNode, isJsonObject, type JsonObject, type JsonValue, RowError } from "#contract";
import { parseTwice } from "./_values.ts";

/** Why something is no list of calls; a code that a drop may carry. */
export type CallFault = "not_calls" | "call_not_object" | "call_without_name" | "arguments_not_object";

/** The calls of a column, or what is wrong with it: `index` is the call's place, `message` names what came. */
export type CallsResult =
  | { readonly ok: true; readonly calls: DraftNode[] }
  | { readonly ok: false; readonly reason: CallFault; readonly index: number; readonly message: string };

/**
 * The calls that a value stands for, in order: a list of them or one, as values or as text (JSON or a Python literal, once
 * or twice encoded). Nothing (null, "", []) is an empty list.
 *
 * A call is `{name, arguments}`, `{name, parameters}` or `{function_name, arguments}`, bare or under `function`, beside an
 * `id` or `type` or not. Its arguments are an object or a text of one; absent, null and "" are `{}`.
 */
export function toCallsResult(value: JsonValue | undefined): CallsResult {
  const parsed = parseGiven(value);
  if (parsed === null) return { ok: true, calls: [] };
  if (typeof parsed !== "object") {
    return toFault("not_calls", 0, `${show(value)}, expected a call or a list of calls`);
  }
  const items = Array.isArray(parsed) ? parsed : [parsed];
  const calls: DraftNode[] = [];
  for (const [index, item] of items.entries()) {
    const call = toCall(item, index);
    if (!call.ok) return call;
    calls.push(...call.calls);
  }
  return { ok: true, calls };
}

/** As toCallsResult, for a loader that has one answer to everything that is wrong: undefined. */
export function toCalls(value: JsonValue | undefined): DraftNode[] | undefined {
  const result = toCallsResult(value);
  return result.ok ? result.calls : undefined;
}

/** As toCallsResult, for a loader whose faulty rows a person should see: throws RowError, which sends the row to quarantine. */
export function parseCalls(value: JsonValue | undefined): DraftNode[] {
  const result = toCallsResult(value);
  if (!result.ok) throw new RowError("draft", result.reason, result.message);
  return result.calls;
}

/**
 * Without the null members, at any depth: parquet gives every struct all members of the union. A null in a list stays, it
 * has a place. Only for columns that were structs; a null that JSON text held is data.
 */
export function withoutNulls(value: JsonObject): JsonObject;
export function withoutNulls(value: JsonValue): JsonValue;
export function withoutNulls(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item));
  const kept: JsonObject = {};
  for (const name of Object.keys(value)) {
    const member = value[name] as JsonValue;
    if (member !== null) setMember(kept, name, withoutNulls(member));
  }
  return kept;
}

/** Assigning to "__proto__" would make no member. */
function setMember(object: JsonObject, name: string, value: JsonValue): void {
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

function toCall(item: JsonValue, index: number): CallsResult {
  const outer = typeof item === "string" ? parseTwice(item) : item;
  if (!isJsonObject(outer)) return toFault("call_not_object", index, `${show(item)}, expected an object`);
  const inner = getMember(outer, "function");
  const call = isJsonObject(inner) ? inner : outer;
  const name = getMember(call, "name") ?? getMember(call, "function_name");
  if (typeof name !== "string" || name.trim() === "") {
    return toFault("call_without_name", index, `the name is ${show(name)}, expected text`);
  }
  const given = Object.hasOwn(call, "arguments") ? call.arguments : getMember(call, "parameters");
  const parsed = parseGiven(given);
  const args = parsed === null ? {} : parsed;
  if (!isJsonObject(args)) {
    return toFault(
      "arguments_not_object",
      index,
      `the arguments of ${show(name)} are ${show(given)}, expected an object`,
    );
  }
  return { ok: true, calls: [{ tool: name, arguments: args }] };
}

function toFault(reason: CallFault, index: number, what: string): CallsResult {
  return { ok: false, reason, index, message: `call ${index}: ${what}` };
}

/** What stands behind a value: null for nothing (absent, null, blank text), undefined for a text that holds no value. */
function parseGiven(value: JsonValue | undefined): JsonValue | undefined {
  if (value === undefined || (typeof value === "string" && value.trim() === "")) return null;
  return parseTwice(value);
}

/** A row is hostile: only its own members count. */
function getMember(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function show(value: JsonValue | undefined): string {
  if (value === undefined) return "absent";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
