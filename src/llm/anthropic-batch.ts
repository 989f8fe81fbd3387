import { isJsonObject, type JsonObject } from "../schema/json.ts";
import { createBatchReads } from "./batch-reads.ts";
import { parseOrUndefined, toFailure } from "./classify.ts";
import { type Poster, UnreadableError } from "./post.ts";
import type { ModelReply } from "./provider.ts";
import { type RowResult, toObject, type VendorBatch, type VendorBatches } from "./vendor-batches.ts";

const PATH = "/v1/messages/batches";
const MIB = 2 ** 20;

/**
 * Anthropic's Message Batches. They keep no name, so one whose making had no answer is known by its rows' ids, once its
 * results can be read. What its documentation says of rows that errored, expired or were canceled: "You will not be billed
 * for these requests" (build-with-claude/batch-processing).
 */
export function createMessageBatches(
  headers: Readonly<Record<string, string>>,
  poster: Poster,
  parseReply: (raw: string) => ModelReply | undefined,
): VendorBatches {
  return {
    rowsMax: 100_000,
    bytesMax: 250 * MIB,
    keepsNames: false,

    async create(_, rows, signal) {
      // Put together by hand: the bodies are JSON already, and parsing thousands of them would be for nothing.
      const requests = rows.map(({ key, body }) => `{"custom_id":"${key}","params":${body}}`);
      const posted = await poster.post(PATH, headers, `{"requests":[${requests.join(",")}]}`, signal);
      const batch = toBatch(toObject(posted));
      if (batch) return { kind: "made", batch };
      return toFailure(posted);
    },

    ...createBatchReads(poster, {
      path: PATH,
      headers,
      after: "after_id",
      toBatch,
      toResult: (line) => toResult(line, parseReply),
    }),
  };
}

function toBatch(body: JsonObject | undefined): VendorBatch | undefined {
  const { id, created_at, processing_status: status, request_counts: counts } = body ?? {};
  const createdAtMs = typeof created_at === "string" ? Date.parse(created_at) : Number.NaN;
  if (typeof id !== "string" || typeof status !== "string" || Number.isNaN(createdAtMs)) return undefined;
  const numbers = isJsonObject(counts) ? Object.values(counts) : [];
  const rows = numbers.reduce<number>((sum, count) => sum + (typeof count === "number" ? count : Number.NaN), 0);
  const isEnded = status === "ended";
  return {
    id,
    createdAtMs,
    // "The sum of all values always matches the total number of requests in the batch."
    rows: numbers.length > 0 && Number.isInteger(rows) ? rows : undefined,
    state: isEnded ? "ended" : "working",
    // Not `results_url`: it is a full address, and the key is for this one only.
    resultPaths: isEnded ? [`${PATH}/${encodeURIComponent(id)}/results`] : [],
  };
}

function toResult(line: string, parseReply: (raw: string) => ModelReply | undefined): RowResult {
  const body = parseOrUndefined(line);
  const { custom_id: key, result } = isJsonObject(body) ? body : {};
  if (typeof key !== "string" || !isJsonObject(result)) throw new UnreadableError(0, "a result without id");
  if (result.type === "succeeded" && result.message !== undefined) {
    const raw = JSON.stringify(result.message);
    const reply = parseReply(raw);
    return reply ? { key, kind: "reply", raw, reply } : { key, kind: "unknown", detail: "a message that is no reply" };
  }
  if (result.type === "expired" || result.type === "canceled") {
    return { key, kind: "free", reason: "unanswered", detail: result.type };
  }
  if (result.type !== "errored") return { key, kind: "unknown", detail: "a result of an unknown type" };
  const outer = isJsonObject(result.error) ? result.error : {};
  const error = isJsonObject(outer.error) ? outer.error : outer;
  const isRefused = error.type === "invalid_request_error" || error.type === "request_too_large";
  const detail = typeof error.type === "string" && /^\w{1,100}$/.test(error.type) ? error.type : "errored";
  return { key, kind: "free", reason: isRefused ? "bad_request" : "unanswered", detail };
}
