import type { ZodType } from "zod";
import {
  type DerivedDraft,
  type Draft,
  type Drop,
  drop,
  isDrop,
  type JsonValue,
  type Loader,
  NODES_MAX,
  RowError,
  type Track,
} from "#contract";
import { type Source, sampleSchema } from "../schema/sample.ts";
import { createAssembler, type MadeSample } from "./assemble-sample.ts";
import type { LlmStage } from "./llm-stage.ts";
import type { SliceTask } from "./slice-task.ts";

/** What a row is on its way through: the loader, its track, and the row's place. */
export type RowContext = {
  readonly loader: Loader;
  readonly loaderName: string;
  readonly track: Track;
  readonly trackName: string;
  /** Everything of the source but the row itself. */
  readonly source: Omit<Source, "row" | "row_sha256">;
  readonly idPrefix: string;
  /** A model's part, in a run that has one. */
  readonly llm: LlmStage | undefined;
  readonly assemble: ReturnType<typeof createAssembler>;
};

/** What the rows of one slice have in common. */
export function createRowContext(
  { loader, track, place }: Pick<SliceTask, "place"> & { readonly loader: Loader; readonly track: Track },
  { name, track: trackName }: Pick<SliceTask["loader"], "name" | "track">,
  llm?: LlmStage,
): RowContext {
  const { dataset, revision, config, split, file, idPrefix } = place;
  const source = { dataset, revision, config, split, file };
  const { category, evaluationSet = false } = loader;
  const assemble = createAssembler({ track: trackName, loader: name, category, evaluationSet, source });
  return { loader, loaderName: name, track, trackName, source, idPrefix, llm, assemble };
}

/** What became of a row: one outcome per draft, in order, and the key of its conversation if its loader has one. */
export type RowOutcome = {
  readonly outcomes: readonly (MadeSample | Drop)[];
  readonly conversation: string | undefined;
};

/**
 * One row's way: row schema, the loader's `toDraft`, the derive stages, the sample schema.
 * Throws RowError, and then none of the row's drafts counts.
 */
export function toOutcome(row: JsonValue, index: number, rowSha256: string, context: RowContext): RowOutcome {
  const { drafts, conversation } = toDrafts(row, index, context);
  const outcomes = drafts.map((draft, place) => {
    if (isDrop(draft)) return draft;
    const derived = derive(draft, context.track);
    if (isDrop(derived)) return derived;
    const suffix = drafts.length > 1 ? `#${place}` : "";
    return toSample(derived, `${context.idPrefix}${index}${suffix}`, { index, rowSha256, context });
  });
  return { outcomes, conversation };
}

type Drafts = { readonly drafts: readonly (Draft | Drop)[]; readonly conversation: string | undefined };

/** The row's drafts as the loader gives them, with what a model has to say. Throws RowError. */
export function toDrafts(row: JsonValue, index: number, { loader, source, llm }: RowContext): Drafts {
  const parsed = check(loader.row, row, "row");
  if (!parsed.success) throw new RowError("row", "row_schema", toIssueText(parsed.error.issues, row));
  const { config, split, file } = source;
  try {
    const made = loader.toDraft(parsed.data, { config, split, file, row: index });
    const drafts = assertDrafts(made);
    const told = llm ? drafts.map((draft, place) => llm.apply(draft, index, place)) : drafts;
    return { drafts: told, conversation: loader.conversationKey?.(parsed.data) };
  } catch (error) {
    if (error instanceof RowError) throw error;
    throw new RowError("draft", "draft_failed", String(error), { cause: error });
  }
}

/** What zod says. It compares the `length` of whatever has one: where a row has an object of that name, it throws. */
function check<Schema extends ZodType>(schema: Schema, value: unknown, stage: "row" | "sample") {
  try {
    return schema.safeParse(value);
  } catch (error) {
    throw new RowError(stage, `${stage}_schema`, `the schema could not be applied: ${error}`, { cause: error });
  }
}

