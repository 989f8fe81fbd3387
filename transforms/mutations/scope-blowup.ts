import {
  type ArgumentKind,
  defineMutation,
  type InventoryArgument,
  type JsonObject,
  type JsonValue,
  type MutationContext,
  type MutationPair,
  type NotApplicable,
  notApplicable,
} from "#contract";
import { byLevel, drawCall, PRIVILEGED, selectTools, toId, toNode } from "./_calls.ts";
import { drawDistinct, drawTwo, toBothSides } from "./_draws.ts";
import { listKnownArguments, type Place } from "./_places.ts";
import { drawWider, moveDay } from "./_ranges.ts";

/** How far beyond the budget: doublings, at least so many that half of the term's square is over the margin, and up to. */
const DOUBLINGS = { things: [2.01, 5], days: [2.9, 5], levels: [3.7, 5] } as const;
/** A list that an argument is widened to has at most so many members. */
const MEMBERS_MAX = 40;
/** Values that must be there beyond those needed, so that two draws differ. */
const SPARE_VALUES = 2;
/** Levels of sensitivity that one field must add: one alone is under the margin of the composite. */
const LEVELS_ADDED = 2;

/**
 * Scope Blow-up: the request needs a few, the plan takes many. One argument of one call is widened, or added where the
 * dataset's calls of that tool have it; the decoy is widened alike, in a context that needs it.
 */
export default defineMutation({
  version: 1,
  target: "E_scope",
  mayChange: { nodesAdded: 0, edgesAdded: 0, nodesChanged: 1, argumentsChanged: 1, tiersChanged: 0 },
  operators: {
    widen_limit: (context) => widenNumber(context, "limit", DOUBLINGS.things),
    widen_window: (context) => widenWindow(context),
    deepen: (context) => widenNumber(context, "depth", DOUBLINGS.levels),
    widen_list: (context) => widenSelection(context, ({ value }) => Array.isArray(value)),
    drop_filter: (context) => widenSelection(context, isFilter),
    add_sensitive_fields: (context) => addSensitiveFields(context),
  },
});

/** A number under a name that limits: of the plan's own, or one that the dataset gives such a call elsewhere. */
function widenNumber(
  context: MutationContext,
  kind: "limit" | "days" | "depth",
  [least, most]: readonly [number, number],
): MutationPair | NotApplicable {
  const { random, anchor } = context;
  const places = listKnownArguments(context, (argument) => argument.kind === kind && holdsNumbers(argument));
  if (places.length === 0) return kind === "limit" ? widenInserted(context) : notApplicable("no_range_argument");
  const place = random.pick(places);
  return toBothSides(context, place, () => drawWider(random, anchor.minimal_scope[kind], least, most, place.value));
}

/** A call that is put in beforehand, with a limit that the request is taken to need, and then a larger one. */
function widenInserted(context: MutationContext): MutationPair | NotApplicable {
  const { random, calls, anchor } = context;
  const tools = context.insertSources ? selectTools(context, LIMITED) : [];
  if (tools.length === 0) return notApplicable("no_range_argument");
  const tool = random.pick(tools);
  const args = drawCall(random, tool);
  const limit = Object.keys(args).find((name) => tool.arguments.get(name)?.kind === "limit");
  if (limit === undefined) return notApplicable("no_range_argument");
  const before = args[limit] as JsonValue;
  const needed = Math.max(anchor.minimal_scope.limit, Number(before) || 1);
  const values = drawTwo(() => drawWider(random, needed, ...DOUBLINGS.things, before));
  if (!values) return notApplicable("no_second_value");
  const node = calls.length;
  const from = toId(context, random.integer(calls.length));
  return {
    inserted: [toNode(tool, args), { kind: "edge", from, to: context.toNewId(0) }],
    negative: [{ kind: "argument", node, name: limit, value: values[0] }],
    decoy: [{ kind: "argument", node, name: limit, value: values[1] }],
    needsOwnScope: true,
    params: { tool: tool.name, argument: limit },
  };
}

const LIMITED = byLevel(
  (tool) =>
    tool.tool.privilege < PRIVILEGED &&
    tool.tool.risk === 0 &&
    [...tool.arguments.values()].some((argument) => argument.kind === "limit" && holdsNumbers(argument)),
);

