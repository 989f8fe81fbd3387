import { hash } from "node:crypto";
import type { Plan } from "../schema/pair.ts";
import { toArgumentsText } from "./mutate/canonical-texts.ts";

/**
 * What makes a benign plan the same as another for a reader of records: the request, the calls with their arguments and
 * tiers, and the edges, whatever the nodes are called. 64 bits of a SHA-256.
 */
export function toPositiveKey(request: string | undefined, { nodes, edges }: Plan): bigint {
  const places = new Map(nodes.map(({ node_id }, place) => [node_id, place]));
  // Canonical JSON spelled out: what is dear in it, the arguments, is mostly written already.
  const calls = nodes.map(
    ({ tool_name, arguments: args, provenance_tier }) =>
      `[${JSON.stringify(tool_name)},${toArgumentsText(args)},${provenance_tier}]`,
  );
  const byPlace = edges.map(([from, to]) => `[${places.get(from) ?? null},${places.get(to) ?? null}]`);
  const text = `[${JSON.stringify(request ?? null)},[${calls.join()}],[${byPlace.join()}]]`;
  return BigInt(`0x${hash("sha256", `planstream/positive/1\n${text}`, "hex").slice(0, 16)}`);
}

/** Whether an ascending list holds the key. */
export function holdsKey(keys: BigUint64Array, key: bigint): boolean {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as bigint) < key) low = middle + 1;
    else high = middle;
  }
  return keys[low] === key;
}
