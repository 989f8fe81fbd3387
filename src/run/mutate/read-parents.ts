import { PARENTS_SLICE_BYTES } from "../../formats/limits.ts";
import type { Hub } from "../../hub/hub.ts";
import type { MutateOrder } from "../../pool/mutate-order.ts";
import type { SlicePool } from "../../pool/slice-pool.ts";
import type { SliceResult } from "../../pool/slice-task.ts";
import type { Position } from "../../schema/journal.ts";
import { mapOrdered } from "../ordered-map.ts";
import { type ReadableLoader, readLoader, type WorkItem } from "../read-loader.ts";
import type { Pin } from "../run-state.ts";

/** A loader of the input, pinned. */
export type ParentLoader = ReadableLoader & { readonly pin: Pin };

export type ReadParentsOptions = {
  readonly hub: Hub;
  readonly pool: SlicePool;
  readonly loaders: readonly ParentLoader[];
  readonly signal: AbortSignal;
};

/** What a worker made of some parents; `next` is where the loader reads on after them. */
export type ParentsRead = {
  readonly loader: string;
  /** Names the slice, the same in each pass. */
  readonly slice: string;
  readonly next: Position;
  readonly result: SliceResult;
};

/** Slices under way beyond one per worker. */
const SLICES_AHEAD = 2;

/**
 * Reads the parents of all loaders, slice by slice, from where `positionOf` says (undefined: from the first), and has each
 * slice worked as ordered. Results come in reading order. Throws DamageError if the input has changed.
 */
export async function* readParents(
  { hub, pool, loaders, signal }: ReadParentsOptions,
  orderOf: (item: SliceItem) => MutateOrder,
  positionOf: (loader: string) => Position | undefined,
): AsyncGenerator<ParentsRead> {
  const items = listItems(hub, loaders, positionOf);
  yield* mapOrdered(items, pool.workers + SLICES_AHEAD, async (item) => {
    const result = await pool.run({ ...item.task, mutate: orderOf(item) }, signal);
    if (result.kind !== "done") throw new Error(`[${item.id}] ${item.task.place.file}: ${result.message}`);
    return { loader: item.id, slice: toSliceName(item), next: item.after, result };
  });
}

/** What names a slice, the same in each pass. */
export function toSliceName({ id, file, at }: SliceItem): string {
  return `${id} ${file} ${at.cursor.slice}`;
}

export type SliceItem = Extract<WorkItem, { kind: "slice" }>;

async function* listItems(
  hub: Hub,
  loaders: readonly ParentLoader[],
  positionOf: (loader: string) => Position | undefined,
): AsyncGenerator<SliceItem> {
  for (const found of loaders) {
    const next = positionOf(found.id) ?? { file: 0, cursor: { slice: 0, offset: 0, row: 0 }, skip: 0 };
    const state = { pin: found.pin, next };
    const options = {
      found,
      columns: true as const,
      state,
      hub,
      rowsMax: Number.POSITIVE_INFINITY,
      identify: false,
      sliceBytes: PARENTS_SLICE_BYTES,
    };
    for await (const item of readLoader(options)) {
      if (item.kind === "slice") yield item;
      else if (item.kind === "unreadable" || item.status !== "ok") throw unreadable(item);
    }
  }
}

function unreadable(item: Exclude<WorkItem, SliceItem>): Error {
  const why = item.kind === "unreadable" ? item.message : item.reason;
  return new Error(`[${item.id}] the input can't be read: ${why}`);
}
