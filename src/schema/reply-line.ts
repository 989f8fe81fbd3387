import { z } from "zod";
import { usageSchema } from "./ledger.ts";

const key = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * A line of the reply cache: the vendor's body as it came, before anybody looked whether it is of any use. `hold` is
 * "<ledger>:<hold>", what was paid for it; `nusd` is what it cost, in nano-dollars.
 */
export const replySchema = z.strictObject({
  key,
  hold: z.string().regex(/^[0-9a-f]{16}:\d+-\d+$/),
  at: z.iso.datetime(),
  nusd: z.int().min(0),
  usage: usageSchema.optional(),
  raw: z.string(),
});

/** Why there won't be a reply: the vendor refuses the request as such, or has lost its outcome twice. */
export const TOMBSTONE_REASONS = ["bad_request", "outcome_unknown"] as const;
export type TombstoneReason = (typeof TOMBSTONE_REASONS)[number];

/** A line that says that a question was asked in vain, so that it isn't asked again. */
export const tombstoneSchema = z.strictObject({
  key,
  tombstone: z.enum(TOMBSTONE_REASONS),
  at: z.iso.datetime(),
  detail: z.string(),
});

export const replyLineSchema = z.union([replySchema, tombstoneSchema]);
export type StoredReply = z.infer<typeof replySchema>;
export type Tombstone = z.infer<typeof tombstoneSchema>;
export type ReplyLine = z.infer<typeof replyLineSchema>;
