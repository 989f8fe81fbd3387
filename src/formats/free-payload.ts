import { freeBytes } from "../contract/free-bytes.ts";
import type { SlicePayload } from "./row-file.ts";

/**
 * Gives back a payload's bytes: in the main thread when its slice is written, in a worker, which has a copy, when it is
 * decoded. What slices share is left to the collector.
 */
export function freePayload(payload: SlicePayload | { readonly kind: "kept" }): void {
  if (payload.kind === "text") freeBytes(payload.bytes);
  if (payload.kind === "parquet") for (const { bytes } of payload.chunks) freeBytes(bytes);
}
