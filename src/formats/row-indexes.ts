import type { SlicePayload, TextPayload } from "./row-file.ts";

/** The index in its file of each row of a slice, faults included, rising. */
export function listRowIndexes(payload: SlicePayload): Uint32Array {
  if (payload.kind === "parquet") return Uint32Array.from({ length: payload.limit }, (_, i) => payload.rowStart + i);
  return payload.faults.length === 0 ? payload.rowIndexes : withFaults(payload);
}

function withFaults({ rowIndexes, faults }: TextPayload): Uint32Array {
  return Uint32Array.from([...rowIndexes, ...faults.map(({ row }) => row)]).sort();
}

/** Place of the first of rising `indexes` that is at least `row`; their number if none is. */
export function findPlace(indexes: Uint32Array, row: number): number {
  let [low, high] = [0, indexes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((indexes[middle] as number) < row) low = middle + 1;
    else high = middle;
  }
  return low;
}
