import { open } from "node:fs/promises";
import { parseOwnJson } from "../../schema/json-text.ts";
import { type LinePlace, listPlans, parseRecord } from "./audit-case.ts";
import type { Contest } from "./contest.ts";
import { listNamedBuckets } from "./plan-features.ts";

/**
 * What buckets stand for: each is looked up in one record that has it, read from its part again. Of several tokens that
 * share a bucket there it is the first. Adds to `names`.
 */
export async function nameBuckets(
  buckets: Iterable<number>,
  contest: Contest,
  names: Map<number, string>,
): Promise<void> {
  const wanted = new Set([...buckets].filter((bucket) => !names.has(bucket)));
  const missing = new Set(wanted);
  for (const place of listPlaces(contest, missing)) {
    for (const plan of listPlans(parseRecord(parseOwnJson(await readPlace(place))))) {
      for (const { bucket, name } of listNamedBuckets(plan)) {
        if (wanted.has(bucket) && !names.has(bucket)) names.set(bucket, name);
      }
    }
  }
}

/** Places of records that together have all the buckets, hostile plans' first. Takes away from `missing` what it finds. */
function listPlaces({ features, groups, hostile, vocabulary }: Contest, missing: Set<number>): LinePlace[] {
  const places: LinePlace[] = [];
  for (const side of [1, 0]) {
    for (let row = 0; row < features.length && missing.size > 0; row++) {
      if (hostile[row] !== side) continue;
      const { masked, words } = features[row] as (typeof features)[number];
      const before = missing.size;
      for (const numbers of [masked, words]) {
        for (const number of numbers) missing.delete(vocabulary.buckets[number] as number);
      }
      const place = groups[row]?.place;
      if (missing.size < before && place) places.push(place);
    }
  }
  return places;
}

async function readPlace({ path, offset, bytes }: LinePlace): Promise<string> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(bytes), 0, bytes, offset);
    return buffer.toString("utf8");
  } finally {
    await file.close();
  }
}
