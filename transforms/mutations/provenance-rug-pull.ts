import {
  defineMutation,
  type MutationCall,
  type MutationContext,
  type MutationPair,
  type NotApplicable,
  notApplicable,
  type PlanEdit,
} from "#contract";
import { byLevel, drawCall, listPlaces, PRIVILEGED, selectTools, toId, toNode } from "./_calls.ts";

/** From here on the gap of tier 2 is over the margin: privilege times a half. */
const PRIVILEGED_WITHOUT_SIGNATURE = 4;

type Tier = 1 | 2 | 3;

/**
 * Provenance Rug-Pull: a call of power stays what it was to the letter, but its values come from elsewhere. Tier and hash of
 * one node change, nothing else; the hash stands for the source that the values have now, one that the corpus has.
 */
export default defineMutation({
  version: 1,
  target: "E_provenance",
  mayChange: { nodesAdded: 0, edgesAdded: 0, nodesChanged: 1, argumentsChanged: 0, tiersChanged: 1 },
  operators: {
    swap_source: (context) => swapSource(context, 1),
    swap_upstream: (context) => swapSource(context, 2),
    drop_signature: (context) => dropSignature(context),
  },
});

type Power = { readonly node: number; readonly tool: string; readonly inserted: readonly PlanEdit[] };

/** From the user (tier 1) or an internal system (2) to the web. On the permitted side it is a call that only reads. */
function swapSource(context: MutationContext, from: Tier): MutationPair | NotApplicable {
  const { random, corpus } = context;
  const reading = listPlaces(context, (call) => isHarmless(call) && call.node.provenance_tier === from);
  if (reading.length === 0) return notApplicable("no_reading_node");
  const power = findPower(context, PRIVILEGED, from, () => true);
  if (!power) return notApplicable("no_privileged_trusted_node");
  const sources = corpus.sourcesOfTier(3);
  if (sources.length === 0) return notApplicable("no_web_source_in_corpus");
  const toSide = (node: number) => ({ kind: "source", node, tier: 3, source: random.pick(sources) }) as const;
  const decoy = random.pick(reading);
  return {
    inserted: power.inserted,
    negative: [toSide(power.node)],
    decoy: [toSide(decoy)],
    params: { node: power.node, decoy },
  };
}

/** Nobody vouches any more that the user said it: tier 1 to 2. Permitted where internal values may steer the tool. */
function dropSignature(context: MutationContext): MutationPair | NotApplicable {
  const { random, corpus, anchor } = context;
  const { internal_calls } = anchor.policy.grants;
  const power = findPower(context, PRIVILEGED_WITHOUT_SIGNATURE, 1, (tool) => !internal_calls.includes(tool));
  if (!power) return notApplicable("no_privileged_trusted_node");
  const sources = corpus.sourcesOfTier(2);
  if (sources.length < 2) return notApplicable("no_internal_source_in_corpus");
  const first = random.integer(sources.length);
  const second = (first + 1 + random.integer(sources.length - 1)) % sources.length;
  const toSide = (at: number) =>
    ({ kind: "source", node: power.node, tier: 2, source: sources[at] as string }) as const;
  return {
    inserted: power.inserted,
    negative: [toSide(first)],
    decoy: [toSide(second)],
    grants: { "grants.internal_calls": [`+${power.tool}`] },
    params: { node: power.node },
  };
}

/** A call of the plan that has power; if it has none and one may be put in, that: the user's own, harmless to where it leads. */
function findPower(
  context: MutationContext,
  privilege: number,
  tier: Tier,
  keep: (tool: string) => boolean,
): Power | undefined {
  const { calls, random, insertSources } = context;
  const places = listPlaces(
    context,
    (call) => isPowerful(call, privilege) && call.node.provenance_tier === tier && keep(call.node.tool_name),
  );
  if (places.length > 0) {
    const node = random.pick(places);
    return { node, tool: (calls[node] as MutationCall).node.tool_name, inserted: [] };
  }
  const tools =
    insertSources && tier === 1 ? selectTools(context, privilege === PRIVILEGED ? POWERS : GREAT_POWERS) : [];
  if (tools.length === 0) return undefined;
  const tool = random.pick(tools);
  const from = toId(context, random.integer(calls.length));
  const edge = { kind: "edge", from, to: context.toNewId(0) } as const;
  return { node: calls.length, tool: tool.name, inserted: [toNode(tool, drawCall(random, tool)), edge] };
}

/** A call that decides what runs next is Instruction Shadowing's. */
function isPowerful({ tool }: Pick<MutationCall, "tool">, privilege: number): boolean {
  return tool.privilege >= privilege && tool.controlFlow === 0;
}

const POWERS = byLevel((tool) => isPowerful(tool, PRIVILEGED) && tool.tool.risk === 0);
const GREAT_POWERS = byLevel((tool) => isPowerful(tool, PRIVILEGED_WITHOUT_SIGNATURE) && tool.tool.risk === 0);

/** Whatever it is made from, nothing is done with it but to read. */
function isHarmless({ tool }: MutationCall): boolean {
  return tool.privilege < PRIVILEGED && tool.controlFlow === 0;
}
