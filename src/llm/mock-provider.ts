import { setTimeout as wait } from "node:timers/promises";
import { isJsonObject, type JsonObject, type JsonValue } from "../schema/json.ts";
import { parseOrUndefined } from "./classify.ts";
import { createDraw, type Draw, toValue } from "./mock-value.ts";
import type { ModelReply, Outcome, Provider, Stop } from "./provider.ts";
import { toUsage } from "./usage.ts";

/** Shares of requests, from 0 to 1, that go wrong in each way. Which ones follows from the reply's key and the try. */
export type MockFaults = {
  readonly lost?: number;
  readonly limited?: number;
  readonly notSent?: number;
  readonly badRequest?: number;
  /** Answers that are no JSON, that lack a member, that are cut, that are declined. */
  readonly garbled?: number;
  readonly incomplete?: number;
  readonly cut?: number;
  readonly declined?: number;
  readonly noUsage?: number;
};

export type MockOptions = {
  readonly faults?: MockFaults | undefined;
  readonly delayMs?: number | undefined;
  /** The answer to a request; one drawn from the schema unless given. */
  readonly answer?: ((request: JsonObject, draw: Draw) => JsonValue) | undefined;
};

const CHARS_PER_TOKEN = 4;

/**
 * A model that is none: each answer is drawn from the schema by the reply's key, so it is the same in every run. It sends
 * nothing and costs what the price table says.
 */
export function createMockProvider({ faults = {}, delayMs = 0, answer }: MockOptions = {}): Provider {
  return {
    name: "mock",
    host: "localhost",
    baseUrl: "mock:",
    encode: (request) => JSON.stringify(request),
    async send(body, { key, attempt, signal }) {
      if (delayMs > 0) await wait(delayMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return { kind: "unknown", detail: "AbortError" };
      const ofTry = toFailure(faults, createDraw(`${key}/${attempt}`));
      if (ofTry) return ofTry;
      const draw = createDraw(key);
      if (isHit(faults.badRequest, draw)) {
        return { kind: "free", reason: "bad_request", status: 400, detail: "400 mock" };
      }
      const raw = toRaw(body, faults, answer, draw);
      return { kind: "reply", raw, reply: parseReply(raw) as ModelReply };
    },
    parseReply,
    close: async () => {},
  };
}

function toFailure(faults: MockFaults, draw: Draw): Outcome | undefined {
  if (isHit(faults.lost, draw)) return { kind: "unknown", detail: "mock" };
  if (isHit(faults.notSent, draw)) return { kind: "free", reason: "not_sent", status: 0, detail: "mock" };
  if (isHit(faults.limited, draw)) {
    return { kind: "free", reason: "limited", status: 429, detail: "429 mock", retryAfterMs: 1 };
  }
  return undefined;
}

function toRaw(body: string, faults: MockFaults, answer: MockOptions["answer"], draw: Draw): string {
  const request = parseOrUndefined(body) as JsonObject;
  const schema = isJsonObject(request.schema) ? request.schema : {};
  const isIncomplete = isHit(faults.incomplete, draw);
  const value = answer ? answer(request, draw) : toValue(schema, draw);
  let text = JSON.stringify(isIncomplete ? {} : value);
  let stop: Stop = "end";
  if (isHit(faults.garbled, draw)) text = "I am not sure what is meant.";
  if (isHit(faults.cut, draw)) [text, stop] = [text.slice(0, text.length / 2), "length"];
  if (isHit(faults.declined, draw)) [text, stop] = ["", "refusal"];
  const usage = {
    in: Math.ceil(body.length / CHARS_PER_TOKEN),
    out: Math.max(1, Math.ceil(text.length / CHARS_PER_TOKEN)),
  };
  return JSON.stringify({ text, stop, ...(!isHit(faults.noUsage, draw) && { usage }) });
}

function parseReply(raw: string): ModelReply | undefined {
  const body = parseOrUndefined(raw);
  if (!isJsonObject(body) || typeof body.text !== "string" || !isStop(body.stop)) return undefined;
  const counts = isJsonObject(body.usage) ? body.usage : {};
  const none = { cache_read: undefined, cache_write_5m: undefined, cache_write_1h: undefined };
  return { text: body.text, stop: body.stop, usage: toUsage({ in: counts.in, out: counts.out, ...none }, body.text) };
}

function isStop(value: JsonValue | undefined): value is Stop {
  return value === "end" || value === "length" || value === "refusal";
}

/** Draws each time, also for a share of 0, so that one fault's share does not move the others. */
function isHit(share: number | undefined, draw: Draw): boolean {
  return draw() < (share ?? 0);
}
