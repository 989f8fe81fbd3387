import { randomBytes } from "node:crypto";
import { isJsonObject, type JsonObject } from "../schema/json.ts";
import { createBatchReads } from "./batch-reads.ts";
import { parseOrUndefined, toFailure } from "./classify.ts";
import { type Poster, UnreadableError } from "./post.ts";
import type { ModelReply, Outcome } from "./provider.ts";
import { type BatchRow, type RowResult, toObject, type VendorBatch, type VendorBatches } from "./vendor-batches.ts";

const MIB = 2 ** 20;
/** The name a batch is known by in its metadata. */
const NAME = "planstream";

/**
 * OpenAI's Batch API: a file of requests is uploaded (which costs nothing), a batch is made of it, and its answers are in
 * two files. Charged are "tokens consumed from any completed requests" (guides/batch); of a row that failed on the
 * vendor's side it does not say, so that counts as perhaps billed.
 */
export function createChatBatches(
  headers: Readonly<Record<string, string>>,
  poster: Poster,
  parseReply: (raw: string) => ModelReply | undefined,
): VendorBatches {
  return {
    rowsMax: 50_000,
    bytesMax: 190 * MIB,
    keepsNames: true,

    async create(name, rows, signal) {
      const file = await upload(rows, signal);
      if (typeof file !== "string") return file;
      const body = JSON.stringify({
        input_file_id: file,
        endpoint: "/v1/chat/completions",
        completion_window: "24h",
        metadata: { [NAME]: name },
      });
      const posted = await poster.post("/batches", { ...headers }, body, signal);
      const batch = toBatch(toObject(posted));
      return batch ? { kind: "made", batch } : toFailure(posted);
    },

    ...createBatchReads(poster, {
      path: "/batches",
      headers,
      after: "after",
      toBatch,
      toResult: (line) => toResult(line, parseReply),
    }),
  };

  /** The id of the uploaded file. Whatever goes wrong here, no batch was made and nothing is billed. */
  async function upload(
    rows: readonly BatchRow[],
    signal: AbortSignal,
  ): Promise<string | Extract<Outcome, { kind: "free" }>> {
    const lines = rows.map(
      ({ key, body }) => `{"custom_id":"${key}","method":"POST","url":"/v1/chat/completions","body":${body}}\n`,
    );
    const form = toForm(lines);
    const type = `multipart/form-data; boundary=${form.boundary}`;
    const sending = {
      method: "POST",
      path: "/files",
      headers: { ...headers, "content-type": type },
      body: form.body,
    } as const;
    const posted = await poster.send(sending, signal);
    const id = toObject(posted)?.id;
    if (typeof id === "string") return id;
    const failure = toFailure(posted);
    if (failure.kind === "free") return failure;
    return { kind: "free", reason: "limited", status: 0, detail: `upload: ${failure.detail}` };
  }
}

function toForm(lines: readonly string[]): { readonly boundary: string; readonly body: Buffer } {
  const boundary = `planstream-${randomBytes(16).toString("hex")}`;
  const head = (disposition: string) => `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n`;
  const parts = [
    `${head('name="purpose"')}\r\nbatch\r\n`,
    `${head('name="file"; filename="planstream.jsonl"')}content-type: application/jsonl\r\n\r\n`,
    ...lines,
    `\r\n--${boundary}--\r\n`,
  ];
  return { boundary, body: Buffer.from(parts.join(""), "utf8") };
}

const ENDED = ["completed", "expired", "cancelled"];

function toBatch(body: JsonObject | undefined): VendorBatch | undefined {
  const { id, created_at: at, status, metadata, request_counts: counts, output_file_id, error_file_id } = body ?? {};
  if (typeof id !== "string" || typeof status !== "string" || typeof at !== "number") return undefined;
  const name = isJsonObject(metadata) && Object.hasOwn(metadata, NAME) ? metadata[NAME] : undefined;
  const rows = isJsonObject(counts) && typeof counts.total === "number" && counts.total > 0 ? counts.total : undefined;
  const files = [output_file_id, error_file_id].filter((file) => typeof file === "string");
  return {
    id,
    name: typeof name === "string" ? name : undefined,
    createdAtMs: at * 1000,
    rows,
    state: status === "failed" ? "refused" : ENDED.includes(status) ? "ended" : "working",
    resultPaths: files.map((file) => `/files/${encodeURIComponent(file)}/content`),
    detail: status === "failed" ? toErrorCode(body?.errors) : undefined,
  };
}

/** The first of the vendor's codes for why it refused a batch. */
function toErrorCode(errors: JsonObject[string] | undefined): string {
  const first = isJsonObject(errors) && Array.isArray(errors.data) ? errors.data[0] : undefined;
  const code = isJsonObject(first) ? first.code : undefined;
  return typeof code === "string" && /^\w{1,100}$/.test(code) ? code : "refused";
}

function toResult(line: string, parseReply: (raw: string) => ModelReply | undefined): RowResult {
  const body = parseOrUndefined(line);
  const { custom_id: key, response, error } = isJsonObject(body) ? body : {};
  if (typeof key !== "string") throw new UnreadableError(0, "a result without id");
  if (isJsonObject(response)) {
    const { status_code: status } = response;
    const raw = JSON.stringify(response.body ?? null);
    const reply = status === 200 ? parseReply(raw) : undefined;
    if (reply) return { key, kind: "reply", raw, reply };
    if (status === 400 || status === 413) return { key, kind: "free", reason: "bad_request", detail: String(status) };
    if (status === 429) return { key, kind: "free", reason: "unanswered", detail: "429" };
    return { key, kind: "unknown", detail: `${status} with a body that is no reply` };
  }
  const code = isJsonObject(error) ? error.code : undefined;
  if (code === "batch_expired" || code === "batch_cancelled") {
    return { key, kind: "free", reason: "unanswered", detail: code };
  }
  return { key, kind: "unknown", detail: "a row without an answer" };
}
