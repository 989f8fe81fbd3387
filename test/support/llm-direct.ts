import { isJsonObject, type JsonObject } from "../../src/schema/json.ts";
import { wrongUsageOf } from "./llm-batches.ts";
import { type LlmAnswer, type LlmExchange, toJson, toRefusal } from "./llm-exchange.ts";
import { ANSWER_FAULTS, type AnswerFault, pickFault } from "./llm-faults.ts";
import { type Dialect, toAnswer, toContentKind, toRequestHash } from "./llm-replies.ts";

/** Refusals before anything is billed. */
const REFUSED: Partial<Record<AnswerFault, readonly [status: number, type: string, headers?: Record<string, string>]>> =
  {
    limited: [429, "rate_limit_error"],
    limitedWithPause: [429, "rate_limit_error", { "retry-after": "0", "retry-after-ms": "7" }],
    overloaded: [529, "overloaded_error"],
    errorUnbilled: [500, "api_error"],
    teapotUnbilled: [418, "teapot"],
  };

/** One question, one answer: POST /v1/messages or /v1/chat/completions. */
export function answerDirect(exchange: LlmExchange, dialect: Dialect): LlmAnswer {
  const { site, faults } = exchange;
  const request = parseRequest(exchange.body);
  if (request === undefined) return toRefusal(400, "invalid_request_error");
  const hash = toRequestHash(request);
  const { seed, content } = site.settings;
  const kind = toContentKind(seed, hash, content);
  const draw = site.tries(`direct/${hash}`);
  const fault = pickFault(ANSWER_FAULTS, faults, draw);
  const refused = fault && REFUSED[fault];
  if (refused) return toRefusal(...refused);
  if (fault === "dropUnbilled") return "cut";
  if (fault === "hangUnbilled") return "hang";
  if (kind === "refused400") return toRefusal(400, "invalid_request_error");
  if (kind === "refused413") return toRefusal(413, "request_too_large");
  const { body, tokens } = toAnswer(dialect, request, { seed, kind, draw, ...wrongUsageOf(faults) });
  site.bill.charge(hash, tokens, "direct");
  if (fault === "hangBilled") return "hang";
  if (fault === "dropBilled") return "cut";
  if (fault === "errorBilled") return toRefusal(502, "api_error");
  const text = JSON.stringify(body);
  const json = { "content-type": "application/json" };
  if (fault === "cutBilled") return { status: 200, headers: json, text, cutAfterBytes: Math.floor(text.length / 2) };
  if (fault === "truncatedBilled") return { status: 200, headers: json, text: text.slice(0, text.length / 2) };
  if (fault === "pageBilled") {
    return { status: 200, headers: { "content-type": "text/html" }, text: "<html>Please log in.</html>" };
  }
  return toJson(200, body, toLimits(exchange, dialect));
}

/** POST /v1/messages/count_tokens: what the prompt would count as; costs nothing. */
export function answerCount(exchange: LlmExchange): LlmAnswer {
  const request = parseRequest(exchange.body);
  if (request === undefined) return toRefusal(400, "invalid_request_error");
  const { max_tokens: _, ...prompt } = request;
  return toJson(200, { input_tokens: Math.ceil(JSON.stringify(prompt).length / 4) });
}

export function parseRequest(body: Buffer): JsonObject | undefined {
  try {
    const request: unknown = JSON.parse(body.toString("utf8"));
    return isJsonObject(request) ? request : undefined;
  } catch {
    return undefined; // the refusal says so to the client
  }
}

/** Limits that are never reached, in each vendor's headers. */
function toLimits({ site }: LlmExchange, dialect: Dialect): Record<string, string> {
  const perMinute = site.settings.requestsPerMinute;
  if (perMinute === undefined) return {};
  return dialect === "anthropic"
    ? { "anthropic-ratelimit-requests-limit": String(perMinute), "anthropic-ratelimit-requests-remaining": "1000" }
    : { "x-ratelimit-limit-requests": String(perMinute), "x-ratelimit-remaining-requests": "1000" };
}
