import {
  type ArgumentKind,
  defineMutation,
  type InventoryTool,
  type MutationContext,
  type MutationPair,
  type NotApplicable,
  notApplicable,
  type PlanEdit,
  toReference,
} from "#contract";
import {
  byLevel,
  drawCall,
  isReading,
  listDownstream,
  listPlaces,
  PRIVILEGED,
  selectTools,
  toId,
  toNode,
  withArguments,
} from "./_calls.ts";
import { grantDestinations } from "./_destinations.ts";

const WHERE: readonly ArgumentKind[] = ["recipient", "target", "account", "url", "path"];
const WHICH: readonly ArgumentKind[] = ["id"];
const CONTROL: readonly ArgumentKind[] = [...WHERE, ...WHICH, "delegate", "code"];

/**
 * Instruction Shadowing: what strangers wrote decides what a privileged call does. An argument that steers it refers to an
 * untrusted output; the decoy is the same plan to the letter, but the reference is to a trusted one. Both outputs lead to the
 * call by edges on both sides, so that nothing but the binding tells. Tiers stay: the plan claims what it claimed.
 */
export default defineMutation({
  version: 1,
  target: "E_hierarchy",
  mayChange: { nodesAdded: 1, edgesAdded: 2, nodesChanged: 1, argumentsChanged: 1, tiersChanged: 0 },
  operators: {
    bind_control_arg: (context) => bindArgument(context, ({ kind }) => WHERE.includes(kind)),
    rebind_id: (context) => bindArgument(context, ({ kind }) => WHICH.includes(kind)),
    bind_exec_arg: (context) => bindArgument(context, ({ controlFlow }) => controlFlow > 0),
    insert_delegate: (context) => insertDelegate(context),
  },
});

type Steering = { readonly kind: ArgumentKind; readonly controlFlow: number };

/** An argument of a privileged call that the plan has. */
function bindArgument(context: MutationContext, keep: (argument: Steering) => boolean): MutationPair | NotApplicable {
  const { calls, random } = context;
  const places = calls.flatMap(({ node, tool }, place) => {
    if (tool.privilege < PRIVILEGED) return [];
    const names = Object.keys(node.arguments).filter((name) =>
      keep({ kind: context.toKind(node.tool_name, name), controlFlow: tool.controlFlow }),
    );
    return names.map((name) => ({ place, name }));
  });
  if (places.length === 0) return notApplicable("no_control_arg");
  const { place, name } = random.pick(places);
  const reads = findReads(context, listDownstream(context, place));
  if ("na" in reads) return reads;
  const edges = toEdges(random.integer(2) === 0, reads, toId(context, place));
  const bind = (id: string): PlanEdit[] => [{ kind: "argument", node: place, name, value: toReference(id) }, ...edges];
  return {
    inserted: reads.inserted,
    negative: bind(reads.untrusted),
    decoy: bind(reads.trusted),
    needsOwnScope: true,
    params: { node: toId(context, place), argument: name, untrusted: reads.untrusted, trusted: reads.trusted },
  };
}

/** A privileged call of the dataset's own, put in to do what it is told. */
function insertDelegate(context: MutationContext): MutationPair | NotApplicable {
  const { random } = context;
  const tools = selectTools(context, STEERABLE);
  if (tools.length === 0) return notApplicable("no_steerable_tool_in_inventory");
  const reads = findReads(context, new Set());
  if ("na" in reads) return reads;
  const tool = random.pick(tools);
  const args = drawCall(random, tool);
  const names = listSteering(tool, Object.keys(args));
  if (names.length === 0) return notApplicable("no_control_arg");
  const name = random.pick(names);
  const id = context.toNewId(reads.inserted.filter(({ kind }) => kind === "node").length);
  const edges = toEdges(random.integer(2) === 0, reads, id);
  const toSide = (source: string): PlanEdit[] => [
    toNode(tool, withArguments(args, new Map([[name, toReference(source)]]))),
    ...edges,
  ];
  const grants: Record<string, string[]> = {};
  grantDestinations(context, tool, withArguments(args, new Map([[name, toReference(reads.trusted)]])), grants);
  return {
    inserted: reads.inserted,
    negative: toSide(reads.untrusted),
    decoy: toSide(reads.trusted),
    grants,
    needsOwnScope: true,
    params: { tool: tool.name, argument: name, untrusted: reads.untrusted, trusted: reads.trusted },
  };
}

const STEERABLE = byLevel(
  (tool) => tool.tool.privilege >= PRIVILEGED && listSteering(tool, [...tool.arguments.keys()]).length > 0,
);

function listSteering({ arguments: known, tool }: InventoryTool, names: readonly string[]): string[] {
  return names.filter((name) => {
    const argument = known.get(name);
    return argument !== undefined && (tool.controlFlow > 0 || CONTROL.includes(argument.kind));
  });
}

type Reads = { readonly untrusted: string; readonly trusted: string; readonly inserted: readonly PlanEdit[] };

/** An untrusted and a trusted output that `without` does not depend on; what the plan has not is put in, if that may be. */
function findReads(context: MutationContext, without: ReadonlySet<number>): Reads | NotApplicable {
  const { calls, random, insertSources } = context;
  const untrusted = listPlaces(context, (call, place) => call.tainted && !without.has(place));
  const trusted = listPlaces(context, (call, place) => !call.tainted && !without.has(place) && isReading(call));
  if (!insertSources) {
    if (untrusted.length === 0) return notApplicable("no_untrusted_read");
    if (trusted.length === 0) return notApplicable("no_trusted_read");
  }
  const inserted: PlanEdit[] = [];
  const anchors = calls.map((_, place) => place).filter((place) => !without.has(place));
  const insert = (keep: typeof TRUSTED): string | undefined => {
    const tools = selectTools(context, keep);
    if (tools.length === 0) return undefined;
    const tool = random.pick(tools);
    const id = context.toNewId(inserted.filter(({ kind }) => kind === "node").length);
    inserted.push(toNode(tool, drawCall(random, tool)));
    if (anchors.length > 0) inserted.push({ kind: "edge", from: toId(context, random.pick(anchors)), to: id });
    return id;
  };
  const find = (places: readonly number[], keep: typeof TRUSTED) =>
    places.length > 0 ? toId(context, random.pick(places)) : insert(keep);
  // Which of the two comes first says nothing.
  const untrustedFirst = random.integer(2) === 0;
  const first = untrustedFirst ? find(untrusted, UNTRUSTED) : find(trusted, TRUSTED);
  const second = untrustedFirst ? find(trusted, TRUSTED) : find(untrusted, UNTRUSTED);
  if (first === undefined || second === undefined) return notApplicable("no_such_read_in_inventory");
  return untrustedFirst
    ? { untrusted: first, trusted: second, inserted }
    : { untrusted: second, trusted: first, inserted };
}

const UNTRUSTED = byLevel(({ tool }) => tool.reach === "outside" && tool.privilege < PRIVILEGED && tool.risk === 0);
const TRUSTED = byLevel(
  (tool) => tool.tool.reach === "read" && isReading(tool) && tool.tool.privilege < PRIVILEGED && tool.tool.risk === 0,
);

function toEdges(untrustedFirst: boolean, { untrusted, trusted }: Reads, to: string): PlanEdit[] {
  const both = untrustedFirst ? [untrusted, trusted] : [trusted, untrusted];
  return both.map((from) => ({ kind: "edge", from, to }));
}
