import { type Draft, type Drop, isDrop, type LlmTransform } from "#contract";
import type { ModelAnswer, ModelQuestion, SliceTask } from "./slice-task.ts";

/** A model's part in a slice's rows: either which questions they give, or what became of the answers. */
export type LlmStage = {
  /** The draft with the model's answer in it, if it is one to ask about. */
  apply(draft: Draft | Drop, row: number, place: number): Draft | Drop;
  /** The questions so far, in row order. */
  readonly questions: readonly Omit<ModelQuestion, "position">[];
};

/** The stage that a task asks for; undefined where no model is asked. Pure but for the questions it gathers. */
export function createLlmStage(task: SliceTask, transform: LlmTransform | undefined): LlmStage | undefined {
  const { llm } = task;
  if (!llm || !transform) return undefined;
  const answers = new Map(llm.answers?.map((answer) => [toPlace(answer), answer]));
  const questions: Omit<ModelQuestion, "position">[] = [];
  return {
    questions,
    apply(draft, row, place) {
      if (isDrop(draft) || draft.turns === undefined || transform.confidence(draft) >= llm.confidenceMin) return draft;
      if (!llm.answers) {
        questions.push({ row, place, draft });
        return draft;
      }
      const answer = answers.get(toPlace({ row, place }));
      return answer ? accept(transform, draft, answer) : draft;
    },
  };
}

function accept(transform: LlmTransform, draft: Draft, answer: ModelAnswer): Draft | Drop {
  if (answer.kind === "rules") return decline(transform, draft, answer.reason);
  try {
    return transform.accept(draft, answer.value);
  } catch {
    // It fits the schema and still makes no sense, such as a turn that is not there: the row's rules stand.
    return decline(transform, draft, "not_accepted");
  }
}

function decline(transform: LlmTransform, draft: Draft, reason: string): Draft {
  return transform.decline?.(draft, reason) ?? draft;
}

function toPlace({ row, place }: { readonly row: number; readonly place: number }): string {
  return `${row}#${place}`;
}
