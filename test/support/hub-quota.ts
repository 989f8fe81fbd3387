/** A quota that the test server keeps to, as the Hub does: fixed windows, told with every answer. */
export type ServedQuota = { readonly requests: number; readonly windowS: number };

export type QuotaKeeper = {
  /** Counts a request; the headers that tell of the quota, and whether the request is refused. */
  count(url: string): { readonly headers: Record<string, string>; readonly isRefused: boolean };
  /** Requests refused so far. */
  readonly refused: { readonly api: number; readonly resolvers: number };
};

/** Counts requests to the hub by the quotas given; others are not counted. */
export function createQuotaKeeper(quotas: Partial<Record<"api" | "resolvers", ServedQuota>>): QuotaKeeper {
  const windows = { api: { endsAtMs: 0, count: 0 }, resolvers: { endsAtMs: 0, count: 0 } };
  const refused = { api: 0, resolvers: 0 };
  return {
    refused,
    count(url) {
      const name = url.startsWith("/api/") ? "api" : "resolvers";
      const quota = quotas[name];
      if (quota === undefined) return { headers: {}, isRefused: false };
      const nowMs = performance.now();
      const window = windows[name];
      if (nowMs >= window.endsAtMs) Object.assign(window, { endsAtMs: nowMs + quota.windowS * 1000, count: 0 });
      window.count += 1;
      const isRefused = window.count > quota.requests;
      if (isRefused) refused[name] += 1;
      const left = Math.max(0, quota.requests - window.count);
      const seconds = Math.ceil((window.endsAtMs - nowMs) / 1000);
      const headers = {
        RateLimit: `"${name}";r=${left};t=${seconds}`,
        "RateLimit-Policy": `"fixed window";"${name}";q=${quota.requests};w=${quota.windowS}`,
      };
      return { headers, isRefused };
    },
  };
}
