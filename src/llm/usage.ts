import type { JsonValue } from "../schema/json.ts";
import type { Usage } from "./prices.ts";

/**
 * A vendor's count as a usage, or undefined if it can't be true: a count that is no whole number, nothing read, or an
 * answer with text and no token. Then the hold is charged in full.
 */
export function toUsage(counts: Readonly<Record<keyof Usage, JsonValue | undefined>>, text: string): Usage | undefined {
  const usage: Partial<Record<keyof Usage, number>> = {};
  for (const name of ["in", "out", "cache_read", "cache_write_5m", "cache_write_1h"] as const) {
    const count = counts[name] ?? undefined;
    if (count === undefined) continue;
    if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0 || count > TOKENS_MAX) return undefined;
    if (count > 0 || name === "in" || name === "out") usage[name] = count;
  }
  if (usage.in === undefined || usage.out === undefined) return undefined;
  const { cache_read = 0, cache_write_5m = 0, cache_write_1h = 0 } = usage;
  if (usage.in + cache_read + cache_write_5m + cache_write_1h === 0) return undefined;
  if (usage.out === 0 && text !== "") return undefined;
  return usage as Usage;
}

/** Far above any model's context; such counts still multiply exactly with any price. */
const TOKENS_MAX = 100_000_000;
