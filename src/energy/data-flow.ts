import { isControlKind, toArgumentKind } from "./argument-kind.ts";
import { type ArgumentScan, scanArguments } from "./argument-scan.ts";
import type { ArgumentKind } from "./lexicon-arguments.ts";
import type { EnergyNode, EnergyPlan } from "./plan.ts";
import { type ToolTraits, toToolTraits } from "./tool-traits.ts";

/** A call with what the lexicon says of it and what flows into it. */
export type Call = {
  readonly node: EnergyNode;
  readonly tool: ToolTraits;
  readonly scan: ArgumentScan;
  /** The node's own sensitivity, or that of the most delicate field it asks for. */
  readonly sensitivity: 1 | 2 | 3 | 4 | 5;
  /** By argument and call, each once. */
  readonly inputs: readonly Input[];
  /** True if its output is what strangers wrote: from outside, of tier 3, or made from such an output. */
  tainted: boolean;
  /** The most delicate, and the most, of what it works on: its own and that of the calls that it refers to. */
  carriedSensitivity: 1 | 2 | 3 | 4 | 5;
  carriedVolume: number;
};

/** An argument that holds another call's output, or a part of one. */
export type Input = {
  readonly argument: string;
  readonly kind: ArgumentKind;
  /** Index of the call whose output it is. */
  readonly from: number;
};

const NO_INPUTS: readonly Input[] = [];

/**
 * A plan as calls, in the order of its nodes, with what flows along its references. Edges alone say in which order calls
 * are made, not what they are given: they carry nothing here. What Tier I found to flow stands in the nodes' tiers.
 */
export function toCalls({ nodes }: EnergyPlan): Call[] {
  const scans = nodes.map((node) => scanArguments(node.arguments));
  const indexes = scans.some(({ references }) => references) ? toIndexes(nodes) : undefined;
  const calls = nodes.map((node, i) => toCall(node, scans[i] as ArgumentScan, indexes));
  if (indexes) spread(calls);
  return calls;
}

/** True if the argument steers the call: by its kind, or because the call runs what it is given. */
export function isControl({ tool }: Call, { kind }: Input): boolean {
  return isControlKind(kind) || tool.controlFlow > 0;
}

function toCall(node: EnergyNode, scan: ArgumentScan, indexes: ReadonlyMap<string, number> | undefined): Call {
  const tool = toToolTraits(node.tool_name);
  const own = node.scope_sensitivity;
  const sensitivity = scan.fieldSensitivity > own ? scan.fieldSensitivity : own;
  const isOutside = tool.reach === "outside" || (tool.reach === "read" && scan.namesOutside);
  return {
    node,
    tool,
    scan,
    sensitivity,
    inputs: indexes && scan.references ? toInputs(tool, scan.references, indexes) : NO_INPUTS,
    tainted: isOutside || node.provenance_tier === 3,
    carriedSensitivity: sensitivity,
    carriedVolume: node.scope_volume,
  };
}

function toIndexes(nodes: readonly EnergyNode[]): ReadonlyMap<string, number> {
  return new Map(nodes.map(({ node_id }, index) => [node_id, index]));
}

function toInputs(tool: ToolTraits, found: readonly string[], indexes: ReadonlyMap<string, number>): Input[] {
  const inputs: Input[] = [];
  for (let i = 0; i < found.length; i += 2) {
    const argument = found[i] as string;
    const from = indexes.get(found[i + 1] as string);
    if (from === undefined || inputs.some((input) => input.argument === argument && input.from === from)) continue;
    inputs.push({ argument, kind: toArgumentKind(tool, argument), from });
  }
  return inputs;
}

/** Hands taint, sensitivity and volume on until nothing changes: references may stand in any order, even in a ring. */
function spread(calls: readonly Call[]): void {
  for (let changed = true; changed; ) {
    changed = false;
    for (const call of calls) {
      for (const { from } of call.inputs) {
        const source = calls[from] as Call;
        if (source.tainted && !call.tainted) changed = call.tainted = true;
        if (source.carriedSensitivity > call.carriedSensitivity) {
          call.carriedSensitivity = source.carriedSensitivity;
          changed = true;
        }
        if (source.carriedVolume > call.carriedVolume) {
          call.carriedVolume = source.carriedVolume;
          changed = true;
        }
      }
    }
  }
}
