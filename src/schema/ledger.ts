import { z } from "zod";

const nusd = z.int().min(0);
const tokens = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** "<number of the opening>-<number of the hold>": unique in its ledger. */
const holdId = z.string().regex(/^\d+-\d+$/);
/** UTC, to the second. The books by day are made of it; nothing else looks at it. */
const at = z.iso.datetime();

/** Tokens as the vendor counted them: `in` without what went through its prompt cache, `out` with reasoning. */
export const usageSchema = z.strictObject({
  in: tokens,
  out: tokens,
  cache_read: tokens.optional(),
  cache_write_5m: tokens.optional(),
  cache_write_1h: tokens.optional(),
});

/**
 * Why a hold was settled for what it was settled for: `ok` and `batch` for the reply's usage, `free` for 0 because it is
 * known that nothing was billed, `unknown` and `orphan` in full because it is not known: the request's outcome was lost,
 * or the process ended before it was told.
 */
export const SETTLE_REASONS = ["ok", "free", "unknown", "orphan", "batch"] as const;

/** The lines of a ledger. All money in nano-dollars (10^-9 USD). */
export const ledgerEventSchema = z.discriminatedUnion("t", [
  /** A process opened the ledger. `ledger` names the ledger itself and is the same in all its openings. */
  z.strictObject({
    t: z.literal("open"),
    at,
    ledger: z.string().regex(/^[0-9a-f]{16}$/),
    run: z.string(),
    prices_sha256: sha256,
  }),
  /** The cap was set (`from` null) or changed. It is the ledger's: it holds for all runs together. */
  z.strictObject({ t: z.literal("cap"), at, from: nusd.nullable(), to: nusd, by: z.string() }),
  /** A request may be sent from here on; it costs at most `nusd`. `key` is its reply's in the cache. */
  z.strictObject({
    t: z.literal("reserve"),
    at,
    id: holdId,
    key: sha256,
    nusd,
    model: z.string(),
    mode: z.enum(["direct", "batch"]),
    loader: z.string(),
    /** Of a batch: the first of the holds that are sent together. The batch that has them is known by it. */
    shard: holdId.optional(),
  }),
  /** These holds went into this batch of the vendor's. */
  z.strictObject({ t: z.literal("bind"), at, ids: z.array(holdId), batch: z.string() }),
  /** What the request has cost. Its hold ends. */
  z.strictObject({
    t: z.literal("settle"),
    at,
    id: holdId,
    nusd,
    usage: usageSchema.optional(),
    why: z.enum(SETTLE_REASONS),
  }),
  /** A person has seen that hold `id` cost more than was reserved, and lets requests be sent again. */
  z.strictObject({ t: z.literal("accept"), at, id: holdId, by: z.string() }),
  /** Replies taken from the cache, and what they would have cost. A tally: a kill may lose the last of it. */
  z.strictObject({ t: z.literal("cached"), at, model: z.string(), loader: z.string(), calls: z.int().min(1), nusd }),
]);
export type LedgerEvent = z.infer<typeof ledgerEventSchema>;
export type SettleReason = (typeof SETTLE_REASONS)[number];
