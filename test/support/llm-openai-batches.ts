import { isJsonObject, type JsonObject } from "../../src/schema/json.ts";
import type { Batch, BatchRow } from "./llm-batches.ts";
import { parseRequest } from "./llm-direct.ts";
import { type LlmAnswer, type LlmExchange, toJson, toLines, toRefusal } from "./llm-exchange.ts";

/** Entries of a page of a list at most, so that a few batches are several pages. */
const PAGE_ROWS = 10;

/** POST /v1/files: keeps an upload of purpose "batch". Nothing is billed for it. */
export async function answerUpload(exchange: LlmExchange): Promise<LlmAnswer> {
  const { site, faults, incoming, body } = exchange;
  const form = await new Response(new Uint8Array(body), {
    headers: { "content-type": incoming.headers["content-type"] ?? "" },
  }).formData();
  const file = form.get("file");
  if (form.get("purpose") !== "batch" || !(file instanceof File)) return toRefusal(400, "invalid_request_error");
  const draw = site.tries("upload");
  if (draw() < (faults.uploadError ?? 0)) return toRefusal(500, "server_error");
  const id = `file-${String(site.files.size + 1).padStart(6, "0")}`;
  site.files.set(id, await file.text());
  if (draw() < (faults.uploadLost ?? 0)) return "cut";
  return toJson(200, { id, object: "file", bytes: file.size, purpose: "batch", status: "processed" });
}

/** GET /v1/files/{id}/content, of the files that batches write. */
export function answerContent(exchange: LlmExchange, fileId: string): LlmAnswer {
  const { site } = exchange;
  const [, kind, id = ""] = /^file-(out|err)-(.+)$/.exec(fileId) ?? [];
  const batch = site.batches.find(id);
  const isThere = batch && toBody(batch)[kind === "out" ? "output_file_id" : "error_file_id"] === fileId;
  if (!isThere) return toRefusal(404, "not_found");
  const rows = kind === "out" ? batch.rows.filter(isGood) : batch.rows.filter(isBad);
  return toLines(rows.map(toLine), exchange.faults, site.tries(`content/${fileId}`));
}

/** /v1/batches and what is below it. `path` is what follows. */
export function answerBatches(exchange: LlmExchange, path: string): LlmAnswer {
  const { method, site, faults } = exchange;
  if (path === "") return method === "POST" ? create(exchange) : list(exchange);
  const [, id = "", action = ""] = path.split("/");
  const batch = site.batches.find(id);
  if (batch === undefined) return toRefusal(404, "not_found");
  if (action === "cancel" && method === "POST") site.batches.cancel(batch);
  else if (site.tries(`look/${id}`)() < (faults.lookError ?? 0)) return toRefusal(500, "server_error");
  return toJson(200, toBody(batch));
}

function create(exchange: LlmExchange): LlmAnswer {
  const { site, faults } = exchange;
  const request = parseRequest(exchange.body) ?? {};
  const input = typeof request.input_file_id === "string" ? request.input_file_id : "";
  const text = site.files.get(input);
  if (text === undefined || request.endpoint !== "/v1/chat/completions" || request.completion_window !== "24h") {
    return toRefusal(400, "invalid_request_error");
  }
  const rows = text.trimEnd().split("\n").map(toRow);
  const draw = site.tries(`create/${rows[0]?.customId}`);
  if (draw() < (faults.createLimited ?? 0)) return toRefusal(429, "rate_limit_exceeded");
  if (draw() < (faults.createErrorUnmade ?? 0)) return toRefusal(500, "server_error");
  const metadata = isJsonObject(request.metadata) ? request.metadata : {};
  const batch = site.batches.create("openai", rows, { draw, metadata, inputFile: input });
  if (draw() < (faults.createLost ?? 0)) return "cut";
  if (draw() < (faults.createErrorMade ?? 0)) return toRefusal(502, "server_error");
  return toJson(200, toBody(batch));
}

function list(exchange: LlmExchange): LlmAnswer {
  const { site, faults, url } = exchange;
  if (site.tries("list")() < (faults.listError ?? 0)) return toRefusal(500, "server_error");
  const all = site.batches.batches;
  const after = url.searchParams.get("after");
  const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  const page = all.slice(from, from + Math.min(Number(url.searchParams.get("limit") ?? 20), PAGE_ROWS));
  for (const { id } of page) site.batches.find(id); // ends what is due
  return toJson(200, {
    object: "list",
    data: page.map(toBody),
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
    has_more: from + page.length < all.length,
  });
}

function toRow(line: string): { customId: string; params: JsonObject } {
  const { custom_id, method, url, body } = JSON.parse(line) as Record<string, unknown>;
  if (typeof custom_id !== "string" || method !== "POST" || url !== "/v1/chat/completions" || !isJsonObject(body)) {
    throw new Error("a line of the input file is none of a batch");
  }
  return { customId: custom_id, params: body };
}

function toBody(batch: Batch): JsonObject {
  const { id, rows, metadata, inputFile, createdAtMs, isEnded, isFailed, isCanceled } = batch;
  const isExpired = rows.some(({ end }) => end === "expired");
  const last = isFailed ? "failed" : isCanceled ? "cancelled" : isExpired ? "expired" : "completed";
  const isReadable = isEnded && !isFailed;
  return {
    id,
    object: "batch",
    endpoint: "/v1/chat/completions",
    input_file_id: inputFile,
    completion_window: "24h",
    status: isEnded ? last : isFailed ? "validating" : isCanceled ? "cancelling" : "in_progress",
    errors:
      isEnded && isFailed ? { object: "list", data: [{ code: "token_limit_exceeded", message: "made up" }] } : null,
    output_file_id: isReadable && rows.some(isGood) ? `file-out-${id}` : null,
    error_file_id: isReadable && rows.some(isBad) ? `file-err-${id}` : null,
    created_at: Math.floor(createdAtMs / 1000),
    request_counts: {
      total: isFailed ? 0 : rows.length,
      completed: isReadable ? rows.filter(({ end }) => end === "succeeded" || end === "unwritten").length : 0,
      failed: isReadable ? rows.filter(isBad).length : 0,
    },
    metadata,
  };
}

function isGood({ end }: BatchRow): boolean {
  return end === "succeeded";
}

function isBad({ end }: BatchRow): boolean {
  return end !== "succeeded" && end !== "unwritten";
}

function toLine({ customId, end, answer }: BatchRow): JsonObject {
  const answered = (status_code: number, body: JsonObject) => ({
    id: `batch_req_${customId.slice(0, 8)}`,
    custom_id: customId,
    response: { status_code, request_id: "made up", body },
    error: null,
  });
  const unanswered = (code: string) => ({
    id: `batch_req_${customId.slice(0, 8)}`,
    custom_id: customId,
    response: null,
    error: { code, message: "made up" },
  });
  if (end === "succeeded") return answered(200, answer.body);
  if (end === "invalid") return answered(400, { error: { type: "invalid_request_error", message: "made up" } });
  if (end === "errored") return answered(500, { error: { type: "server_error", message: "made up" } });
  return unanswered(end === "expired" ? "batch_expired" : "batch_cancelled");
}
