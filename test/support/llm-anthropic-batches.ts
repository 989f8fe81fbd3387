import { isJsonObject, type JsonObject } from "../../src/schema/json.ts";
import type { Batch, BatchRow } from "./llm-batches.ts";
import { parseRequest } from "./llm-direct.ts";
import { type LlmAnswer, type LlmExchange, toJson, toLines, toRefusal } from "./llm-exchange.ts";

/** Entries of a page of a list at most, so that a few batches are several pages. */
const PAGE_ROWS = 10;

/** /v1/messages/batches and what is below it. `path` is what follows. */
export function answerMessageBatches(exchange: LlmExchange, path: string): LlmAnswer {
  const { method, site, faults } = exchange;
  if (path === "") return method === "POST" ? create(exchange) : list(exchange);
  const [, id = "", action = ""] = path.split("/");
  const draw = site.tries(`${action}/${id}`);
  const batch = site.batches.find(id);
  if (batch === undefined) return toRefusal(404, "not_found_error");
  if (action === "cancel" && method === "POST") {
    site.batches.cancel(batch);
    return toJson(200, toBody(batch));
  }
  if (action === "results") {
    if (!batch.isEnded) return toRefusal(404, "not_found_error");
    return toLines(batch.rows.filter(isWritten).map(toLine), faults, draw);
  }
  if (draw() < (faults.lookError ?? 0)) return toRefusal(500, "api_error");
  return toJson(200, toBody(batch));
}

function create(exchange: LlmExchange): LlmAnswer {
  const { site, faults } = exchange;
  const request = parseRequest(exchange.body);
  const rows = Array.isArray(request?.requests) ? request.requests.map(toRow) : [];
  const ids = new Set(rows.map((row) => row?.customId));
  const isGood = rows.length > 0 && rows.length <= 100_000 && ids.size === rows.length && !ids.has(undefined);
  if (!isGood) return toRefusal(400, "invalid_request_error");
  const draw = site.tries(`create/${rows[0]?.customId}`);
  if (draw() < (faults.createLimited ?? 0)) return toRefusal(429, "rate_limit_error");
  if (draw() < (faults.createErrorUnmade ?? 0)) return toRefusal(500, "api_error");
  const batch = site.batches.create(
    "anthropic",
    rows.flatMap((row) => row ?? []),
    { draw },
  );
  if (draw() < (faults.createLost ?? 0)) return "cut";
  if (draw() < (faults.createErrorMade ?? 0)) return toRefusal(504, "api_error");
  return toJson(200, toBody(batch));
}

function list(exchange: LlmExchange): LlmAnswer {
  const { site, faults, url } = exchange;
  if (site.tries("list")() < (faults.listError ?? 0)) return toRefusal(500, "api_error");
  const all = site.batches.batches;
  const after = url.searchParams.get("after_id");
  const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  const page = all.slice(from, from + Math.min(Number(url.searchParams.get("limit") ?? 20), PAGE_ROWS));
  for (const { id } of page) site.batches.find(id); // ends what is due
  return toJson(200, {
    data: page.map(toBody),
    has_more: from + page.length < all.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  });
}

function toRow(row: unknown): { customId: string; params: JsonObject } | undefined {
  if (!isJsonObject(row) || typeof row.custom_id !== "string" || !isJsonObject(row.params)) return undefined;
  return /^[a-zA-Z0-9_-]{1,64}$/.test(row.custom_id) ? { customId: row.custom_id, params: row.params } : undefined;
}

function toBody({ id, rows, createdAtMs, endsAtMs, isEnded, isCanceled }: Batch): JsonObject {
  const count = (end: BatchRow["end"], other = end) =>
    isEnded ? rows.filter((row) => row.end === end || row.end === other).length : 0;
  return {
    id,
    type: "message_batch",
    processing_status: isEnded ? "ended" : isCanceled ? "canceling" : "in_progress",
    request_counts: {
      processing: isEnded ? 0 : rows.length,
      succeeded: count("succeeded", "unwritten"),
      errored: count("errored", "invalid"),
      canceled: count("canceled"),
      expired: count("expired"),
    },
    created_at: new Date(createdAtMs).toISOString(),
    expires_at: new Date(createdAtMs + 86_400_000).toISOString(),
    ended_at: isEnded ? new Date(endsAtMs).toISOString() : null,
    cancel_initiated_at: null,
    archived_at: null,
    results_url: isEnded ? `https://elsewhere.invalid/v1/messages/batches/${id}/results` : null,
  };
}

function isWritten({ end }: BatchRow): boolean {
  return end !== "unwritten";
}

function toLine({ customId, end, answer }: BatchRow): JsonObject {
  const error = (type: string) => ({ type: "errored", error: { type: "error", error: { type, message: "made up" } } });
  const results: Record<string, JsonObject> = {
    succeeded: { type: "succeeded", message: answer.body },
    errored: error("api_error"),
    invalid: error("invalid_request_error"),
    expired: { type: "expired" },
    canceled: { type: "canceled" },
  };
  return { custom_id: customId, result: results[end] ?? {} };
}
