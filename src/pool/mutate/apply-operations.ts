import type { PlanOperation } from "../../schema/anchor.ts";
import type { JsonObject, JsonValue } from "../../schema/json.ts";
import { type Plan, planSchema } from "../../schema/pair.ts";

/**
 * A plan with a record's operations applied, in their order (JSON Pointers, RFC 6901; `add` at a list's length appends). The
 * plan itself stays as it is. Throws TypeError where an operation finds no place, ZodError if what comes out is no plan.
 */
export function applyOperations(plan: Plan, ops: readonly PlanOperation[]): Plan {
  // Not structuredClone: it would keep arguments that two nodes share shared, and a change of one would change both.
  const copy = toCopy({ nodes: plan.nodes, edges: plan.edges } as unknown as JsonObject) as JsonObject;
  for (const operation of ops) apply(copy, operation);
  return planSchema.parse(copy);
}

function apply(root: JsonObject, [verb, pointer, value]: PlanOperation): void {
  const parts = pointer.split("/").slice(1).map(toName);
  const last = parts.pop();
  if (last === undefined) throw toNoPlace(verb, pointer);
  let target: JsonValue = root;
  for (const part of parts) {
    if (typeof target !== "object" || target === null || !Object.hasOwn(target, part)) throw toNoPlace(verb, pointer);
    target = (target as JsonObject)[part] as JsonValue;
  }
  if (typeof target !== "object" || target === null) throw toNoPlace(verb, pointer);
  const isThere = Object.hasOwn(target, last);
  if (verb !== "add" && !isThere) throw toNoPlace(verb, pointer);
  if (Array.isArray(target)) {
    const place = Number(last);
    if (!Number.isInteger(place) || place < 0 || place > target.length) throw toNoPlace(verb, pointer);
    if (verb === "set") target[place] = toCopy(value as JsonValue);
    else if (verb === "add") target.splice(place, 0, toCopy(value as JsonValue));
    else target.splice(place, 1);
  } else if (verb === "remove") {
    delete target[last];
  } else {
    setMember(target, last, toCopy(value as JsonValue));
  }
}

function toCopy(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(toCopy);
  const copy: JsonObject = {};
  for (const name of Object.keys(value)) setMember(copy, name, toCopy(value[name] as JsonValue));
  return copy;
}

/** A name like "__proto__" is a name like any other. */
function setMember(object: JsonObject, name: string, value: JsonValue): void {
  Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
}

function toName(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}

function toNoPlace(verb: string, pointer: string): TypeError {
  return new TypeError(
    `operation ${verb} ${pointer}: there is no such place in the plan; the record does not fit its parent.`,
  );
}
