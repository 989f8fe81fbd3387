import type { Draft, LlmTransform } from "#contract";
import type { ReplyLine } from "../schema/reply-line.ts";
import { type BuyDesk, buyReply } from "./buy-reply.ts";
import { follow, type RulesReason } from "./follow.ts";
import type { Nusd } from "./money.ts";
import type { Usage } from "./prices.ts";
import { type Asking, toOrder } from "./question.ts";
import { type Question, sha256 } from "./reply-key.ts";

/** One reply that an answer rests on. */
export type ReplyUse = {
  readonly key: string;
  /** SHA-256 of the raw reply; of the tombstone's name where there is none. */
  readonly sha256: string;
  /**
   * True if it was in the cache, or is paid for by another draft with the same question. Not at the first use of a reply
   * that a batch of this process has brought.
   */
  readonly cached: boolean;
  /** What the reply cost whoever bought it: the same in every run on the same cache. */
  readonly nusd: Nusd;
  readonly usage?: Usage | undefined;
};

export type Answer<Reply> = { readonly uses: readonly ReplyUse[] } & (
  | { readonly kind: "reply"; readonly value: Reply }
  | { readonly kind: "rules"; readonly reason: RulesReason }
);

/** What asking needs beside the desk. */
export type AskDesk = BuyDesk &
  Asking & {
    /** Questions under way, so that each is bought once. */
    readonly underWay: Map<string, Promise<ReplyLine>>;
    readonly onUse: (use: ReplyUse, loader: string) => void;
  };

/** Asks the transform's question about a draft: from the cache, else from the vendor, as `follow` says. */
export async function ask<Reply>(
  desk: AskDesk,
  transform: LlmTransform<Reply>,
  draft: Draft,
  options: { readonly loader: string; readonly signal: AbortSignal },
): Promise<Answer<Reply>> {
  const uses: ReplyUse[] = [];
  const followed = await follow(desk, transform, draft, async (question) => {
    const { line, use } = await obtain(desk, question, options);
    uses.push(use);
    desk.onUse(use, options.loader);
    return line;
  });
  return { ...followed, uses };
}

type Got = { readonly line: ReplyLine; readonly use: ReplyUse };

async function obtain(
  desk: AskDesk,
  question: Question,
  { loader, signal }: { readonly loader: string; readonly signal: AbortSignal },
): Promise<Got> {
  const order = toOrder(desk, question, loader);
  const { key } = order;
  const stored = await findReply(desk, key);
  if (stored) {
    if ("raw" in stored) desk.seen.replies += 1;
    // What a batch of this process has bought for this use is no saving.
    return toGot(stored, !desk.cache.takeAhead(key));
  }
  // Another draft may have begun to ask the same while this one looked into the cache.
  const shared = desk.underWay.get(key);
  const bought = shared ?? buyReply(desk, order, signal).finally(() => desk.underWay.delete(key));
  desk.underWay.set(key, bought);
  return toGot(await bought, shared !== undefined);
}

/** The reply of a question that was asked before, in this run or another one. */
async function findReply({ underWay, cache }: AskDesk, key: string): Promise<ReplyLine | undefined> {
  return (await underWay.get(key)) ?? (await cache.get(key));
}

function toGot(line: ReplyLine, cached: boolean): Got {
  const { key } = line;
  if ("tombstone" in line) return { line, use: { key, sha256: sha256(line.tombstone), cached, nusd: 0 } };
  return { line, use: { key, sha256: sha256(line.raw), cached, nusd: line.nusd, usage: line.usage } };
}
