import type { GrantKind, Policy } from "../schema/anchor.ts";
import type { JsonObject, JsonValue } from "../schema/json.ts";
import { toReferencedId } from "../schema/plan-reference.ts";
import { toArgumentKind, toArgumentTraits } from "./argument-kind.ts";
import type { Call } from "./data-flow.ts";
import type { ArgumentKind } from "./lexicon-arguments.ts";

/** Values of one argument that are looked at. */
const VALUES_MAX = 1024;
const DEPTH_MAX = 8;
const CHARS_MAX = 2048;

/** The list of grants that a kind of argument is looked up in. */
export const GRANT_OF_KIND: Partial<Record<ArgumentKind, GrantKind>> = {
  recipient: "recipients",
  account: "accounts",
  url: "urls",
  path: "paths",
  id: "ids",
};

/** Kinds of arguments that say where data goes, for what leaves the system and for what stays in it. */
const OUTWARD: readonly ArgumentKind[] = ["recipient", "account", "url"];
const INWARD: readonly ArgumentKind[] = ["path", "url"];

/** An argument that says where a call hands data on to. */
export type DestinationArgument = {
  readonly argument: string;
  readonly grant: GrantKind;
  /** As written in the arguments, one for each; none where a reference stands in their place. */
  readonly values: readonly string[];
};

/** The arguments of a call that say where data goes. */
export function listDestinations({ node, tool }: Call): DestinationArgument[] {
  const kinds = tool.destination === "external" ? OUTWARD : INWARD;
  const found: DestinationArgument[] = [];
  for (const argument of Object.keys(node.arguments)) {
    if (toArgumentTraits(argument).kind === "other") continue;
    const kind = toArgumentKind(tool, argument);
    const grant = kinds.includes(kind) ? GRANT_OF_KIND[kind] : undefined;
    if (grant !== undefined) found.push({ argument, grant, values: listValues(node.arguments[argument] as JsonValue) });
  }
  return found;
}

/** True if a destination is granted, however it is written: case and white space around it are no difference. */
export function isGranted(policy: Policy, grant: GrantKind, value: string): boolean {
  const granted = policy.grants[grant];
  if (granted.includes(value)) return true;
  const folded = foldValue(value);
  return granted.some((other) => foldValue(other) === folded);
}

/** The texts and numbers of an argument, one by one; "ana@example.org, bo@example.org" are two. References are none. */
export function listValues(value: JsonValue): string[] {
  const values: string[] = [];
  collect(value, values, 0);
  return values;
}

function collect(value: JsonValue, values: string[], depth: number): void {
  if (values.length >= VALUES_MAX || value === null || typeof value === "boolean") return;
  if (typeof value === "number") values.push(String(value));
  else if (typeof value === "string") collectText(value, values);
  else if (depth < DEPTH_MAX && toReferencedId(value) === undefined) {
    for (const key of Object.keys(value)) collect((value as JsonObject)[key] as JsonValue, values, depth + 1);
  }
}

function collectText(text: string, values: string[]): void {
  const head = text.length > CHARS_MAX ? text.slice(0, CHARS_MAX) : text;
  const members = head.includes("@") && /[,;]/.test(head) ? head.split(/[,;]/) : [head];
  for (const member of members) {
    const value = member.trim();
    if (value !== "" && values.length < VALUES_MAX) values.push(value);
  }
}

function foldValue(value: string): string {
  return value.trim().toLowerCase();
}
