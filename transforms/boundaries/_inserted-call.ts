import type { InventoryTool, JsonObject, MutationContext, PlanEdit } from "#contract";

/** A call that both sides have and the parent has not, put in behind one of the parent's. */
export type InsertedCall = {
  /** Its place in the plan. */
  readonly node: number;
  readonly tool: InventoryTool;
  readonly arguments: JsonObject;
  readonly shared: readonly PlanEdit[];
};

/** A call of one of the tools, as the corpus has it; undefined if there is no tool. Each must have a call. */
export function drawInsertedCall(
  { random, calls, toNewId }: MutationContext,
  tools: readonly InventoryTool[],
): InsertedCall | undefined {
  if (tools.length === 0) return undefined;
  const tool = random.pick(tools);
  const args = random.pick(tool.calls);
  const from = calls[random.integer(calls.length)]?.node.node_id as string;
  return {
    node: calls.length,
    tool,
    arguments: args,
    shared: [
      { kind: "node", tool: tool.name, arguments: args, tier: 1 },
      { kind: "edge", from, to: toNewId(0) },
    ],
  };
}
