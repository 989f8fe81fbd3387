import { z } from "zod";

const count = z.int().min(0);

/** What the models' replies in some samples come to: the same whether they were bought now or lay in the cache. */
export const modelUseSchema = z.strictObject({
  /** Replies that were used; one that answers two questions counts twice. */
  replies: count,
  /** What they cost whoever bought them, in nano-dollars. */
  nusd: count,
  /** Digest of them all, in any order (see ReplyDigest): 64 hex digits. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ModelUse = z.infer<typeof modelUseSchema>;
