import { hash } from "node:crypto";
import { toCanonicalJson } from "../../schema/canonical-json.ts";

const RANK_DOMAIN = "planstream/rank/1\n";

/** SHA-256 (hex) by which candidates stand in line for the shares: as good as random, and the same whatever comes first. */
export function toRank(seed: string, parentHash: string, mutator: string, variant: number): string {
  return hash("sha256", RANK_DOMAIN + toCanonicalJson([seed, parentHash, mutator, variant]), "hex");
}
