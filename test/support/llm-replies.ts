import { hash } from "node:crypto";
import { createDraw, type Draw, toValue } from "../../src/llm/mock-value.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/schema/json.ts";
import type { BilledTokens } from "./llm-bill.ts";
import {
  CONTENT_KINDS,
  type ContentKind,
  type ContentShares,
  pickFault,
  USAGE_FAULTS,
  type UsageFault,
} from "./llm-faults.ts";

/** Which vendor's words are spoken. */
export type Dialect = "anthropic" | "openai";

/** An answer of the model, and what it costs in truth. */
export type ModelAnswer = {
  /** The vendor's body. */
  readonly body: JsonObject;
  readonly tokens: BilledTokens;
};

export function toRequestHash(request: JsonValue): string {
  return hash("sha256", JSON.stringify(request), "hex");
}

/** What the model makes of a request, whenever it is asked. */
export function toContentKind(seed: number, requestHash: string, shares: ContentShares): ContentKind | undefined {
  return pickFault(CONTENT_KINDS, shares, createDraw(`${seed}/content/${requestHash}`));
}

/**
 * The answer to a request: its text follows from the request alone, drawn from the schema it came with; its usage from
 * the try. `wrongUsage` is the share of answers whose usage can't be true.
 */
export function toAnswer(
  dialect: Dialect,
  request: JsonObject,
  {
    seed,
    kind,
    draw,
    wrongUsage = 0,
  }: { seed: number; kind: ContentKind | undefined; draw: Draw; wrongUsage?: number },
): ModelAnswer {
  const requestHash = toRequestHash(request);
  const text = toText(toSchema(dialect, request), createDraw(`${seed}/text/${requestHash}`), kind);
  const tokens = toTokens(request, text, draw);
  const fault = draw() < wrongUsage ? USAGE_FAULTS[Math.floor(draw() * USAGE_FAULTS.length)] : undefined;
  const id = hash("sha256", `${requestHash}/${draw()}`, "hex").slice(0, 24);
  const parts = { id, model: request.model ?? null, text, kind, tokens, fault };
  return { body: dialect === "anthropic" ? toMessage(parts) : toCompletion(parts), tokens };
}

function toText(schema: JsonObject, draw: Draw, kind: ContentKind | undefined): string {
  const text = JSON.stringify(toValue(schema, draw));
  if (kind === "fenced") return `Here it is:\n\`\`\`json\n${text}\n\`\`\`\n`;
  if (kind === "breaking") return `{"unasked":${text}}`;
  if (kind === "prose") return "I would rather talk about the weather.";
  if (kind === "cut") return text.slice(0, Math.ceil(text.length / 2));
  return kind === "declined" ? "" : text;
}

/**
 * Billed tokens. The input is anything up to all bytes of the request and a frame of a hundred tokens, the output up to
 * what the request allows, both now and then at the very end of that: what the client holds must be enough for it.
 */
function toTokens(request: JsonObject, text: string, draw: Draw): BilledTokens {
  const bytes = Buffer.byteLength(JSON.stringify(request));
  const isGreedy = draw() < 0.1;
  const input = isGreedy ? bytes + 100 : Math.ceil(bytes * (0.2 + 0.3 * draw()));
  const outMax = Number(request.max_tokens ?? request.max_completion_tokens);
  const out = isGreedy ? outMax : Math.min(outMax, Math.max(1, Math.ceil(text.length / 3)));
  if (draw() < 0.8) return { in: input, out, cacheRead: 0, cacheWrite: 0 };
  const cacheRead = Math.floor(input * draw());
  const cacheWrite = Math.floor((input - cacheRead) * draw());
  return { in: input - cacheRead - cacheWrite, out, cacheRead, cacheWrite };
}

type Parts = {
  readonly id: string;
  readonly model: JsonValue;
  readonly text: string;
  readonly kind: ContentKind | undefined;
  readonly tokens: BilledTokens;
  readonly fault: UsageFault | undefined;
};

function toMessage({ id, model, text, kind, tokens, fault }: Parts): JsonObject {
  const reasons: Partial<Record<ContentKind, string>> = { cut: "max_tokens", declined: "refusal" };
  const usage = {
    input_tokens: tokens.in,
    cache_read_input_tokens: tokens.cacheRead,
    cache_creation_input_tokens: tokens.cacheWrite,
    output_tokens: tokens.out,
  };
  const message = {
    id: `msg_${id}`,
    type: "message",
    role: "assistant",
    model,
    content: text === "" ? [] : [{ type: "text", text }],
    stop_reason: (kind && reasons[kind]) ?? "end_turn",
    stop_sequence: null,
  };
  const wrong = fault && spoil(fault, usage, "input_tokens", "output_tokens");
  return fault === "missing" ? message : { ...message, usage: wrong ?? usage };
}

/** OpenAI counts cached input within the prompt's tokens, and has no price for writing it. */
function toCompletion({ id, model, text, kind, tokens, fault }: Parts): JsonObject {
  const prompt = tokens.in + tokens.cacheRead + tokens.cacheWrite;
  const usage = {
    prompt_tokens: prompt,
    completion_tokens: tokens.out,
    total_tokens: prompt + tokens.out,
    prompt_tokens_details: { cached_tokens: tokens.cacheRead },
  };
  const message = { role: "assistant", content: text, refusal: kind === "declined" ? "I can't help with that." : null };
  const completion = {
    id: `chatcmpl-${id}`,
    object: "chat.completion",
    model,
    choices: [{ index: 0, message, finish_reason: kind === "cut" ? "length" : "stop" }],
  };
  const wrong = fault && spoil(fault, usage, "prompt_tokens", "completion_tokens");
  return fault === "missing" ? completion : { ...completion, usage: wrong ?? usage };
}

/** A usage that no client can believe. One that is only too low or too high can't be seen, so that is what is billed. */
function spoil(fault: UsageFault, usage: JsonObject, input: string, output: string): JsonObject {
  const counts: Record<UsageFault, JsonObject> = {
    missing: {},
    negative: { [output]: -1 },
    fraction: { [input]: 12.5 },
    zero: { [input]: 0, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, prompt_tokens_details: {} },
    text: { [output]: "12" },
    // Only OpenAI's usage says one thing twice; of Anthropic's, a count that is null.
    contradicting: input === "prompt_tokens" ? { total_tokens: 1 } : { [input]: null },
  };
  return { ...usage, ...counts[fault], ...(fault === "zero" && "total_tokens" in usage && { total_tokens: null }) };
}

function toSchema(dialect: Dialect, request: JsonObject): JsonObject {
  const at = (value: JsonValue | undefined, ...path: string[]): JsonValue | undefined =>
    path.reduce<JsonValue | undefined>((inner, name) => (isJsonObject(inner) ? inner[name] : undefined), value);
  const schema =
    dialect === "anthropic"
      ? at(request, "output_config", "format", "schema")
      : at(request, "response_format", "json_schema", "schema");
  return isJsonObject(schema) ? schema : {};
}
