import type { ZodType } from "zod";
import type { Draft, Drop } from "./draft.ts";

/** What a model is asked. The schema of its answer is the transform's `reply`. */
export type LlmRequest = {
  readonly system: string;
  readonly messages: readonly { readonly role: "user" | "assistant"; readonly content: string }[];
  /** Tokens the answer may have at most, reasoning included. The worst case of a call's price follows from it. */
  readonly maxTokens: number;
};

/**
 * A step from draft to draft that asks a model: pure functions around a question. It never sees a client, so
 * nothing can go round the cost gate; what comes in between (cache, gate, provider, repair) is planstream's.
 */
export type LlmTransform<Reply = unknown> = {
  readonly kind: "llm";
  readonly name: string;
  /** Moves when the same reply would be understood differently. A new version reads stored replies again, for free. */
  readonly version: number;
  /** What the model must answer. It is sent along as JSON Schema, and every answer is checked against it here. */
  readonly reply: ZodType<Reply>;
  /** How sure the rules are of their draft, from 0 to 1: `--llm uncertain` asks below the threshold. */
  confidence(draft: Draft): number;
  prompt(draft: Draft): LlmRequest;
  /** The draft with what the model said, or a drop. A throw counts as an answer that can't be used. */
  accept(draft: Draft, reply: Reply): Draft | Drop;
  /** The draft as the rules made it, marked with why no model's answer is in it (snake_case). Left out: it stays as it is. */
  decline?(draft: Draft, reason: string): Draft;
};

/** Returns its argument, typed. */
export function defineLlmTransform<Reply>(transform: LlmTransform<Reply>): LlmTransform<Reply> {
  return transform;
}
