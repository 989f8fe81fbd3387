import { isJsonObject, type JsonObject } from "../schema/json.ts";
import { parseOrUndefined, toFailure } from "./classify.ts";
import { type Posted, type Poster, type Sending, UnreadableError } from "./post.ts";
import type { ModelReply, Outcome } from "./provider.ts";

/** One request of a batch: its reply's key, which the vendor is told as the request's own id, and its body. */
export type BatchRow = { readonly key: string; readonly body: string };

/** A batch as the vendor sees it. */
export type VendorBatch = {
  readonly id: string;
  /** What it was named when it was made, where the vendor keeps that. */
  readonly name?: string | undefined;
  readonly createdAtMs: number;
  /** Rows in it; undefined while the vendor has not counted them. */
  readonly rows: number | undefined;
  /** `ended`: its results can be read. `refused`: as a whole, so that none of it was worked on or billed. */
  readonly state: "working" | "ended" | "refused";
  /** Where its results are. */
  readonly resultPaths: readonly string[];
  /** Why it was refused, for people. */
  readonly detail?: string | undefined;
};

/** What became of the making of a batch; `unknown`: it may be there. */
export type Made = { readonly kind: "made"; readonly batch: VendorBatch } | Exclude<Outcome, { kind: "reply" }>;

/**
 * What a line of a batch's results says. `free`: this row was not billed, because it was refused or because it was not
 * answered (an error of the vendor's, expired, canceled); `unknown`: it may have been.
 */
export type RowResult = { readonly key: string } & (
  | { readonly kind: "reply"; readonly raw: string; readonly reply: ModelReply }
  | { readonly kind: "free"; readonly reason: "bad_request" | "unanswered"; readonly detail: string }
  | { readonly kind: "unknown"; readonly detail: string }
);

/** A vendor's batches over HTTP. What reads throws UnreadableError, and may be tried again for nothing. */
export type VendorBatches = {
  readonly rowsMax: number;
  readonly bytesMax: number;
  /** True if batches are listed by the name they were made with. */
  readonly keepsNames: boolean;
  /** Sends the requests. One that had no answer may have made a batch. */
  create(name: string, rows: readonly BatchRow[], signal: AbortSignal): Promise<Made>;
  /** Undefined if the vendor knows of no such batch. */
  find(id: string, signal: AbortSignal): Promise<VendorBatch | undefined>;
  /** Batches made since then, newest first. */
  list(sinceMs: number, signal: AbortSignal): AsyncGenerator<VendorBatch>;
  /** Results in the vendor's order, as a stream. Ends early only by a throw. */
  read(batch: VendorBatch, signal: AbortSignal): AsyncGenerator<RowResult>;
};

/** The JSON object that a request is answered with; throws UnreadableError for anything else. */
export async function readObject(poster: Poster, sending: Sending, signal: AbortSignal): Promise<JsonObject> {
  const posted = await poster.send(sending, signal);
  signal.throwIfAborted();
  const body = toObject(posted);
  if (body) return body;
  const status = posted.kind === "answer" ? posted.status : 0;
  throw new UnreadableError(status, status === 200 ? "200 with a body that is no object" : toFailure(posted).detail);
}

/** The object of an answer that says 200. */
export function toObject(posted: Posted): JsonObject | undefined {
  if (posted.kind !== "answer" || posted.status !== 200) return undefined;
  const body = parseOrUndefined(posted.text);
  return isJsonObject(body) ? body : undefined;
}

/** A page of a list as both vendors have it. Throws UnreadableError if it is none. */
export function toPage(body: JsonObject): {
  readonly entries: readonly JsonObject[];
  readonly after: string | undefined;
} {
  const { data, has_more, last_id } = body;
  if (!Array.isArray(data)) throw new UnreadableError(0, "a list without data");
  const after = has_more === true && typeof last_id === "string" ? last_id : undefined;
  if (has_more === true && after === undefined) throw new UnreadableError(0, "a list without its last id");
  return { entries: data.filter(isJsonObject), after };
}
