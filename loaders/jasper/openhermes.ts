import { z } from "zod";
import { defineLoader, type JsonObject } from "#contract";
import { type Message, toInstructionPlan } from "../_instruction/plan.ts";

const SPEAKERS = { system: "system", human: "user", gpt: "assistant" } as const;

const text = z.string().nullish();
const message = z.object({ from: z.enum(["system", "human", "gpt"]), value: z.string() });

/**
 * OpenHermes 2.5: a million instructions and conversations from many sources, in one JSON array of 1.9 GB.
 *
 * Rows carry only the keys that they have. The system's text stands among the messages or in `system_prompt`.
 */
export default defineLoader({
  dataset: "teknium/OpenHermes-2.5",
  files: "openhermes2_5.json",
  rowsKnown: 1_001_551,
  license: "not stated",
  category: "instruction_following",
  row: z.object({
    conversations: z.array(message),
    source: text,
    category: text,
    topic: text,
    language: text,
    system_prompt: text,
  }),

  toDraft({ conversations, source, category, topic, language, system_prompt }) {
    const messages = conversations.map(({ from, value }): Message => ({ speaker: SPEAKERS[from], text: value }));
    const system = messages.find(({ speaker }) => speaker === "system")?.text || system_prompt;
    const extra: JsonObject = {};
    if (source) extra.source = source;
    if (category) extra.category = category;
    if (topic) extra.topic = topic;
    if (system) extra.system = system;
    const plan = toInstructionPlan(messages, extra);
    return "nodes" in plan && language === "English" ? { ...plan, language: "en" } : plan;
  },
});
