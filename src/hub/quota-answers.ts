import type { Governor } from "./governor.ts";
import type { Quotas } from "./quota.ts";
import type { QuotaBucket } from "./quota-bucket.ts";
import { parseRateLimits } from "./rate-limit.ts";
import { parseRetryAfter } from "./retry-after.ts";

/** After a refusal for the quota that doesn't say how long it holds: 1 second, then more, up to a minute. */
const REFUSAL_PAUSES_MS = { pauseMs: 1_000, pauseMsMax: 60_000 };

/** Takes over what an answer of the hub says of its quotas, by their names: it may speak of another than was meant. */
export function learnQuotas(governor: Governor, url: URL, headers: Headers, quotas: Quotas): void {
  for (const [name, limit] of parseRateLimits(headers)) {
    if (name !== "api" && name !== "resolvers") continue;
    governor.toWay(url, name, quotas[name]).bucket.learn(limit, performance.now());
  }
}

/** Holds requests back after a 429, or after any other trouble that comes with a time to wait. `scale`: of the pauses. */
export function noteRefusal(bucket: QuotaBucket, status: number, headers: Headers, scale: number): void {
  const pauseMs = parseRetryAfter(headers, Date.now()) ?? toSpentMs(headers);
  if (status !== 429 && pauseMs === undefined) return;
  const { pauseMs: first, pauseMsMax } = REFUSAL_PAUSES_MS;
  bucket.refused(pauseMs, { pauseMs: first * scale, pauseMsMax: pauseMsMax * scale }, performance.now());
}

/** Until the end of the window, if the answer says that nothing is left in it. */
function toSpentMs(headers: Headers): number | undefined {
  for (const { left, resetMs } of parseRateLimits(headers).values()) if (left === 0) return resetMs;
  return undefined;
}
