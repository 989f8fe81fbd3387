/** Longest pause that an answer may impose, in milliseconds: the Hub counts its quotas in windows of five minutes. */
export const PAUSE_MS_MAX = 5 * 60_000;

/**
 * Milliseconds that Retry-After asks to wait, as seconds or as an HTTP date (RFC 9110, 10.2.3), at most PAUSE_MS_MAX;
 * undefined if an answer has none that can be read.
 */
export function parseRetryAfter(headers: { get(name: string): string | null }, nowMs: number): number | undefined {
  const waitMs = parseWait(headers.get("retry-after")?.trim(), nowMs);
  return waitMs === undefined ? undefined : Math.min(Math.max(waitMs, 0), PAUSE_MS_MAX);
}

function parseWait(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  // Only a text that looks like an HTTP date: Date.parse takes far more, some of it in the machine's time zone.
  const dateMs = /^[A-Z][a-z]{2,8}, .+ GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : dateMs - nowMs;
}
