import { hash } from "node:crypto";
import { createPoolCollector } from "../../pool/mutate/collect-pools.ts";
import { toPoolsDigest } from "../../pool/mutate/pools.ts";
import type { Corpus, MutateOrder } from "../../pool/mutate-order.ts";
import type { TextFacts } from "../../schema/mutation-events.ts";
import { createIdentitySet } from "../identity-set.ts";
import { type ReadParentsOptions, readParents } from "./read-parents.ts";

/** What all parents together are. */
export type TakenCensus = {
  /** Different ones. */
  readonly parents: number;
  /** Rows whose plan an earlier one has, ids and all, by slice: two loaders may read the same dataset. */
  readonly repeats: ReadonlyMap<string, Uint32Array>;
  readonly corpus: Corpus;
  readonly poolsText: string;
  readonly pools: TextFacts & { readonly digest: string };
};

/**
 * Reads all parents once: gathers what mutations may draw from, and by what a benign plan is known. It is made anew by each
 * start: it takes a fraction of a pass, and a digest shows that it is the same.
 */
export async function takeCensus(options: ReadParentsOptions, order: Omit<MutateOrder, "work">): Promise<TakenCensus> {
  const collector = createPoolCollector();
  const keys: BigUint64Array[] = [];
  const seen = createIdentitySet();
  const repeats = new Map<string, Uint32Array>();
  const census: MutateOrder = { ...order, work: { kind: "census" } };
  for await (const { slice, result } of readParents(
    options,
    () => census,
    () => undefined,
  )) {
    const { pools, positives, parents } = result.mutated ?? {};
    if (!pools || !positives || !parents) throw new Error("a worker took no census");
    const repeated = parents.rows.filter((_, place) => seen.add(parents.identities, place, 0) !== undefined);
    if (repeated.length > 0) repeats.set(slice, repeated);
    collector.addPools(pools);
    keys.push(positives);
  }
  const pools = collector.take();
  const poolsText = `${JSON.stringify(pools)}\n`;
  const digest = toPoolsDigest(pools);
  const bytes = toShared(Buffer.from(poolsText));
  return {
    parents: seen.size,
    repeats,
    corpus: { pools: { digest, bytes }, positives: toSortedKeys(keys) },
    poolsText,
    pools: { bytes: bytes.length, sha256: hash("sha256", poolsText, "hex"), digest },
  };
}

/** In memory that all threads see: nothing is copied to them. */
function toShared(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

function toSortedKeys(parts: readonly BigUint64Array[]): BigUint64Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new BigUint64Array(new SharedArrayBuffer(length * BigUint64Array.BYTES_PER_ELEMENT));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.sort();
}
