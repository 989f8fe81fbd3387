import type { DerivedNode, Transform } from "../../contract/index.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../schema/json.ts";
import { toReferencedId } from "../../schema/plan-reference.ts";
import type { PlanNode } from "../../schema/sample.ts";

/** What scope is derived from. */
export type ScopedCall = { readonly tool_name: string; readonly arguments: JsonObject };
export type CallScope = Pick<PlanNode, "scope_volume" | "scope_sensitivity">;
export type DeriveScope = (calls: readonly ScopedCall[], changed: readonly number[], request?: string) => CallScope[];

/**
 * Derives the scope of changed calls again, by the stages of their track that set it: those that do for a draft of which
 * nothing else is known. The other stages need what calls returned, which a sample does not keep.
 *
 * Gives one scope per member of `changed` (places in `calls`), in that order. A reference counts as a value of which nothing
 * is known: what flows through it is the energy's to say. Throws TypeError if the track sets no scope.
 */
export function createScopeDeriver(stages: readonly Transform[]): DeriveScope {
  const scoping = stages.filter((stage) => setsScope(stage));
  return (calls, changed, request) => {
    const nodes = calls.map(toDraftNode);
    const known = request === undefined ? {} : { request };
    const alone = changed.map((place) => nodes[place] as DerivedNode);
    for (const stage of scoping) stage.apply({ nodes: stage.perNode ? alone : nodes, ...known });
    return alone.map(({ scopeVolume, scopeSensitivity }) => {
      if (scopeVolume === undefined || scopeSensitivity === undefined) {
        throw new TypeError("the track's stages set no scope for a draft without edges: mend the track");
      }
      return { scope_volume: scopeVolume, scope_sensitivity: scopeSensitivity };
    });
  };
}

function setsScope(stage: Transform): boolean {
  const node: DerivedNode = { tool: "probe", arguments: { value: 1 } };
  stage.apply({ nodes: [node] });
  return node.scopeVolume !== undefined || node.scopeSensitivity !== undefined;
}

function toDraftNode({ tool_name: tool, arguments: args }: ScopedCall): DerivedNode {
  return { tool, arguments: withoutReferences(args) as JsonObject };
}

/** The value with an empty object for each reference; itself where it has none. */
function withoutReferences(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (toReferencedId(value) !== undefined) return {};
  if (Array.isArray(value)) {
    const members = value.map(withoutReferences);
    return members.some((member, i) => member !== value[i]) ? members : value;
  }
  let copy: JsonObject | undefined;
  for (const key of Object.keys(value)) {
    const member = value[key] as JsonValue;
    const plain = isJsonObject(member) || Array.isArray(member) ? withoutReferences(member) : member;
    if (plain === member) continue;
    copy ??= { ...value };
    copy[key] = plain;
  }
  return copy ?? value;
}
