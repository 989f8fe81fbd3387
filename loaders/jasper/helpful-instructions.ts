import { z } from "zod";
import { defineLoader, type JsonObject, RowError } from "#contract";
import { toInstructionPlan } from "../_instruction/plan.ts";

const END_OF_TEXT = "<|endoftext|>";

const text = z.string().nullish();

/**
 * Helpful Instructions: single requests with their answers. Two datasets bear the name: the hyphen's parquet files have
 * `instruction` and `demonstration`; the underscore's, which a script makes, `prompt`, `completion` and `meta`.
 */
export default defineLoader({
  dataset: "HuggingFaceH4/helpful-instructions",
  fallbackDataset: "HuggingFaceH4/helpful_instructions",
  // The fallback's configs as the Hub converts them, but for "all", which repeats these. One pattern: each must match.
  files: "{data/helpful-*/train-*,{self_instruct,super_natural_instructions,prompt_source}/train/*}.parquet",
  rowsKnown: 148_000,
  license: "apache-2.0",
  category: "instruction_following",
  language: "en",
  row: z.object({
    instruction: text,
    demonstration: text,
    prompt: text,
    completion: text,
    meta: z.object({ source: text, config: text }).nullish(),
  }),

  toDraft({ instruction, demonstration, prompt, completion, meta }) {
    const first = toPair(instruction, demonstration);
    const second = toPair(prompt, completion);
    const pair = first ?? second;
    if (!pair || (first && second)) throw new RowError("draft", "not_one_pair", toPairMessage(pair !== undefined));
    const request = pair[0].replaceAll(END_OF_TEXT, "");
    const answer = pair[1].replaceAll(END_OF_TEXT, "");
    const extra: JsonObject = meta?.source ? { source: meta.source } : {};
    const messages = [
      { speaker: "user", text: request },
      { speaker: "assistant", text: answer },
    ] as const;
    return toInstructionPlan(messages, extra);
  },
});

type Text = string | null | undefined;

function toPair(request: Text, answer: Text): readonly [string, string] | undefined {
  return typeof request === "string" && typeof answer === "string" ? [request, answer] : undefined;
}

function toPairMessage(hasBoth: boolean): string {
  return `the row holds ${hasBoth ? "both" : "neither"} of instruction/demonstration and prompt/completion, expected exactly one pair of texts`;
}
