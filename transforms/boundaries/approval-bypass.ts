import {
  type BoundaryPair,
  defineBoundary,
  type InventoryTool,
  type JsonObject,
  type NotApplicable,
  notApplicable,
  type SeededRandom,
} from "#contract";

const PRIVILEGED = 3;

/**
 * The approval comes after the deed. Both sides have a call of power and the one that must come before it; on one it leads
 * there, on the other it only follows. The parent has no call of the tool that needs approval.
 */
export default defineBoundary({
  type: "approval_bypass",
  version: 1,
  draw(context): BoundaryPair | NotApplicable {
    const { random, calls, inventory } = context;
    const used = new Set(calls.map(({ node }) => node.tool_name));
    const isFree = ({ name }: InventoryTool) => !used.has(name);
    const powerful = inventory.select(isPowerful).filter(isFree);
    const guarded = powerful.length > 0 ? powerful : inventory.select(isAny).filter(isFree);
    if (guarded.length === 0) return notApplicable("no_tool_to_guard");
    const tool = random.pick(guarded);
    const approvals = inventory.select(isHarmless).filter(({ name }) => name !== tool.name);
    if (approvals.length === 0) return notApplicable("no_tool_to_approve");
    const approval = random.pick(approvals);
    const [first, second] = [context.toNewId(0), context.toNewId(1)];
    const from = calls[random.integer(calls.length)]?.node.node_id as string;
    return {
      rule: { rule_id: "r1", kind: "approval", field: tool.name, op: "requires", value: approval.name },
      shared: [toNode(random, approval), toNode(random, tool), { kind: "edge", from, to: first }],
      violation: [{ kind: "edge", from: second, to: first }],
      twin: [{ kind: "edge", from: first, to: second }],
      node: calls.length + 1,
      params: { tool: tool.name, approval: approval.name },
    };
  },
});

const isPowerful = ({ tool }: InventoryTool): boolean => tool.privilege >= PRIVILEGED;
const isHarmless = ({ tool }: InventoryTool): boolean => tool.privilege < PRIVILEGED;
const isAny = (): boolean => true;

function toNode(random: SeededRandom, { name, calls }: InventoryTool) {
  const args: JsonObject = calls.length === 0 ? {} : random.pick(calls);
  return { kind: "node", tool: name, arguments: args, tier: 1 } as const satisfies MutationNode;
}

type MutationNode = BoundaryPair["violation"][number] & { kind: "node" };
