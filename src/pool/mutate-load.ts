import type { Boundary, Mutation, Track, Transform } from "#contract";
import { parseOwnJson } from "../schema/json-text.ts";
import { type OpenedPools, openPools } from "./mutate/open-pools.ts";
import type { Pools } from "./mutate/pools.ts";
import { createCaseLanes } from "./mutate-cases.ts";
import type { LaneSet } from "./mutate-lane.ts";
import type { Corpus, MutateOrder } from "./mutate-order.ts";
import { createPairLanes } from "./mutate-pairs.ts";

// A thread works for one run: what it has read for one order serves the next.
let lanes: { readonly key: string; readonly loading: Promise<LaneSet> } | undefined;
let pools: { readonly digest: string; readonly opened: OpenedPools } | undefined;

/** The lanes that an order names, imported once per thread. */
export function loadLanes(order: Omit<MutateOrder, "work">): Promise<LaneSet> {
  const { tier, seed, insertSources, mutators } = order;
  const key = JSON.stringify([tier, seed, insertSources, mutators]);
  if (lanes?.key !== key) lanes = { key, loading: importLanes(order) };
  return lanes.loading;
}

/** The stages of the track at a file: URL. */
export async function loadStages(trackUrl: string): Promise<readonly Transform[]> {
  const { default: track } = (await import(trackUrl)) as { default: Track };
  return track.stages;
}

/** The pools, parsed once per thread. */
export function loadPools({ pools: shared }: Corpus): OpenedPools {
  if (pools?.digest === shared.digest) return pools.opened;
  // A view of shared memory can't be decoded where it lies.
  const text = Buffer.from(shared.bytes).toString("utf8");
  const opened = openPools(parseOwnJson(text) as unknown as Pools);
  pools = { digest: shared.digest, opened };
  return opened;
}

async function importLanes({ tier, seed, insertSources, mutators }: Omit<MutateOrder, "work">): Promise<LaneSet> {
  const choice = { seed, insertSources };
  const imported = mutators.map(async ({ name, url }) => ({ name, exported: (await import(url)) as object }));
  const named = (await Promise.all(imported)).map(({ name, exported }) => ({
    name,
    plugIn: (exported as { default: unknown }).default,
  }));
  return tier === "tier2"
    ? (createPairLanes(
        named.map(({ name, plugIn }) => ({ name, mutation: plugIn as Mutation })),
        choice,
      ) as LaneSet)
    : (createCaseLanes(
        named.map(({ name, plugIn }) => ({ name, boundary: plugIn as Boundary })),
        choice,
      ) as LaneSet);
}