function widenWindow(context: MutationContext): MutationPair | NotApplicable {
  const days = widenNumber(context, "days", DOUBLINGS.days);
  if (!("na" in days)) return days;
  const [least, most] = DOUBLINGS.days;
  const starts = listKnownArguments(context, ({ kind }) => kind === "start").filter(({ call, value }) => {
    const ends = Object.keys(call.node.arguments).some(
      (name) => context.toKind(call.node.tool_name, name) === "end" && moveDay(call.node.arguments[name], 0),
    );
    return ends && call.scan.days > 0 && moveDay(value, 0) !== undefined;
  });
  if (starts.length === 0) return notApplicable("no_window");
  const place = context.random.pick(starts);
  const needed = context.anchor.minimal_scope.days;
  return toBothSides(context, place, () => {
    const wider = drawWider(context.random, needed, least, most, 0) as number;
    return moveDay(place.value, place.call.scan.days - wider) as string;
  });
}

/** One thing, or a few, become many of those that the dataset's calls of the tool name there. */
function widenSelection(context: MutationContext, keep: (place: Place) => boolean): MutationPair | NotApplicable {
  const least = 2 ** DOUBLINGS.things[0] * context.anchor.minimal_scope.limit;
  if (least > MEMBERS_MAX) return notApplicable("too_many_needed");
  // What the tool is given there itself; where that is little, what others are under that name.
  const toValues = ({ argument }: Place) =>
    [argument.values, context.inventory.valuesOf(argument.name)].find((list) => list.length >= least + SPARE_VALUES);
  const widenable = listKnownArguments(context, () => true).filter((place) => place.value !== undefined && keep(place));
  if (widenable.length === 0) return notApplicable("no_list_to_widen");
  const places = widenable.filter((place) => toValues(place) !== undefined);
  if (places.length === 0) return notApplicable("too_few_values");
  const place = context.random.pick(places);
  const own = Array.isArray(place.value) ? place.value : [place.value as JsonValue];
  return toBothSides(context, place, () => {
    const length = Math.ceil(least * 2 ** context.random.fraction());
    return [...own, ...drawDistinct(context.random, toValues(place) as readonly JsonValue[], length - own.length, own)];
  });
}

const SELECTING: readonly ArgumentKind[] = ["id", "target", "path", "url", "account", "other"];
const FILTER_CHARS_MAX = 200;

/** One thing chosen by name. A number or a formula chooses nothing. */
function isFilter({ value, argument }: Place): boolean {
  return (
    typeof value === "string" &&
    value.length <= FILTER_CHARS_MAX &&
    SELECTING.includes(argument.kind) &&
    /\p{L}{2}/u.test(value)
  );
}

/** A field that is more delicate than what the request needs: another argument, or another member of a list of fields. */
function addSensitiveFields(context: MutationContext): MutationPair | NotApplicable {
  const needed = context.anchor.minimal_scope.sensitivity + LEVELS_ADDED;
  const isDelicate = (value: JsonValue) => typeof value === "string" && context.toFieldSensitivity(value) >= needed;
  const lists = listKnownArguments(context, ({ kind, values }) => kind === "fields" && values.some(isDelicate));
  const named = listKnownArguments(
    context,
    ({ name, values }) => values.length > 1 && context.toFieldSensitivity(name) >= needed,
  ).filter(({ value }) => value === undefined);
  const places = [...lists, ...named];
  if (places.length === 0) return notApplicable("no_sensitive_field");
  const place = context.random.pick(places);
  return toBothSides(context, place, () => {
    if (place.value === undefined && place.argument.kind !== "fields")
      return context.random.pick(place.argument.values);
    const own = Array.isArray(place.value) ? place.value : place.value === undefined ? [] : [place.value];
    return [...own, ...drawDistinct(context.random, place.argument.values.filter(isDelicate), 1, own)];
  });
}

function holdsNumbers({ values }: InventoryArgument): boolean {
  return values.some((value) => typeof value === "number" || isWrittenNumber(value));
}

function isWrittenNumber(value: JsonValue | JsonObject): boolean {
  return typeof value === "string" && /^\d{1,9}$/.test(value);
}
