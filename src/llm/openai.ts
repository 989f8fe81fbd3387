import { isJsonObject, type JsonObject } from "../schema/json.ts";
import { parseOrUndefined, toOutcome } from "./classify.ts";
import { createChatBatches } from "./openai-batch.ts";
import type { Poster } from "./post.ts";
import type { ModelReply, Provider, RateHint, Stop } from "./provider.ts";
import { toCount } from "./rate-headers.ts";
import { isAllRequired, toSentSchema } from "./reply-schema.ts";
import { toUsage } from "./usage.ts";

/** Where OpenAI's own API is. Another base URL is another server that speaks its language. */
export const OPENAI_URL = "https://api.openai.com/v1";

/** Chat completions as OpenAI, vLLM, Ollama and llama.cpp speak them. `apiKey` goes into the request's header only. */
export function createOpenAi(baseUrl: URL, apiKey: string | undefined, poster: Poster): Provider {
  const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  return {
    name: "openai",
    host: baseUrl.host,
    baseUrl: baseUrl.href,
    encode({ model, system, messages, maxTokens, schema, temperature, seed }, isLocal) {
      const sent = toSentSchema(schema);
      const json_schema = { name: "reply", strict: isAllRequired(sent), schema: sent };
      return JSON.stringify({
        model,
        messages: [...(system === "" ? [] : [{ role: "system", content: system }]), ...messages],
        max_completion_tokens: maxTokens,
        // OpenAI's newer models refuse the old name, older local servers know no other.
        ...(isLocal && { max_tokens: maxTokens }),
        ...(temperature !== undefined && { temperature }),
        ...(seed !== undefined && { seed }),
        response_format: { type: "json_schema", json_schema },
      });
    },
    send: async (body, { signal }) =>
      toOutcome(await poster.post("/chat/completions", headers, body, signal), parseReply, toRateHint),
    parseReply,
    batches: createChatBatches(headers, poster, parseReply),
    close: () => poster.close(),
  };
}

/** Reads the body of a chat completion; undefined if it is none. */
function parseReply(raw: string): ModelReply | undefined {
  const body = parseOrUndefined(raw);
  const choice = isJsonObject(body) && Array.isArray(body.choices) ? body.choices[0] : undefined;
  if (!isJsonObject(body) || !isJsonObject(choice) || !isJsonObject(choice.message)) return undefined;
  const { content, refusal } = choice.message;
  const text = typeof content === "string" ? content : "";
  const isRefused = typeof refusal === "string" && refusal !== "";
  return {
    text,
    stop: isRefused ? "refusal" : toStop(choice.finish_reason),
    usage: isJsonObject(body.usage) ? toChatUsage(body.usage, isRefused ? "refused" : text) : undefined,
  };
}

/** `prompt_tokens` has the cached ones in it, `completion_tokens` the reasoning. */
function toChatUsage(usage: JsonObject, text: string): ModelReply["usage"] {
  const { prompt_tokens: prompt, completion_tokens: out, total_tokens: total } = usage;
  const details = isJsonObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const cached = details.cached_tokens ?? 0;
  if (typeof prompt !== "number" || typeof out !== "number" || typeof cached !== "number") return undefined;
  // Counts that contradict each other can't all be true: the hold is charged instead.
  if (cached > prompt || (typeof total === "number" && total !== prompt + out)) return undefined;
  const counts = { in: prompt - cached, out, cache_read: cached };
  return toUsage({ ...counts, cache_write_5m: undefined, cache_write_1h: undefined }, text);
}

function toStop(reason: unknown): Stop {
  if (reason === "length") return "length";
  return reason === "content_filter" ? "refusal" : "end";
}

function toRateHint(headers: Headers): RateHint {
  const read = (kind: string) => ({
    ...toCount("limit", headers.get(`x-ratelimit-limit-${kind}`)),
    ...toCount("remaining", headers.get(`x-ratelimit-remaining-${kind}`)),
  });
  return { requests: read("requests"), tokens: read("tokens") };
}
