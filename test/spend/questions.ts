import { z } from "zod";
import { type Draft, defineLlmTransform } from "../../src/contract/index.ts";
import type { ModelRequest } from "../../src/llm/provider.ts";
import { toReplySchema } from "../../src/llm/reply-schema.ts";

/** What the torture asks about every row. */
export const askIntent = defineLlmTransform({
  kind: "llm",
  name: "llm/torture",
  version: 1,
  reply: z.object({
    verb: z.enum(["find", "send", "none"]),
    count: z.int().min(0).max(1_000),
    about: z.array(z.string().max(40)).max(4),
  }),
  confidence: () => 0,
  prompt: ({ request = "" }) => ({
    system: "Say what the user wants done, as JSON.",
    messages: [{ role: "user", content: request }],
    maxTokens: 60 + (request.length % 80),
  }),
  accept: (draft) => draft,
  decline: (draft) => draft,
});

/** Row `number` of a scenario. Every eleventh repeats the one before; some are long, some are not of ASCII. */
export function toRow(seed: number, number: number): Draft {
  const own = number % 11 === 10 ? number - 1 : number;
  const filler = own % 5 === 0 ? " and then, if there is time, the one beside it".repeat(own % 7) : "";
  const script = own % 3 === 0 ? " für Zoë, 東京へ 🚆" : "";
  return { request: `Please find kettle ${own} of house ${seed}${script}${filler}.`, nodes: [] };
}

const schema = toReplySchema(askIntent);

/** The first question about a row, as a provider encodes it. */
export function toFirstRequest(seed: number, number: number, model: string): ModelRequest {
  const request = askIntent.prompt(toRow(seed, number));
  return { model, ...request, schema };
}
