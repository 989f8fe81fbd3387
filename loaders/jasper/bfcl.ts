import { z } from "zod";
import { type DraftNode, defineLoader, drop, isJsonObject, type JsonObject, NODES_MAX, RowError } from "#contract";
import { answers, parseAnswerCall, toAcceptedCall, toSeries } from "../_bfcl-answers.ts";
import { toMethodName } from "../_bfcl-tools.ts";

const message = z.object({ role: z.string(), content: z.string() });
/** Calls as objects of acceptable values or as Python text, or turns of such texts. */
const groundTruth = z.array(
  z.union([z.custom<JsonObject>(isJsonObject, "expected an object"), z.string(), z.array(z.string())]),
);
const names = z.array(z.string());
const WITHOUT_CALL = /(?:^|_)(?:chatable|irrelevance)$/;
const WITHOUT_ANSWER = /(?:^|_)(?:relevance|rest)$/;

/**
 * BFCL v3, the Berkeley function calling leaderboard: one file of questions per category, each with the calls that answer
 * it, in the row (exec) or in a file of answers. The category stands in the id; chatable rows have none.
 *
 * The calls of a question are independent, none needs another's result. Those of a multi-turn conversation work one after
 * the other on one world (files, a car, a portfolio), within a turn too, so there the whole list is the order.
 */
export default defineLoader({
  dataset: "gorilla-llm/Berkeley-Function-Calling-Leaderboard",
  files: "BFCL_v3_*.json",
  join: answers,
  rowsKnown: 5_251,
  license: "apache-2.0",
  category: "function_calling",
  evaluationSet: true,
  row: z.object({
    id: z.string().optional(),
    // chatable: text; sql: messages; else turns of messages
    question: z.union([z.string(), z.array(z.union([message, z.array(message)]))]),
    ground_truth: groundTruth.optional(),
    path: names.optional(),
    involved_classes: names.optional(),
    answer: z.object({ ground_truth: groundTruth }).optional(),
  }),

  toDraft({ id, question, ground_truth, answer, path, involved_classes }) {
    const category = toSeries(id) ?? (typeof question === "string" ? "chatable" : "");
    const expected = ground_truth ?? answer?.ground_truth;
    if (!expected && WITHOUT_CALL.test(category)) return drop("no_tool_calls");
    if (!expected && WITHOUT_ANSWER.test(category)) return drop("no_answer");
    const isMultiTurn = category.startsWith("multi_turn_");
    if (id === undefined) throw toMissing("id");
    if (typeof question === "string") {
      throw new RowError("draft", "question_is_text", "question: expected turns of messages, received a text");
    }
    if (!expected) throw toMissing("ground_truth");
    if (isMultiTurn && !path) throw toMissing("path");
    if (isMultiTurn && !involved_classes) throw toMissing("involved_classes");

    const turns = expected.map(toCalls);
    const calls = turns.flat();
    if (calls.length === 0) return drop("no_tool_calls");
    // Longer plans are left out: no need to look their names up.
    const nodes =
      isMultiTurn && calls.length <= NODES_MAX
        ? calls.map((node) => ({ ...node, tool: toMethodName(node.tool, path ?? [], involved_classes ?? []) }))
        : calls;
    return {
      request: toRequest(question),
      nodes,
      edges: isMultiTurn ? "sequence" : "none",
      // The live questions come in several languages.
      language: category.startsWith("live_") ? undefined : "en",
      extra: isMultiTurn
        ? { id, bfcl_category: category, calls_per_turn: turns.map(({ length }) => length) }
        : { id, bfcl_category: category },
    };
  },
});

function toCalls(turn: z.output<typeof groundTruth>[number]): DraftNode[] {
  if (Array.isArray(turn)) return turn.flatMap(parseAnswerCall);
  return typeof turn === "string" ? parseAnswerCall(turn) : [toAcceptedCall(turn)];
}

function toRequest(question: readonly (z.output<typeof message> | z.output<typeof message>[])[]): string {
  const words = question.flat().filter(({ role }) => role === "user");
  return words.map(({ content }) => content).join("\n");
}

function toMissing(column: string): RowError {
  return new RowError("draft", "missing_column", `${column}: absent; every row of this kind has one`);
}
