import type { LlmTransform } from "#contract";
import { toRowRank } from "../llm/estimate-strata.ts";
import { addNusd } from "../llm/money.ts";
import type { Llm } from "../llm/open-llm.ts";
import { ReplyDigest } from "../llm/reply-digest.ts";
import type { ModelAnswer, ModelQuestion, SlicePlace } from "../pool/slice-task.ts";
import type { ModelUse } from "../schema/model-use.ts";
import type { ModelSettings } from "../schema/settings.ts";
import type { FoundLoader } from "./discover.ts";
import { createGatherer, type GatherOptions } from "./gather-replies.ts";

/** Rows of a slice whose questions are asked together: what is paid ahead of the journal's word for its samples. */
export const ROWS_ASKED = 256;

/** Answers to questions, in their order, and what they come to. */
export type Answered = { readonly answers: readonly ModelAnswer[]; readonly use: ModelUse | undefined };

/** Who asks a model about rows, in a run with --llm. */
export type ModelDesk = {
  readonly confidenceMin: number;
  /** Whether a loader has anything to ask. */
  asksFor(id: string): boolean;
  /** Asks, and waits for all answers. Throws BudgetError and what else `Llm.ask` throws. */
  ask(id: string, place: SlicePlace, questions: readonly ModelQuestion[]): Promise<Answered>;
};

/** What a desk needs to ask by the batch. */
export type ByBatch = Pick<GatherOptions, "batches" | "walk" | "note">;

/** A desk at which the loaders' tracks ask `llm` as the settings say; with `byBatch`, from replies that batches brought. */
export function createModelDesk(
  llm: Llm,
  loaders: readonly Pick<FoundLoader, "id" | "trackDefinition">[],
  settings: ModelSettings & { readonly seed: number },
  byBatch?: ByBatch,
): ModelDesk {
  const transforms = new Map(loaders.map(({ id, trackDefinition }) => [id, trackDefinition.llm]));
  const { confidence_min: confidenceMin, rank_max: rankMax, seed } = settings;
  const transformOf = (id: string) => transforms.get(id) as LlmTransform;
  const isChosen = (place: SlicePlace, { row, place: draftPlace }: ModelQuestion) =>
    rankMax === null || toRowRank(seed, toRowId(place, row, draftPlace)) <= rankMax;
  const gatherer = byBatch && createGatherer({ ...byBatch, transformOf, isChosen });
  return {
    confidenceMin,
    asksFor: (id) => transforms.get(id) !== undefined,
    async ask(id, place, questions) {
      await gatherer?.gather({ id, place, questions });
      const transform = transformOf(id);
      const digest = new ReplyDigest();
      const costs: number[] = [];
      const answers = await Promise.all(
        questions.map(async (question): Promise<ModelAnswer> => {
          const { row, place: draftPlace, draft } = question;
          const at = { row, place: draftPlace };
          if (!isChosen(place, question)) return { ...at, kind: "rules", reason: "not_chosen" };
          const answer = await llm.ask(transform, draft, { loader: id });
          for (const use of answer.uses) {
            digest.add(use);
            costs.push(use.nusd);
          }
          return answer.kind === "reply"
            ? { ...at, kind: "reply", value: answer.value }
            : { ...at, kind: "rules", reason: answer.reason };
        }),
      );
      const use = { replies: costs.length, nusd: addNusd(...costs), digest: digest.toString() };
      return { answers, use: costs.length > 0 ? use : undefined };
    },
  };
}

/** What names a draft in the order of a partial run: the same id that its sample would have. */
export function toRowId({ idPrefix }: SlicePlace, row: number, draftPlace: number): string {
  return `${idPrefix}${row}#${draftPlace}`;
}

/** The sum of what two parts of a run have used. */
export function addModelUse(a: ModelUse | undefined, b: ModelUse | undefined): ModelUse | undefined {
  if (!a || !b) return a ?? b;
  const digest = new ReplyDigest();
  for (const part of [a, b]) digest.addDigest(part.digest);
  return { replies: a.replies + b.replies, nusd: addNusd(a.nusd, b.nusd), digest: digest.toString() };
}
