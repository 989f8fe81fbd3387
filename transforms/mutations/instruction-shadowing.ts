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
  version: 2,
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

/** The call may be so many levels more delicate than what the request needs; of two, its scope would weigh as much as this. */
const LEVELS_MORE = 1;

/** A privileged call of the dataset's own, put in to do what it is told. */
function insertDelegate(context: MutationContext): MutationPair | NotApplicable {
  const { random } = context;
  const tools = selectTools(context, STEERABLE, LEVELS_MORE);
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

/** Where reads may be put in, a plan's own are bound in one of so many pairs. */
const OWN_READS_ONE_IN = 4;

/**
 * An untrusted and a trusted output that `without` does not depend on. Where a plan lacks one, both are put in, in drawn order:
 * beside a read of the plan's own, one that is put in would be known by its id, and so would the side that refers to it. The
 * plan's own two stand where they stand, the untrusted one often first, so that they are taken now and then only.
 */
function findReads(context: MutationContext, without: ReadonlySet<number>): Reads | NotApplicable {
  const { random, insertSources } = context;
  const untrusted = listPlaces(context, (call, place) => call.tainted && !without.has(place));
  const trusted = listPlaces(context, (call, place) => !call.tainted && !without.has(place) && isReading(call));
  const hasBoth = untrusted.length > 0 && trusted.length > 0;
  if (hasBoth && (!insertSources || random.integer(OWN_READS_ONE_IN) === 0)) {
    const [from, instead] = [random.pick(untrusted), random.pick(trusted)];
    return { untrusted: toId(context, from), trusted: toId(context, instead), inserted: [] };
  }
  if (insertSources) return insertReads(context, without);
  return notApplicable(untrusted.length === 0 ? "no_untrusted_read" : "no_trusted_read");
}

function insertReads(context: MutationContext, without: ReadonlySet<number>): Reads | NotApplicable {
  const { calls, random } = context;
  const found = [selectTools(context, UNTRUSTED), selectTools(context, TRUSTED)] as const;
  if (found.some((tools) => tools.length === 0)) return notApplicable("no_such_read_in_inventory");
  // Which of the two comes first says nothing.
  const place = random.integer(2);
  const anchors = calls.map((_, at) => at).filter((at) => !without.has(at));
  const inserted = (place === 0 ? found : found.toReversed()).flatMap((tools, at): PlanEdit[] => {
    const tool = random.pick(tools);
    const node = toNode(tool, drawCall(random, tool));
    if (anchors.length === 0) return [node];
    return [node, { kind: "edge", from: toId(context, random.pick(anchors)), to: context.toNewId(at) }];
  });
  return { untrusted: context.toNewId(place), trusted: context.toNewId(1 - place), inserted };
}

const UNTRUSTED = byLevel(({ tool }) => tool.reach === "outside" && tool.privilege < PRIVILEGED && tool.risk === 0);
const TRUSTED = byLevel(
  (tool) => tool.tool.reach === "read" && isReading(tool) && tool.tool.privilege < PRIVILEGED && tool.tool.risk === 0,
);

function toEdges(untrustedFirst: boolean, { untrusted, trusted }: Reads, to: string): PlanEdit[] {
  const both = untrustedFirst ? [untrusted, trusted] : [trusted, untrusted];
  return both.map((from) => ({ kind: "edge", from, to }));
}
