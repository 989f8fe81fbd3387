import type { InventoryArgument, JsonValue, MutationCall, MutationContext } from "#contract";

/** An argument of a call of the plan, or one that it could have: `value` is undefined where it has not. */
export type Place = {
  readonly call: MutationCall;
  /** Place of the call in the plan. */
  readonly node: number;
  readonly argument: InventoryArgument;
  readonly value: JsonValue | undefined;
};

/**
 * The arguments that the calls of the plan have, or that other calls of the same tool have in the dataset, and that `keep` is
 * true of. In the order of the plan, then of the inventory.
 */
export function listKnownArguments(
  { calls, inventory }: MutationContext,
  keep: (argument: InventoryArgument) => boolean,
): Place[] {
  const places: Place[] = [];
  for (let node = 0; node < calls.length; node++) {
    const call = calls[node] as MutationCall;
    const tool = inventory.tools.get(call.node.tool_name);
    if (!tool) continue;
    for (const argument of tool.arguments.values()) {
      if (!keep(argument)) continue;
      const args = call.node.arguments;
      const value = Object.hasOwn(args, argument.name) ? args[argument.name] : undefined;
      places.push({ call, node, argument, value });
    }
  }
  return places;
}
