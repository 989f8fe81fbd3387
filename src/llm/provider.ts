import type { JsonObject } from "../schema/json.ts";
import type { Usage } from "./prices.ts";
import type { VendorBatches } from "./vendor-batches.ts";

/** A request to a model, in no vendor's words yet. */
export type ModelRequest = {
  /** The model as its vendor calls it. */
  readonly model: string;
  readonly system: string;
  readonly messages: readonly { readonly role: "user" | "assistant"; readonly content: string }[];
  readonly maxTokens: number;
  /** JSON Schema of the answer. */
  readonly schema: JsonObject;
  /** Not sent unless given: newer models refuse it. */
  readonly temperature?: number | undefined;
  readonly seed?: number | undefined;
};

/** Why a model ended its answer. */
export type Stop = "end" | "length" | "refusal";

/** An answer as read from a vendor's body. `usage` is undefined where the body states none that can be true. */
export type ModelReply = { readonly text: string; readonly stop: Stop; readonly usage: Usage | undefined };

/** What a vendor's answer says about its limits, per minute. */
export type RateHint = Partial<Record<Meter, { readonly limit?: number; readonly remaining?: number }>>;
/** What limits count: requests, tokens of the input, of the output, or of both together. */
export type Meter = "requests" | "tokensIn" | "tokensOut" | "tokens";

/**
 * Why a request is known not to have been billed, named by what to do:
 * `not_sent` (no connection, so no byte left), `limited` (429, 529): try again later. `bad_request` (400, 413): this one
 * never. `unauthorized` (401, 403), `not_found` (404), `no_credit`: none will, until somebody acts.
 */
export type FreeReason = "not_sent" | "limited" | "bad_request" | "unauthorized" | "not_found" | "no_credit";

/**
 * What became of one request. `unknown`: it may have been billed, and nobody will say. `detail` is for people: a status or
 * an error code, and no word of a prompt, a reply or a key.
 */
export type Outcome = { readonly rate?: RateHint; readonly retryAfterMs?: number | undefined } & (
  | { readonly kind: "reply"; readonly raw: string; readonly reply: ModelReply }
  | {
      readonly kind: "free";
      readonly reason: FreeReason;
      readonly status: number;
      readonly detail: string;
      /** The vendor's own words for a refusal. They may quote the request, so they are not to be shown as they are. */
      readonly says?: string | undefined;
    }
  | { readonly kind: "unknown"; readonly detail: string }
);

/** What `send` is told beside the body. */
export type SendOptions = {
  /** Ends the request at once; its outcome is then unknown if a byte was sent. */
  readonly signal: AbortSignal;
  /** The reply's key in the cache: what a deterministic provider draws from. */
  readonly key: string;
  /** How many times this key has been sent before, in this process. */
  readonly attempt: number;
};

/** One vendor's HTTP interface. It sends what it is told to, once: no retry, no redirect, no request of its own. */
export type Provider = {
  /** "anthropic", "openai" or "mock": part of a reply's key. */
  readonly name: string;
  /** Where it sends to, without a path. */
  readonly host: string;
  /** The address without credentials: part of a reply's key where the model is local, since models there share names. */
  readonly baseUrl: string;
  /** The body of a request, byte for byte as it is sent. Throws DefinitionError for a schema that the vendor can't take. */
  encode(request: ModelRequest, isLocal: boolean): string;
  send(body: string, options: SendOptions): Promise<Outcome>;
  /** Reads an answer, fresh or from the cache; undefined if it is none of this vendor's. */
  parseReply(raw: string): ModelReply | undefined;
  /** The vendor's batches, if it has them. */
  readonly batches?: VendorBatches | undefined;
  close(): Promise<void>;
};
