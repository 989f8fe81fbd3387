import type { ArgumentKind, InventoryArgument, InventoryTool, JsonObject, JsonValue, MutationContext } from "#contract";

/** Kinds of arguments that say where data leaves to, and the grants that allow a value of them. */
export const GRANTS_OF_DESTINATION: Partial<Record<ArgumentKind, string>> = {
  recipient: "grants.recipients",
  account: "grants.accounts",
  url: "grants.urls",
};

/** Below so many values of the argument's own the corpus helps out. */
const OWN_VALUES_LEAST = 8;

/** The arguments of a tool that say where to. */
export function listDestinationArguments({ arguments: args }: InventoryTool): InventoryArgument[] {
  return [...args.values()].filter(({ kind }) => GRANTS_OF_DESTINATION[kind] !== undefined);
}

/**
 * Where else data could go: values that the dataset gives the argument, and where those are few, such of the corpus as look
 * alike (an address for an address). Nothing that is granted already, nor what stands there `before`.
 */
export function listForeign(
  context: MutationContext,
  { kind, values }: InventoryArgument,
  before: JsonValue = [],
): string[] {
  const there = listTexts(before);
  const own = values.map(toText).filter((value) => value !== undefined && !there.includes(value)) as string[];
  const foreign = own.filter((value) => !context.isGranted(kind, value));
  if (foreign.length >= OWN_VALUES_LEAST) return foreign;
  const forms = new Set(own.map(toForm));
  const corpus = context.corpus
    .ofKind(kind)
    .filter(
      (value) => forms.has(toForm(value)) && ![...own, ...there].includes(value) && !context.isGranted(kind, value),
    );
  return [...foreign, ...corpus];
}

/** A value in the place of another: as a list where that is one, as a number where that is one. */
export function inPlaceOf(before: JsonValue | undefined, value: string): JsonValue {
  if (Array.isArray(before)) return [inPlaceOf(before[0], value)];
  return typeof before === "number" && String(Number(value)) === value ? Number(value) : value;
}

/** Adds the values that a call's other destinations have to what a decoy is granted. */
export function grantDestinations(
  context: MutationContext,
  tool: InventoryTool,
  args: JsonObject,
  into: Record<string, string[]>,
): void {
  for (const { name, kind } of listDestinationArguments(tool)) {
    const path = GRANTS_OF_DESTINATION[kind];
    if (path === undefined || !Object.hasOwn(args, name)) continue;
    for (const value of listTexts(args[name] as JsonValue)) {
      if (!context.isGranted(kind, value)) into[path] = [...(into[path] ?? []), `+${value}`];
    }
  }
}

function listTexts(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.flatMap(listTexts);
  const text = toText(value);
  return text === undefined ? [] : text.includes("@") ? text.split(/[,;]/).map((part) => part.trim()) : [text.trim()];
}

function toText(value: JsonValue): string | undefined {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}

type Form = "mail" | "web" | "number" | "words" | "name";

function toForm(value: string): Form {
  if (value.includes("@")) return "mail";
  if (/^[a-z]+:\/\//i.test(value)) return "web";
  if (/^[+\d][\d ().-]*$/.test(value)) return "number";
  return value.trim().includes(" ") ? "words" : "name";
}
