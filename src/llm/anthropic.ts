import { isJsonObject } from "../schema/json.ts";
import { createMessageBatches } from "./anthropic-batch.ts";
import { parseOrUndefined, toOutcome } from "./classify.ts";
import type { Poster } from "./post.ts";
import type { ModelReply, Provider, RateHint, Stop } from "./provider.ts";
import { toCount } from "./rate-headers.ts";
import { toSentSchema } from "./reply-schema.ts";
import { toUsage } from "./usage.ts";

/** Where Anthropic's Messages API is. */
export const ANTHROPIC_URL = "https://api.anthropic.com";
const VERSION = "2023-06-01";

/** Anthropic's Messages API, with its schema mode. `apiKey` goes into the request's header and nowhere else. */
export function createAnthropic(baseUrl: URL, apiKey: string | undefined, poster: Poster): Provider {
  const headers = { "anthropic-version": VERSION, ...(apiKey !== undefined && { "x-api-key": apiKey }) };
  return {
    name: "anthropic",
    host: baseUrl.host,
    baseUrl: baseUrl.href,
    encode: ({ model, system, messages, maxTokens, schema, temperature }) =>
      JSON.stringify({
        model,
        max_tokens: maxTokens,
        ...(system !== "" && { system }),
        messages,
        ...(temperature !== undefined && { temperature }),
        output_config: { format: { type: "json_schema", schema: toSentSchema(schema) } },
      }),
    send: async (body, { signal }) =>
      toOutcome(await poster.post("/v1/messages", headers, body, signal), parseReply, toRateHint),
    parseReply,
    batches: createMessageBatches(headers, poster, parseReply),
    close: () => poster.close(),
  };
}

/** Reads the body of a Message; undefined if it is none. */
function parseReply(raw: string): ModelReply | undefined {
  const body = parseOrUndefined(raw);
  if (!isJsonObject(body) || !Array.isArray(body.content) || typeof body.stop_reason !== "string") return undefined;
  const text = body.content
    .map((block) => (isJsonObject(block) && block.type === "text" && typeof block.text === "string" ? block.text : ""))
    .join("");
  const usage = isJsonObject(body.usage) ? body.usage : {};
  // The two lengths of life are told apart in `cache_creation`; without it the whole is of the short kind.
  const creation = isJsonObject(usage.cache_creation) ? usage.cache_creation : undefined;
  return {
    text,
    stop: toStop(body.stop_reason),
    usage: toUsage(
      {
        in: usage.input_tokens,
        out: usage.output_tokens,
        cache_read: usage.cache_read_input_tokens,
        cache_write_5m: creation ? creation.ephemeral_5m_input_tokens : usage.cache_creation_input_tokens,
        cache_write_1h: creation?.ephemeral_1h_input_tokens,
      },
      text,
    ),
  };
}

function toStop(reason: string): Stop {
  if (reason === "max_tokens" || reason === "model_context_window_exceeded") return "length";
  return reason === "refusal" ? "refusal" : "end";
}

function toRateHint(headers: Headers): RateHint {
  const read = (kind: string) => ({
    ...toCount("limit", headers.get(`anthropic-ratelimit-${kind}-limit`)),
    ...toCount("remaining", headers.get(`anthropic-ratelimit-${kind}-remaining`)),
  });
  return { requests: read("requests"), tokensIn: read("input-tokens"), tokensOut: read("output-tokens") };
}
