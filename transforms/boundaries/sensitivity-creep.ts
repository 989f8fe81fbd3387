import {
  type BoundaryPair,
  defineBoundary,
  type JsonObject,
  type JsonValue,
  type MutationContext,
  type NotApplicable,
  notApplicable,
} from "#contract";

/** Values that are tried per case: most are of no particular delicacy. */
const DRAWS = 24;

/**
 * One value too delicate: the same argument, with a value of the next level above what may be seen, against one within. Values
 * are those that the dataset gives the argument, and addresses of the corpus.
 */
export default defineBoundary({
  type: "sensitivity_creep",
  version: 1,
  draw(context): BoundaryPair | NotApplicable {
    const { random, calls, corpus } = context;
    const highest = Math.max(...calls.map(({ node }) => context.toSensitivity(node.tool_name, node.arguments)));
    if (highest >= 5) return notApplicable("highest_already");
    const places = listTexts(context);
    if (places.length === 0) return notApplicable("no_text");
    const { node, name } = random.pick(places);
    const call = calls[node]?.node as (typeof calls)[number]["node"];
    const own = context.inventory.valuesOf(name).filter((value) => typeof value === "string");
    const foreign = [...corpus.ofKind("recipient"), ...corpus.ofKind("target")];
    const found = new Map<number, string[]>();
    for (let i = 0; i < DRAWS; i++) {
      const from = i % 2 === 0 && foreign.length > 0 ? foreign : own;
      if (from.length === 0) continue;
      const value = random.pick(from);
      if (value === call.arguments[name]) continue;
      const level = context.toSensitivity(call.tool_name, withMember(call.arguments, name, value));
      found.set(level, [...(found.get(level) ?? []), value]);
    }
    const over = [...found.keys()].filter((level) => level > highest);
    if (over.length === 0) return notApplicable("no_more_sensitive_value");
    const level = Math.min(...over);
    const within = [...found].flatMap(([other, values]) => (other < level ? values : []));
    if (within.length === 0) return notApplicable("no_value_within");
    const toEdit = (value: string) => ({ kind: "argument", node, name, value }) as const;
    return {
      rule: { rule_id: "r1", kind: "max_sensitivity", field: "scope_sensitivity", op: "<=", value: level - 1 },
      violation: [toEdit(random.pick(found.get(level) as string[]))],
      twin: [toEdit(random.pick(within))],
      node,
      params: { node: call.node_id, field: name },
    };
  },
});

function listTexts({ calls, toKind }: MutationContext): { node: number; name: string }[] {
  return calls.flatMap(({ node }, place) =>
    Object.keys(node.arguments)
      .filter((name) => typeof node.arguments[name] === "string")
      .filter((name) => ["other", "payload", "target", "recipient", "id"].includes(toKind(node.tool_name, name)))
      .map((name) => ({ node: place, name })),
  );
}

function withMember(args: JsonObject, name: string, value: JsonValue): JsonObject {
  return Object.fromEntries(Object.keys(args).map((key) => [key, key === name ? value : (args[key] as JsonValue)]));
}
