import { type CallMode, isPaid, type ModelPrice, toCostMax } from "./prices.ts";
import { toTokensMax } from "./tokens-max.ts";

/**
 * Tokens that a vendor may add to a request of ours: the frame of each message, and the words with which it tells the
 * model to keep to a schema. The longest of the latter that a vendor documents (for tools) are 804 tokens long.
 */
const FRAME_TOKENS_MAX = 1024;

/** What a request is sent as, as far as its price depends on it. */
export type BoundRequest = {
  /** The body, byte for byte. It holds prompt and schema; its JSON syntax and escapes only add to their tokens. */
  readonly body: string;
  /** The schema's text, counted once more: a vendor may spell it out to the model again. */
  readonly schemaText: string;
  /** Tokens of the answer at most, reasoning included, as the body states them. */
  readonly maxTokens: number;
};

/** The most tokens that a request's input can have. */
export function toTokensInMax({ body, schemaText }: BoundRequest, price: ModelPrice): number {
  return toTokensMax([body, schemaText], price.tokenizer) + FRAME_TOKENS_MAX;
}

/** The most that a request can cost: what is held for it before it is sent. */
export function toHoldNusd(request: BoundRequest, price: ModelPrice, mode: CallMode): number {
  // Any number of tokens for nothing: they need not be counted, which takes as long as all else of a hold.
  if (!isPaid(price)) return 0;
  return toCostMax(price, { tokensIn: toTokensInMax(request, price), tokensOut: request.maxTokens }, mode);
}
