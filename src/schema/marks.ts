import { z } from "zod";

const count = z.int().min(0);

/** Where a loader reads on: `skip` rows of the slice at `cursor` are already accounted for. */
export const positionSchema = z.strictObject({
  file: count,
  cursor: z.strictObject({ slice: count, offset: count, row: count }),
  skip: count,
});
export type Position = z.infer<typeof positionSchema>;

/** The state of an output file after an append: what must be on disk, byte for byte. */
export const outputMarkSchema = z.strictObject({
  path: z.string(),
  bytes: count,
  /** Lines so far. */
  lines: count,
  /** Over all bytes so far. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type OutputMark = z.infer<typeof outputMarkSchema>;
