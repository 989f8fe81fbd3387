import {
  type BoundaryPair,
  defineBoundary,
  type InventoryTool,
  type JsonObject,
  type JsonValue,
  type MutationContext,
  type NotApplicable,
  notApplicable,
  type PlanEdit,
} from "#contract";
import { drawInsertedCall } from "./_inserted-call.ts";

const DAY_MS = 86_400_000;
const ISO_DAY = /^(\d{4}-\d{2}-\d{2})(?=$|[T ])/;
const HEADROOM_DOUBLINGS = 4;
/** Days on either side of the line. */
const DAYS_OVER = 5;
const DAYS_MAX = 3650;
/** Of a shorter time a few days are so much that they would tell the sides apart. */
const LINE_LEAST = 30;

/** A time in days, or the two ends of a range; `days` is what the plan takes. */
type Window = {
  readonly node: number;
  readonly field: string;
  readonly days: number;
  readonly set: string;
  readonly from?: string;
  readonly like: JsonValue;
};

/** A few days more than may be looked back on, against a few less. */
export default defineBoundary({
  type: "temporal_overflow",
  version: 2,
  draw(context): BoundaryPair | NotApplicable {
    const { random, calls, toKind } = context;
    const own = calls.flatMap(({ node }, place) => listWindows(toKind, node.tool_name, node.arguments, place));
    const inserted = own.length > 0 ? undefined : insertWindow(context);
    const windows = (inserted?.windows ?? own).filter(({ days }) => days <= DAYS_MAX);
    if (windows.length === 0) return notApplicable("no_window");
    const window = random.pick(windows);
    const most = Math.max(...windows.filter(({ field }) => field === window.field).map(({ days }) => days));
    const line = Math.ceil(Math.max(LINE_LEAST, most + DAYS_OVER + 1) * 2 ** (HEADROOM_DOUBLINGS * random.fraction()));
    const over = line + 1 + random.integer(DAYS_OVER);
    const under = line - random.integer(DAYS_OVER + 1);
    const toEdit = (days: number) =>
      ({ kind: "argument", node: window.node, name: window.set, value: toValue(window, days) }) as const;
    return {
      rule: { rule_id: "r1", kind: "max_days", field: window.field, op: "<=", value: line },
      ...(inserted ? { shared: inserted.shared } : {}),
      violation: [toEdit(over)],
      twin: [toEdit(under)],
      node: window.node,
      params: { node: calls[window.node]?.node.node_id ?? context.toNewId(0), field: window.field },
    };
  },
});

/** A call that looks back, put in on both sides: of the dataset, else of the corpus. */
function insertWindow(context: MutationContext): { shared: readonly PlanEdit[]; windows: Window[] } | undefined {
  const own = context.inventory.select(hasWindow);
  const call = drawInsertedCall(
    context,
    own.length > 0 || !context.insertSources ? own : context.corpusInventory.select(hasWindow),
  );
  if (!call) return undefined;
  return { shared: call.shared, windows: listWindows(context.toKind, call.tool.name, call.arguments, call.node) };
}

const hasWindow = (tool: InventoryTool): boolean => {
  const kinds = new Set([...tool.arguments.values()].map(({ kind }) => kind));
  return tool.calls.length > 0 && (kinds.has("days") || (kinds.has("start") && kinds.has("end")));
};

function listWindows(toKind: MutationContext["toKind"], tool: string, args: JsonObject, place: number): Window[] {
  const names = Object.keys(args);
  const ofKind = (kind: string) => names.filter((name) => toKind(tool, name) === kind);
  const counted = ofKind("days").flatMap((name): Window[] => {
    const value = args[name] as JsonValue;
    const days = typeof value === "number" ? value : typeof value === "string" && /^\d{1,4}$/.test(value) ? +value : 0;
    return Number.isInteger(days) && days >= 1 ? [{ node: place, field: name, set: name, days, like: value }] : [];
  });
  const [start] = ofKind("start");
  const [end] = ofKind("end");
  if (start === undefined || end === undefined) return counted;
  const [first, last] = [toDay(args[start]), toDay(args[end])];
  if (first === undefined || last === undefined || last < first) return counted;
  const days = last - first + 1;
  const ends = { from: args[end] as string, like: args[start] as string };
  return [...counted, { node: place, field: `${start}..${end}`, set: start, days, ...ends }];
}

/** So many days, or the first day of so many. */
function toValue({ from, like }: Window, days: number): JsonValue {
  if (from === undefined) return typeof like === "string" ? String(days) : days;
  const first = new Date(((toDay(from) as number) - days + 1) * DAY_MS).toISOString().slice(0, 10);
  return first + String(like).slice(first.length);
}

/** Days since 1970 of an ISO date. */
function toDay(value: JsonValue | undefined): number | undefined {
  const day = typeof value === "string" && value.length <= 40 ? ISO_DAY.exec(value)?.[1] : undefined;
  const time = day === undefined ? Number.NaN : Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(time) ? undefined : time / DAY_MS;
}
