import { hash } from "node:crypto";
import { z } from "zod";
import { toCanonicalJson } from "../../schema/canonical-json.ts";

/** How much is kept. Values, calls and tools are drawn by hash where there are more. */
export const POOL_BOUNDS = {
  toolsPerDataset: 2048,
  argumentsPerTool: 24,
  valuesPerArgument: 48,
  callsPerTool: 6,
  valuesPerKind: 512,
  sourcesPerTier: 512,
  valueCharsMax: 400,
  callCharsMax: 1500,
} as const;

const counted = z.array(z.tuple([z.string(), z.int().min(1)]));

/** What mutations may draw from: lists of [text, count], by SHA-256 of the text. Values and calls are JSON texts. */
export const poolsSchema = z.strictObject({
  schema: z.literal("pools/1"),
  datasets: z.array(
    z.strictObject({
      dataset: z.string(),
      tools: z.array(
        z.strictObject({
          tool: z.string(),
          uses: z.int().min(1),
          /** The highest scope sensitivity of its calls. */
          sensitivity: z.int().min(1).max(5),
          calls: counted,
          arguments: z.array(
            z.strictObject({
              name: z.string(),
              uses: z.int().min(1),
              /** Calls in which it is a list. */
              lists: z.int().min(0),
              values: counted,
            }),
          ),
        }),
      ),
    }),
  ),
  kinds: z.array(z.strictObject({ kind: z.string(), values: counted })),
  sources: z.array(z.strictObject({ tier: z.int(), hashes: counted })),
});
export type Pools = z.infer<typeof poolsSchema>;

/** `sha256:` and the hash of the pools' canonical JSON: the same pools, the same mutations. */
export function toPoolsDigest(pools: Pools): string {
  return `sha256:${hash("sha256", toCanonicalJson(pools), "hex")}`;
}
