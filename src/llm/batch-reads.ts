import type { JsonObject } from "../schema/json.ts";
import { type Poster, UnreadableError } from "./post.ts";
import { type RowResult, readObject, toPage, type VendorBatch, type VendorBatches } from "./vendor-batches.ts";

/** In what a vendor's batches are read alike, and in what they differ. */
export type BatchForm = {
  /** Where batches are, below the base address. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The parameter by which a list goes on after an id. */
  readonly after: "after" | "after_id";
  /** Undefined if the body is that of no batch. */
  toBatch(body: JsonObject | undefined): VendorBatch | undefined;
  /** Throws UnreadableError for a line that can't be told from others. */
  toResult(line: string): RowResult;
};

/** What looks at batches and reads their results: GETs, that cost nothing and may be tried again. */
export function createBatchReads(
  poster: Poster,
  { path, headers, after: afterName, toBatch, toResult }: BatchForm,
): Pick<VendorBatches, "find" | "list" | "read"> {
  const readPath = (below: string, signal: AbortSignal) =>
    readObject(poster, { method: "GET", path: `${path}${below}`, headers }, signal);

  const toBatchOrThrow = (body: JsonObject): VendorBatch => {
    const batch = toBatch(body);
    if (batch === undefined) throw new UnreadableError(0, "a batch without id, time or status");
    return batch;
  };

  return {
    async find(id, signal) {
      try {
        return toBatchOrThrow(await readPath(`/${encodeURIComponent(id)}`, signal));
      } catch (error) {
        if (error instanceof UnreadableError && error.status === 404) return undefined;
        throw error;
      }
    },

    async *list(sinceMs, signal) {
      for (let after: string | undefined = ""; after !== undefined; ) {
        const from: string = after === "" ? "" : `&${afterName}=${encodeURIComponent(after)}`;
        const page = toPage(await readPath(`?limit=100${from}`, signal));
        for (const entry of page.entries) {
          const batch = toBatchOrThrow(entry);
          if (batch.createdAtMs < sinceMs) return;
          yield batch;
        }
        after = page.after;
      }
    },

    async *read({ resultPaths }, signal) {
      for (const resultPath of resultPaths) {
        for await (const line of poster.readLines(resultPath, headers, signal)) {
          if (line.trim() !== "") yield toResult(line);
        }
      }
    },
  };
}
