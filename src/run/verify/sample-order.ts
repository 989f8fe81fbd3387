import { IDENTITY_BYTES } from "../../schema/plan-identity.ts";
import { createIdentitySet } from "../identity-set.ts";
import { findRun, type ReplaySpan } from "../replay/sample-runs.ts";
import type { SampleKey } from "./sample.ts";

/** Follows a loader's samples in their order. */
export type SampleOrder = {
  /** What is wrong with where the next sample stands; `key` is undefined for a line that has none. */
  next(key: SampleKey | undefined): string | undefined;
};

/**
 * Files come in the source's order, rows of a file rise, drafts of a row rise, in the run and again in each replay; and a
 * row that has given samples is not replayed. So no id can occur twice.
 */
export function createSampleOrder(replayed: readonly ReplaySpan[]): SampleOrder {
  const last = new Map<number, SampleKey>();
  // Without a replay rising rows say it all, and nothing need be remembered.
  const rows = replayed.length > 0 ? createIdentitySet() : undefined;
  let ordinal = 0;
  return {
    next(key) {
      const run = findRun(replayed, ordinal++);
      if (!key) return undefined;
      const before = last.get(run);
      last.set(run, key);
      const misplaced = before && describeOrder(before, key);
      if (misplaced) return misplaced;
      const owner = rows?.add(toRowBytes(key), 0, run);
      return owner === undefined || owner === run ? undefined : `row ${key.row} of its file has given samples before`;
    },
  };
}

function describeOrder(last: SampleKey, key: SampleKey): string | undefined {
  if (key.file !== last.file)
    return key.file > last.file ? undefined : "it stands after samples of a later file of its source";
  if (key.row !== last.row)
    return key.row > last.row ? undefined : `row ${key.row} stands after row ${last.row} of the same file`;
  if (key.draft !== undefined && last.draft !== undefined && key.draft > last.draft) return undefined;
  return "its row has given this sample, or a later one, before";
}

const row8 = Buffer.alloc(IDENTITY_BYTES);

/** File and row, mixed so that neighbours spread over the table; either can be told from the two words. */
function toRowBytes({ file, row }: SampleKey): Buffer {
  row8.writeUInt32LE(Math.imul(row ^ Math.imul(file + 1, 0x9e3779b1), 0x85ebca6b) >>> 0, 0);
  row8.writeUInt32LE(row >>> 0, 4);
  return row8;
}
