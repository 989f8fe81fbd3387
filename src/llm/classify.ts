import { isJsonObject, type JsonObject, type JsonValue } from "../schema/json.ts";
import { parseJsonText } from "../schema/json-text.ts";
import type { Posted } from "./post.ts";
import type { FreeReason, ModelReply, Outcome, RateHint } from "./provider.ts";

const FREE: Readonly<Record<number, FreeReason>> = {
  400: "bad_request",
  413: "bad_request",
  401: "unauthorized",
  403: "unauthorized",
  404: "not_found",
  429: "limited",
  529: "limited",
};

/** Vendors refuse an empty purse as 400, 403 or 429: no waiting mends it, and no request is at fault. */
const NO_CREDIT = /credit balance|insufficient_quota|billing_(hard_limit|not_active)|exceeded your current quota/i;

const PAUSE_MS_MAX = 10 * 60_000;

/**
 * What a POST means for the books. Free is only what a vendor is known not to bill: no connection, and the refusals of the
 * table above. Everything else that is no readable reply (a 5xx, a cut or garbled answer, a status nobody expects) may
 * have been billed.
 */
export function toOutcome(
  posted: Posted,
  parseReply: (raw: string) => ModelReply | undefined,
  toRateHint: (headers: Headers) => RateHint,
): Outcome {
  if (posted.kind !== "answer") return toFailure(posted);
  const rate = toRateHint(posted.headers);
  if (posted.status !== 200) return { ...toFailure(posted), rate };
  const reply = parseReply(posted.text);
  if (reply) return { kind: "reply", raw: posted.text, reply, rate };
  return { kind: "unknown", detail: "200 with a body that is no reply", rate };
}

/** What a request that has not succeeded means for the books. */
export function toFailure(posted: Posted): Exclude<Outcome, { kind: "reply" }> {
  if (posted.kind === "not_sent") return { kind: "free", reason: "not_sent", status: 0, detail: posted.code };
  if (posted.kind === "lost") return { kind: "unknown", detail: posted.code };
  const { status, headers, text } = posted;
  const retryAfterMs = parseRetryAfter(headers, Date.now());
  const reason = FREE[status];
  const error = readError(text);
  const detail = `${status}${toErrorCode(error)}`;
  if (reason === undefined) return { kind: "unknown", detail, retryAfterMs };
  const isBroke = status !== 404 && status !== 413 && NO_CREDIT.test(text);
  // Only of a refused request: a refused key may be quoted.
  const says = reason === "bad_request" && typeof error.message === "string" ? error.message : undefined;
  return { kind: "free", reason: isBroke ? "no_credit" : reason, status, detail, says, retryAfterMs };
}

/** A JSON text as a value, or undefined. */
export function parseOrUndefined(text: string): JsonValue | undefined {
  try {
    return parseJsonText(text);
  } catch {
    return undefined; // not JSON, or nested too deep: not something that a vendor sends
  }
}

/** The `error` member of a refusal, as both vendors send it; empty if there is none. */
function readError(text: string): JsonObject {
  const body = parseOrUndefined(text);
  return isJsonObject(body) && isJsonObject(body.error) ? body.error : {};
}

/** The vendor's own code for an error, such as " invalid_request_error": a name from its list, never a sentence. */
function toErrorCode({ type, code, param }: JsonObject): string {
  const names = [type, code, param].filter((name) => typeof name === "string" && /^[\w.[\]-]{1,100}$/.test(name));
  return names.map((name) => ` ${name}`).join("");
}

/** Milliseconds that an answer asks to wait: `retry-after-ms`, or Retry-After in seconds or as an HTTP date. */
export function parseRetryAfter(headers: Headers, nowMs: number): number | undefined {
  const ms = headers.get("retry-after-ms")?.trim() ?? "";
  const after = headers.get("retry-after")?.trim() ?? "";
  let waitMs: number | undefined;
  if (/^\d+(\.\d+)?$/.test(ms)) waitMs = Number(ms);
  else if (/^\d+(\.\d+)?$/.test(after)) waitMs = Number(after) * 1000;
  // Only a text that looks like an HTTP date: Date.parse takes far more, some of it in the machine's time zone.
  else if (/^[A-Z][a-z]{2,8}, .+ GMT$/.test(after)) waitMs = Date.parse(after) - nowMs;
  if (waitMs === undefined || Number.isNaN(waitMs)) return undefined;
  return Math.min(Math.max(waitMs, 0), PAUSE_MS_MAX);
}
