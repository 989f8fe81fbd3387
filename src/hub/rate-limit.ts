/** What an answer tells of a quota; fields that it leaves out are undefined. */
export type RateLimit = {
  readonly requests?: number;
  readonly windowMs?: number;
  /** Requests left in the window under way. */
  readonly left?: number;
  /** Milliseconds until it ends. */
  readonly resetMs?: number;
};

type Headers = { get(name: string): string | null };

const LIMIT = /"([\w-]+)"\s*;\s*r=(\d{1,9})\s*;\s*t=(\d{1,6})/g;
const POLICY = /"([\w-]+)"\s*;\s*q=(\d{1,9})\s*;\s*w=(\d{1,6})/g;

/**
 * Reads `RateLimit: "api";r=489;t=189` and `RateLimit-Policy: "fixed window";"api";q=500;w=300`, as the Hub sends them
 * with every answer (draft-ietf-httpapi-ratelimit-headers), by the quota's name.
 */
export function parseRateLimits(headers: Headers): ReadonlyMap<string, RateLimit> {
  const limits = new Map<string, RateLimit>();
  for (const [, name = "", requests, seconds] of (headers.get("ratelimit-policy") ?? "").matchAll(POLICY)) {
    if (Number(requests) > 0 && Number(seconds) > 0) {
      limits.set(name, { requests: Number(requests), windowMs: toWindowMs(seconds) });
    }
  }
  for (const [, name = "", left, seconds] of (headers.get("ratelimit") ?? "").matchAll(LIMIT)) {
    limits.set(name, { ...limits.get(name), left: Number(left), resetMs: toWindowMs(seconds) });
  }
  return limits;
}

/** Longest window that is believed: a header must not stop a run for a day. */
const WINDOW_MS_MAX = 5 * 60_000;

function toWindowMs(seconds: string | undefined): number {
  return Math.min(Number(seconds) * 1000, WINDOW_MS_MAX);
}
