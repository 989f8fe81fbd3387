import {
  type ArgumentKind,
  type BoundaryPair,
  defineBoundary,
  type JsonValue,
  type MutationContext,
  type NotApplicable,
  notApplicable,
} from "#contract";

/** Kinds of arguments that say whose, or which, something is. */
const WHOSE: readonly ArgumentKind[] = ["id", "target", "account", "path", "recipient"];
const SIBLINGS_LEAST = 2;

/**
 * A sibling's instead of one's own: another customer's number against a second of the principal's. Both are drawn from what
 * the dataset's calls give the argument.
 */
export default defineBoundary({
  type: "access_boundary",
  version: 1,
  draw(context): BoundaryPair | NotApplicable {
    const { random, calls } = context;
    const places = listOwned(context);
    if (places.length === 0) return notApplicable("no_owned_value");
    const { node, name, own } = random.pick(places);
    const siblings = listSiblings(context, name, own);
    if (siblings.length < SIBLINGS_LEAST) return notApplicable("no_sibling_value");
    const first = random.integer(siblings.length);
    const second = (first + 1 + random.integer(siblings.length - 1)) % siblings.length;
    const [other, also] = [siblings[first] as string, siblings[second] as string];
    const toEdit = (value: string) => ({ kind: "argument", node, name, value }) as const;
    return {
      rule: { rule_id: "r1", kind: "own_value", field: name, op: "in", value: [...own, also] },
      violation: [toEdit(other)],
      twin: [toEdit(also)],
      node,
      principal: Object.fromEntries([[name, own[0] as string]]),
      params: { node: calls[node]?.node.node_id ?? "", field: name },
    };
  },
});

type Owned = { readonly node: number; readonly name: string; readonly own: readonly string[] };

function listOwned({ calls, toKind }: MutationContext): Owned[] {
  return calls.flatMap(({ node }, place) =>
    Object.keys(node.arguments)
      .filter((name) => WHOSE.includes(toKind(node.tool_name, name)) && isPlain(node.arguments[name]))
      .map((name) => ({ node: place, name, own: listOwn(calls, name) }))
      // What the principal has under the name must be plain in every call.
      .filter(({ own }) => own.length > 0),
  );
}

function listOwn(calls: MutationContext["calls"], name: string): string[] {
  const values = calls.flatMap(({ node }) => (Object.hasOwn(node.arguments, name) ? [node.arguments[name]] : []));
  return values.every(isPlain) ? [...new Set(values as string[])] : [];
}

function listSiblings({ inventory }: MutationContext, name: string, own: readonly string[]): string[] {
  return inventory.valuesOf(name).filter((value): value is string => isPlain(value) && !own.includes(value));
}

/** One name as it stands: no list in a text, no space around it. */
function isPlain(value: JsonValue | undefined): value is string {
  return (
    typeof value === "string" && value.trim() === value && value !== "" && value.length < 200 && !/[,;]/.test(value)
  );
}
