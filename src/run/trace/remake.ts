import { type DerivedDraft, type Draft, type Drop, drop, isDrop, type JsonValue, RowError } from "#contract";
import { type RowContext, toOutcome } from "../../pool/to-samples.ts";
import { parseOwnJson } from "../../schema/json-text.ts";
import { toRowSha256 } from "../../schema/provenance.ts";
import type { Sample } from "../../schema/sample.ts";

/** What one stage changed of a draft. */
export type StageEffect = {
  readonly name: string;
  readonly version: number;
  readonly changes: readonly Change[];
  /** Set if the stage dropped the draft. */
  readonly dropped?: string;
};

/** A member of a draft (`node` is undefined) or of one of its nodes, before and after; undefined where it was not there. */
export type Change = {
  readonly node: number | undefined;
  readonly member: string;
  readonly before: unknown;
  readonly after: unknown;
};

/** How today's code makes a sample of a row, step by step. */
export type Remade = {
  /** What the loader gave for this sample; undefined if it gave nothing of the kind. */
  readonly draft: Draft | undefined;
  readonly stages: readonly StageEffect[];
  /** The sample, if the row still gives one of this id. */
  readonly sample: Sample | undefined;
  /** If not: what it gives in its place. */
  readonly why: string | undefined;
};

/**
 * Takes a row through the loader and its track's stages as a worker does, and looks on: the loader and the stages are
 * wrapped, the code around them is the worker's own. `id` is the sample's, which says which of several drafts it was.
 */
export function remake(row: JsonValue, index: number, id: string, context: RowContext): Remade {
  const rowSha256 = toRowSha256(row);
  const made = attempt(() => toSamples(row, index, rowSha256, context));
  if (typeof made === "string") return { draft: undefined, stages: [], sample: undefined, why: made };
  const place = toDraftPlace(id, `${context.idPrefix}${index}`);
  const sample = made.find((outcome): outcome is Sample => !isDrop(outcome) && outcome.original_id === id);
  const story = watch(row, index, rowSha256, context, place);
  return { ...story, sample, why: sample ? undefined : explain(made, place) };
}

/** `<place>#2` is the third draft of its row; without a number it is the only one. */
function toDraftPlace(id: string, whole: string): number {
  return id === whole ? 0 : Number(id.slice(whole.length + 1));
}

function toSamples(row: JsonValue, index: number, rowSha256: string, context: RowContext): (Sample | Drop)[] {
  const { outcomes } = toOutcome(row, index, rowSha256, context);
  return outcomes.map((outcome) => (isDrop(outcome) ? outcome : (parseOwnJson(outcome.line) as unknown as Sample)));
}

/** The outcomes, or why the row fails. */
function attempt(make: () => readonly (Sample | Drop)[]): readonly (Sample | Drop)[] | string {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    return `the row goes to quarantine at stage ${error.stage}: ${error.reason}: ${error.message}`;
  }
}

function explain(made: readonly (Sample | Drop)[], place: number): string {
  const outcome = made[place];
  if (outcome && isDrop(outcome)) return `it is dropped as ${outcome.reason}`;
  const ids = made.flatMap((other) => (isDrop(other) ? [] : [other.original_id]));
  return `the row gives ${made.length} plans, and none has this id${ids.length > 0 ? ` (${ids.join(", ")})` : ""}`;
}

type Story = { draft: Draft | undefined; stages: StageEffect[] };

/** Once more, with only the one draft going on, and notes taken. */
function watch(row: JsonValue, index: number, rowSha256: string, context: RowContext, place: number): Story {
  const { loader, track } = context;
  const story: Story = { draft: undefined, stages: [] };
  const watched: RowContext = {
    ...context,
    loader: {
      ...loader,
      toDraft(parsed, at) {
        const drafts = [loader.toDraft(parsed, at)].flat();
        const draft = drafts[place];
        if (draft && !isDrop(draft)) story.draft = structuredClone(draft);
        return drafts.map((other, i) => (i === place ? other : drop("not_traced")));
      },
    },
    track: {
      ...track,
      stages: track.stages.map((stage) => ({
        ...stage,
        apply(draft) {
          // A stage may work in place.
          const before = structuredClone(draft);
          const after = stage.apply(draft);
          const { name, version } = stage;
          if (isDrop(after)) story.stages.push({ name, version, changes: [], dropped: after.reason });
          else story.stages.push({ name, version, changes: listChanges(before, structuredClone(after)) });
          return after;
        },
      })),
    },
  };
  attempt(() => toSamples(row, index, rowSha256, watched));
  return story;
}

function listChanges(before: DerivedDraft, after: DerivedDraft): Change[] {
  const { nodes: nodesBefore, ...restBefore } = before;
  const { nodes: nodesAfter, ...restAfter } = after;
  const length = Math.max(nodesBefore.length, nodesAfter.length);
  const ofNodes = Array.from({ length }, (_, node) => listMembers(nodesBefore[node], nodesAfter[node], node));
  return [...listMembers(restBefore, restAfter, undefined), ...ofNodes.flat()];
}

function listMembers(before: object = {}, after: object = {}, node: number | undefined): Change[] {
  const members = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...members].flatMap((member) => {
    const [was, is] = [ownMember(before, member), ownMember(after, member)];
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ node, member, before: was, after: is }];
  });
}

function ownMember(object: object, member: string): unknown {
  return Object.hasOwn(object, member) ? (object as Record<string, unknown>)[member] : undefined;
}
