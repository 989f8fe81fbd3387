import { hash } from "node:crypto";
import { type DerivedDraft, type DerivedNode, type JsonObject, RowError } from "#contract";
import { isInCanonicalOrder, toCanonicalJson } from "../schema/canonical-json.ts";
import { findCycle } from "../schema/graph.ts";
import { escapeLineEnds, hasLoneSurrogate } from "../schema/json-line.ts";
import { IDENTITY_BYTES, toIdentitySubject } from "../schema/plan-identity.ts";
import { createNodeHasher } from "../schema/provenance.ts";
import { EDGE_KINDS, NODES_MAX, type Source, sourcePlaceSchema, TOOL_NAME_CHARS_MAX } from "../schema/sample.ts";

/** A sample as the line it becomes, with what else must be known of it. */
export type MadeSample = {
  /** JSON, without its line end. */
  readonly line: string;
  readonly nodes: readonly DerivedNode[];
  /** What toPlanIdentity gives for the sample. */
  identity(): string;
};

/** What is the same for all samples of a slice. */
export type SamplePlace = {
  readonly track: string;
  readonly loader: string;
  readonly category: string;
  readonly evaluationSet: boolean;
  readonly source: Omit<Source, "row" | "row_sha256">;
};

/** Where one sample comes from. */
export type SampleRow = {
  readonly id: string;
  readonly row: number;
  readonly rowSha256: string;
};

/**
 * Puts the samples of a slice together as text, each piece written once: the arguments' JSON serves the line, the
 * provenance hash and the identity. Building the object, checking it with zod, and writing it three times over takes
 * three times as long (measured: docs/performance.md). What a sample must be is said by `sampleSchema`; `isSound` holds
 * exactly where it does (a property test compares them), and a sample that isn't sound gives undefined.
 *
 * Throws RowError (sample): `not_json` for arguments that JSON cannot hold, `lone_surrogate`, `tool_name_too_long`.
 */
export function createAssembler(
  place: SamplePlace,
): (draft: DerivedDraft, sampleRow: SampleRow) => MadeSample | undefined {
  const isPlaceSound = sourcePlaceSchema.safeParse(place.source).success && place.category !== "";
  const toNodeHash = createNodeHasher(place.source);
  const { dataset, revision, config, split, file } = place.source;
  const middle = `"label":"benign","original_id":`;
  const category = `,"category":${JSON.stringify(place.category)},"metadata":{"track":${JSON.stringify(place.track)},"loader":${JSON.stringify(place.loader)}`;
  const evaluationSet = place.evaluationSet ? ',"evaluation_set":true' : "";
  const source = `,"source":${JSON.stringify({ dataset, revision, config, split, file }).slice(0, -1)},"row":`;

  return (draft, { id, row, rowSha256 }) => {
    if (!isPlaceSound || !isSound(draft)) return undefined;
    const idText = JSON.stringify(id);
    const idStart = idText.slice(0, -1);
    const calls: string[] = [];
    let nodes = "";
    for (let index = 0; index < draft.nodes.length; index++) {
      const {
        tool,
        arguments: args,
        provenanceTier,
        scopeVolume,
        scopeSensitivity,
      } = draft.nodes[index] as DerivedNode;
      if (tool.length > TOOL_NAME_CHARS_MAX) throw tooLongName(tool, index);
      const toolText = JSON.stringify(tool);
      const { text, canonical } = toArgumentsText(args, index);
      const nodeHash = toNodeHash({ row, rowSha256, index, toolText, argumentsText: canonical });
      calls.push(`[${toolText},${canonical}]`);
      nodes += `${index === 0 ? "" : ","}{"node_id":${idStart}:n${index}","tool_name":${toolText},"arguments":${text},"provenance_tier":${provenanceTier},"provenance_hash":"${nodeHash}","scope_volume":${scopeVolume},"scope_sensitivity":${scopeSensitivity}}`;
    }
    const edgeList = draft.edgeList ?? [];
    let edges = "";
    for (let i = 0; i < edgeList.length; i++) {
      const [from, to] = edgeList[i] as readonly [number, number];
      edges += `${i === 0 ? "" : ","}[${idStart}:n${from}",${idStart}:n${to}"]`;
    }
    const requestText = draft.request === undefined ? undefined : JSON.stringify(draft.request);
    const json =
      `{"execution_plan":{"nodes":[${nodes}],"edges":[${edges}]},${middle}${idText}${category}` +
      `${requestText === undefined ? "" : `,"request":${requestText}`},"edges":"${draft.edgeKind}"` +
      `${draft.language === undefined ? "" : `,"language":${JSON.stringify(draft.language)}`}${evaluationSet}` +
      `${draft.extra === undefined ? "" : `,"extra":${JSON.stringify(draft.extra)}`}${source}${row},"row_sha256":"${rowSha256}"}}}`;
    return {
      line: toSoundLine(json),
      nodes: draft.nodes,
      identity: () =>
        hash("sha256", toIdentitySubject(requestText ?? "null", calls, edgeList), "hex").slice(0, 2 * IDENTITY_BYTES),
    };
  };
}

