import type { Draft, LlmTransform } from "#contract";
import { toCanonicalJson } from "../schema/canonical-json.ts";
import type { JsonObject } from "../schema/json.ts";
import type { Order } from "./buy-reply.ts";
import type { ModelPrice } from "./prices.ts";
import type { Provider } from "./provider.ts";
import { type Question, toReplyKey } from "./reply-key.ts";
import { toReplySchema } from "./reply-schema.ts";

/** Who is asked, and how: the same for all questions of a run. */
export type Asking = {
  readonly provider: Provider;
  /** The model as its vendor calls it. */
  readonly vendorModel: string;
  readonly price: ModelPrice;
  readonly temperature: number | undefined;
  readonly seed: number | undefined;
};

/** The transform's question about a draft. Throws what its `prompt` throws. */
export function toQuestion(asking: Asking, transform: LlmTransform, draft: Draft): Question {
  const { system, messages, maxTokens } = transform.prompt(draft);
  return {
    request: {
      model: asking.vendorModel,
      // A lone surrogate can't be sent as UTF-8.
      system: system.toWellFormed(),
      messages: messages.map(({ role, content }) => ({ role, content: content.toWellFormed() })),
      maxTokens,
      schema: toSchema(transform),
      temperature: asking.temperature,
      seed: asking.seed,
    },
  };
}

/** The question once more, after an answer that did not fit: with the answer, and what is wrong with it. */
export function toSecondQuestion({ request }: Question, text: string, problem: string, after: string): Question {
  const said = text.trim().toWellFormed();
  const correction = `Your answer does not fit the schema: ${problem}. Answer again, with JSON that fits it and nothing else.`;
  const messages = [
    ...request.messages,
    // A vendor takes no empty message.
    ...(said === "" ? [] : [{ role: "assistant" as const, content: said }]),
    { role: "user" as const, content: correction },
  ];
  return { request: { ...request, messages }, after };
}

/** A question as it is found in the cache, held for and sent. */
export function toOrder({ provider, price }: Asking, question: Question, loader: string): Order {
  const { request } = question;
  const isLocal = price.local === true;
  return {
    key: toReplyKey(question, provider, isLocal),
    loader,
    body: provider.encode(request, isLocal),
    schemaText: toSchemaText(request.schema),
    maxTokens: request.maxTokens,
  };
}

const schemaTexts = new WeakMap<JsonObject, string>();

/** One text for all orders with the same schema: a batch has thousands. */
function toSchemaText(schema: JsonObject): string {
  const text = schemaTexts.get(schema) ?? toCanonicalJson(schema);
  schemaTexts.set(schema, text);
  return text;
}

const schemas = new WeakMap<LlmTransform, JsonObject>();

/** Made once a transform: zod takes far longer over it than the rest of a question does. */
function toSchema(transform: LlmTransform): JsonObject {
  const schema = schemas.get(transform) ?? toReplySchema(transform);
  schemas.set(transform, schema);
  return schema;
}
