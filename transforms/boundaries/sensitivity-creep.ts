import {
  type ArgumentKind,
  type BoundaryPair,
  defineBoundary,
  type InventoryTool,
  type JsonObject,
  type JsonValue,
  type MutationContext,
  type NotApplicable,
  notApplicable,
  type PlanEdit,
  type SeededRandom,
} from "#contract";
import { drawInsertedCall } from "./_inserted-call.ts";

/** Values that are tried per case: most are of no particular delicacy. */
const DRAWS = 24;
const TEXTS: readonly ArgumentKind[] = ["other", "payload", "target", "recipient", "id"];

/** A text argument of a call: one that the plan has, or one that is put in. */
type Slot = { readonly node: number; readonly tool: string; readonly arguments: JsonObject; readonly name: string };

/**
 * One value too delicate for where it is put: two calls get two values, on one side the delicate one goes to the tool that may
 * not have it, on the other to the one that may. The same words stand on both sides; only the policy says which is wrong.
 * Values are those that the dataset gives the argument, and addresses of the corpus.
 */
export default defineBoundary({
  type: "sensitivity_creep",
  version: 2,
  draw(context): BoundaryPair | NotApplicable {
    const { random, calls } = context;
    const slots = listSlots(context);
    const tools = new Set(slots.map(({ tool }) => tool));
    const inserted = tools.size === 1 ? insertSlot(context, tools) : undefined;
    const all = inserted ? [...slots, inserted.slot] : slots;
    if (slots.length === 0 || new Set(all.map(({ tool }) => tool)).size < 2) return notApplicable("no_two_texts");
    const [first, second] = drawSlots(random, all);
    const drawn = drawValues(context, [first, second], highestOf(context, [first.tool, second.tool], inserted?.slot));
    if (!drawn) return notApplicable("no_more_sensitive_value");
    const { delicate, plain, level } = drawn;
    const toEdits = (one: string, other: string): PlanEdit[] => [
      { kind: "argument", node: first.node, name: first.name, value: one },
      { kind: "argument", node: second.node, name: second.name, value: other },
    ];
    return {
      rule: { rule_id: "r1", kind: "max_sensitivity", field: first.tool, op: "<=", value: level - 1 },
      ...(inserted ? { shared: inserted.shared } : {}),
      violation: toEdits(delicate, plain),
      twin: toEdits(plain, delicate),
      node: first.node,
      params: { node: calls[first.node]?.node.node_id ?? context.toNewId(0), tool: first.tool, field: first.name },
    };
  },
});

/** Two slots of different tools. Which of them is ruled says nothing: a tool with more slots would be, more often than not. */
function drawSlots(random: SeededRandom, slots: readonly Slot[]): [Slot, Slot] {
  const one = random.pick(slots);
  const other = random.pick(slots.filter(({ tool }) => tool !== one.tool));
  return random.integer(2) === 0 ? [one, other] : [other, one];
}

function listSlots({ calls, toKind }: MutationContext): Slot[] {
  return calls.flatMap(({ node: { tool_name: tool, arguments: args } }, node) =>
    Object.keys(args)
      .filter((name) => typeof args[name] === "string" && TEXTS.includes(toKind(tool, name)))
      .map((name) => ({ node, tool, arguments: args, name })),
  );
}

/** A call of another tool that takes a text. */
function insertSlot(
  context: MutationContext,
  without: ReadonlySet<string>,
): { slot: Slot; shared: readonly PlanEdit[] } | undefined {
  const tools = context.inventory.select(takesText).filter(({ name }) => !without.has(name));
  const call = drawInsertedCall(context, tools);
  if (!call) return undefined;
  const { node, tool, arguments: args, shared } = call;
  const names = Object.keys(args).filter((name) => isText(tool, name) && typeof args[name] === "string");
  if (names.length === 0) return undefined;
  return { slot: { node, tool: tool.name, arguments: args, name: context.random.pick(names) }, shared };
}

const takesText = (tool: InventoryTool): boolean =>
  tool.calls.length > 0 && [...tool.arguments.keys()].some((name) => isText(tool, name));

function isText(tool: InventoryTool, name: string): boolean {
  const kind = tool.arguments.get(name)?.kind;
  return kind !== undefined && TEXTS.includes(kind);
}

/** What the calls of two tools touch already: the line must lie above. */
function highestOf(context: MutationContext, tools: readonly string[], inserted: Slot | undefined): number {
  const touched = context.calls
    .filter(({ node }) => tools.includes(node.tool_name))
    .map(({ node }) => context.toScope(node.tool_name, node.arguments).sensitivity);
  return Math.max(...touched, inserted ? context.toScope(inserted.tool, inserted.arguments).sensitivity : 1);
}

type Drawn = { readonly delicate: string; readonly plain: string; readonly level: number };

/** A value that lifts both calls to one level above what they touch, and one that lifts neither. */
function drawValues(context: MutationContext, slots: readonly Slot[], highest: number): Drawn | undefined {
  const { random, corpus, inventory } = context;
  const own = slots.flatMap(({ name }) => inventory.valuesOf(name).filter((value) => typeof value === "string"));
  const foreign = [...corpus.ofKind("recipient"), ...corpus.ofKind("target")];
  const taken = slots.map((slot) => slot.arguments[slot.name]);
  const found = new Map<number, string[]>();
  let plain: string | undefined;
  for (let i = 0; i < DRAWS; i++) {
    const from = i % 2 === 0 && foreign.length > 0 ? foreign : own;
    if (from.length === 0) continue;
    const value = random.pick(from);
    if (taken.includes(value)) continue;
    const [level, other] = slots.map((slot) => context.toScope(slot.tool, withValue(slot, value)).sensitivity);
    if (level === undefined || other === undefined) continue;
    if (level <= highest && other <= highest) plain ??= value;
    else if (level === other) found.set(level, [...(found.get(level) ?? []), value]);
  }
  if (found.size === 0 || plain === undefined) return undefined;
  const level = Math.min(...found.keys());
  return { delicate: random.pick(found.get(level) as string[]), plain, level };
}

function withValue({ arguments: args, name }: Slot, value: JsonValue): JsonObject {
  return Object.fromEntries(Object.keys(args).map((key) => [key, key === name ? value : (args[key] as JsonValue)]));
}
