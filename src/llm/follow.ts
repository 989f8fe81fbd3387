import type { Draft, LlmTransform } from "#contract";
import type { ReplyLine, TombstoneReason } from "../schema/reply-line.ts";
import { type Asking, toQuestion, toSecondQuestion } from "./question.ts";
import { readReply } from "./read-reply.ts";
import { type Question, sha256 } from "./reply-key.ts";

/**
 * Why the rules must do: the vendor refuses the request or its outcome was lost twice (a tombstone says so), the answer
 * was cut at its length or declined by the model, or it did not fit the schema, asked twice.
 */
export type RulesReason = TombstoneReason | "length" | "refusal" | "invalid_reply";

/** What became of a draft's question; `open`: this one has to be answered first. */
export type Followed<Reply> =
  | { readonly kind: "reply"; readonly value: Reply }
  | { readonly kind: "rules"; readonly reason: RulesReason }
  | { readonly kind: "open"; readonly question: Question };

/**
 * Follows the transform's question about a draft through the replies to it. An answer that does not fit the schema, even
 * repaired, is shown to the model once more with what is wrong with it; one that was cut or declined is not. `obtain`
 * gives a question's reply, or undefined where there is none yet.
 */
export async function follow<Reply, Line extends ReplyLine | undefined>(
  asking: Asking,
  transform: LlmTransform<Reply>,
  draft: Draft,
  obtain: (question: Question) => Promise<Line>,
): Promise<undefined extends Line ? Followed<Reply> : Exclude<Followed<Reply>, { kind: "open" }>>;
export async function follow<Reply>(
  asking: Asking,
  transform: LlmTransform<Reply>,
  draft: Draft,
  obtain: (question: Question) => Promise<ReplyLine | undefined>,
): Promise<Followed<Reply>> {
  const first = toQuestion(asking, transform as LlmTransform, draft);
  for (let question = first; ; ) {
    const line = await obtain(question);
    if (line === undefined) return { kind: "open", question };
    if ("tombstone" in line) return { kind: "rules", reason: line.tombstone };
    const reply = asking.provider.parseReply(line.raw);
    if (reply === undefined) return { kind: "rules", reason: "invalid_reply" };
    if (reply.stop !== "end") return { kind: "rules", reason: reply.stop };
    const read = readReply(reply.text, transform.reply);
    if (read.ok) return { kind: "reply", value: read.value };
    if (question !== first) return { kind: "rules", reason: "invalid_reply" };
    question = toSecondQuestion(first, reply.text, read.problem, sha256(line.raw));
  }
}
