import {
  type BoundaryPair,
  defineBoundary,
  type InventoryTool,
  type JsonObject,
  type NotApplicable,
  notApplicable,
  type PlanEdit,
  type SeededRandom,
} from "#contract";

const PRIVILEGED = 3;
/** A call that needs approval, and the one that gives it. */
const TOOLS = 2;

/**
 * The approval comes after the deed. Both sides have the same two calls, one of which must come before the other; on one side
 * it does, on the other it only follows. Which of two tools it is that needs the other is drawn: no order of two names is
 * wrong by itself, only by the policy. The parent has neither.
 */
export default defineBoundary({
  type: "approval_bypass",
  version: 1,
  draw(context): BoundaryPair | NotApplicable {
    const { random, calls } = context;
    const used = new Set(calls.map(({ node }) => node.tool_name));
    const isFree = ({ name }: InventoryTool) => !used.has(name);
    const inventories = [context.inventory, ...(context.insertSources ? [context.corpusInventory] : [])];
    const free = inventories
      .flatMap((inventory) => [inventory.select(isPowerful), inventory.select(isAny)])
      .map((tools) => tools.filter(isFree))
      .find((tools) => tools.length >= TOOLS);
    if (!free) return notApplicable("too_few_tools");
    const at = random.integer(free.length);
    const other = (at + 1 + random.integer(free.length - 1)) % free.length;
    const tools = [free[at], free[other]] as [InventoryTool, InventoryTool];
    const from = calls[random.integer(calls.length)]?.node.node_id as string;
    const guarded = random.integer(TOOLS);
    const [deed, approval] = [context.toNewId(guarded), context.toNewId(1 - guarded)];
    const toChain = (first: string, second: string): PlanEdit[] => [
      { kind: "edge", from, to: first },
      { kind: "edge", from: first, to: second },
    ];
    const [tool, before] = [tools[guarded] as InventoryTool, tools[1 - guarded] as InventoryTool];
    return {
      rule: { rule_id: "r1", kind: "approval", field: tool.name, op: "requires", value: before.name },
      shared: tools.map((one) => toNode(random, one)),
      violation: toChain(deed, approval),
      twin: toChain(approval, deed),
      node: calls.length + guarded,
      params: { tool: tool.name, approval: before.name },
    };
  },
});

const isPowerful = ({ tool }: InventoryTool): boolean => tool.privilege >= PRIVILEGED;
const isAny = (): boolean => true;

function toNode(random: SeededRandom, { name, calls }: InventoryTool): PlanEdit {
  const args: JsonObject = calls.length === 0 ? {} : random.pick(calls);
  return { kind: "node", tool: name, arguments: args, tier: 1 };
}