function tooLongName(tool: string, index: number): RowError {
  const what = `the tool of node ${index} has a name of ${tool.length} characters; at most ${TOOL_NAME_CHARS_MAX} are a name`;
  return new RowError("sample", "tool_name_too_long", what);
}

function toSoundLine(json: string): string {
  const line = escapeLineEnds(json);
  if (!hasLoneSurrogate(line)) return line;
  const what = "it holds half of a surrogate pair, which is no Unicode text: parsers refuse it or read something else";
  throw new RowError("sample", "lone_surrogate", what);
}

type ArgumentsText = { readonly text: string; readonly canonical: string };

function toArgumentsText(args: JsonObject, index: number): ArgumentsText {
  // Most arguments come with their names in order; the built-in writer is three times as fast as ours.
  if (isInCanonicalOrder(args)) {
    const text = JSON.stringify(args);
    return { text, canonical: text };
  }
  try {
    return { canonical: toCanonicalJson(args), text: JSON.stringify(args) };
  } catch (error) {
    throw new RowError("sample", "not_json", `node ${index}: ${(error as Error).message}`, { cause: error });
  }
}

/** True if the draft becomes a sample that `sampleSchema` accepts. */
export function isSound(draft: DerivedDraft): boolean {
  const { nodes, edgeList = [], edgeKind, request, language, extra } = draft;
  return (
    nodes.length >= 1 &&
    nodes.length <= NODES_MAX &&
    nodes.every(isSoundNode) &&
    areSoundEdges(edgeList, nodes.length) &&
    edgeKind !== undefined &&
    EDGE_KINDS.includes(edgeKind) &&
    (request === undefined || typeof request === "string") &&
    (language === undefined || typeof language === "string") &&
    (extra === undefined || (typeof extra === "object" && extra !== null))
  );
}

function isSoundNode({ tool, arguments: args, provenanceTier, scopeVolume, scopeSensitivity }: DerivedNode): boolean {
  return (
    typeof tool === "string" &&
    tool !== "" &&
    typeof args === "object" &&
    args !== null &&
    !Array.isArray(args) &&
    isWithin(provenanceTier, 3) &&
    isWithin(scopeVolume, Number.MAX_SAFE_INTEGER) &&
    isWithin(scopeSensitivity, 5)
  );
}

function isWithin(value: number | undefined, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max;
}

function areSoundEdges(edges: readonly (readonly [number, number])[], nodes: number): boolean {
  let leadsBack = false;
  for (const [from, to] of edges) {
    if (!isPlace(from, nodes) || !isPlace(to, nodes)) return false;
    if (from >= to) leadsBack = true;
  }
  return !leadsBack || !findCycle(edges);
}

function isPlace(index: number, nodes: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < nodes;
}