function assertDrafts(made: Draft | Drop | readonly (Draft | Drop)[]): readonly (Draft | Drop)[] {
  const drafts = Array.isArray(made) ? made : [made];
  if (drafts.length === 0) throw new RowError("draft", "not_a_draft", "toDraft gave an empty list; a drop says why");
  for (const draft of drafts) {
    if (typeof draft === "object" && draft !== null && (isDrop(draft) || Array.isArray(draft.nodes))) continue;
    throw new RowError(
      "draft",
      "not_a_draft",
      `toDraft gave ${draft === null ? "null" : typeof draft}; expected a draft with nodes, a list of drafts, or drop("reason")`,
    );
  }
  return drafts;
}

function derive(draft: Draft, track: Track): DerivedDraft | Drop {
  if (draft.nodes.length === 0) return draft.whyNone === undefined ? DROPS.noToolCalls : drop(draft.whyNone);
  if (draft.nodes.length > NODES_MAX) return DROPS.tooManyNodes;
  let derived: DerivedDraft | Drop = { ...draft, nodes: draft.nodes.map((node) => ({ ...node })) };
  for (const stage of track.stages) {
    try {
      derived = stage.apply(derived);
    } catch (error) {
      if (error instanceof RowError) throw error;
      throw new RowError("derive", "derive_failed", `${stage.name}: ${error}`, { cause: error });
    }
    if (isDrop(derived)) break;
  }
  return derived;
}

function toSample(derived: DerivedDraft, id: string, at: MadeAt): MadeSample {
  const { index, rowSha256, context } = at;
  const draft = { ...derived, language: derived.language ?? context.loader.language };
  const made = context.assemble(draft, { id, row: index, rowSha256 });
  if (made) return made;
  throw new RowError("sample", "sample_schema", explainUnsound(draft, id, at));
}

type MadeAt = { readonly index: number; readonly rowSha256: string; readonly context: RowContext };

/** What is wrong with a draft that makes no sample, in the words of the sample's schema. */
function explainUnsound(draft: DerivedDraft, id: string, { index, rowSha256, context }: MadeAt): string {
  const ids = draft.nodes.map((_, place) => `${id}:n${place}`);
  const candidate = {
    execution_plan: {
      nodes: draft.nodes.map((node, place) => ({
        node_id: ids[place],
        tool_name: node.tool,
        arguments: node.arguments,
        provenance_tier: node.provenanceTier,
        provenance_hash: rowSha256,
        scope_volume: node.scopeVolume,
        scope_sensitivity: node.scopeSensitivity,
      })),
      edges: (draft.edgeList ?? []).map(([from, to]) => [ids[from], ids[to]]),
    },
    label: "benign",
    original_id: id,
    category: context.loader.category,
    metadata: {
      track: context.trackName,
      loader: context.loaderName,
      request: draft.request,
      edges: draft.edgeKind,
      language: draft.language,
      extra: draft.extra,
      source: { ...context.source, row: index, row_sha256: rowSha256 },
    },
  };
  const parsed = check(sampleSchema, candidate, "sample");
  return parsed.success
    ? "an edge that names no node by its number"
    : toIssueText(parsed.error.issues, candidate as unknown as JsonValue);
}

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

/** The first thing wrong, as "answer: expected string, received null", and how many more there are. */
function toIssueText(issues: readonly Issue[], value: JsonValue): string {
  const [first] = issues;
  if (!first) return "does not fit the schema";
  const where = first.path.length > 0 ? first.path.map(String).join(".") : "row";
  const came = at(value, first.path);
  const said = first.message.replace(/^Invalid input: /, "");
  const what = isBytes(came) ? said.replace("received object", `received ${BYTES}`) : said;
  const received = /received/.test(what) ? "" : `, received ${describe(came)}`;
  return `${where}: ${what}${received}${issues.length > 1 ? ` (and ${issues.length - 1} more)` : ""}`;
}

/** To who reads that a text was expected, it looks like one in the file. */
const BYTES = 'bytes ({"$base64": …}: the parquet file does not say that its column is text)';

function isBytes(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).join() === "$base64";
}

function at(value: JsonValue, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

const DROPS = {
  noToolCalls: drop("no_tool_calls"),
  tooManyNodes: drop("too_many_nodes"),
};
