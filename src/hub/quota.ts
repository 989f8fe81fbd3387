import { DefinitionError } from "../contract/errors.ts";

/** A quota of the Hub: so many requests in each window of time. */
export type Quota = { readonly requests: number; readonly windowMs: number };

/** What the Hub counts apart: its API, and "resolve" URLs, which lead to a file's bytes. Storage hosts count nothing. */
export type QuotaName = "api" | "resolvers";

export type Quotas = Readonly<Record<QuotaName, Quota>>;

const WINDOW_MS = 5 * 60_000;

/**
 * What the Hub documents (huggingface.co/docs/hub/rate-limits) for a caller without a token and for a free account. Where
 * the account may do more, or less, the Hub's first answer says so (`RateLimit-Policy`).
 */
export const ANONYMOUS_QUOTAS: Quotas = {
  api: { requests: 500, windowMs: WINDOW_MS },
  resolvers: { requests: 3_000, windowMs: WINDOW_MS },
};
export const ACCOUNT_QUOTAS: Quotas = {
  api: { requests: 1_000, windowMs: WINDOW_MS },
  resolvers: { requests: 5_000, windowMs: WINDOW_MS },
};

const QUOTA_NAMES: readonly string[] = ["api", "resolvers"] satisfies QuotaName[];

/** Which quota of the hub a request counts against; undefined for other hosts and pages. */
export function toQuotaName(url: URL, hubUrl: URL): QuotaName | undefined {
  if (url.origin !== hubUrl.origin) return undefined;
  const path = url.pathname.slice(hubUrl.pathname.replace(/\/$/, "").length);
  if (path.startsWith("/api/")) return "api";
  return path.includes("/resolve/") ? "resolvers" : undefined;
}

/**
 * Reads `api=500/300,resolvers=3000/300` (requests per seconds; the seconds may be left out: 300). A quota that is not
 * named keeps what `quotas` says. Throws DefinitionError.
 */
export function parseQuotas(text: string, quotas: Quotas, where: string): Quotas {
  const parsed: Record<QuotaName, Quota> = { ...quotas };
  for (const part of text.split(",")) {
    const [, name = "", requests, seconds = "300"] =
      /^\s*(\w+)=([1-9]\d{0,8})(?:\/([1-9]\d{0,5}))?\s*$/.exec(part) ?? [];
    if (!isQuotaName(name)) {
      throw new DefinitionError(
        `${where}: expected something like "api=500/300,resolvers=3000/300" (requests per seconds), received ${JSON.stringify(part)}.`,
      );
    }
    parsed[name] = { requests: Number(requests), windowMs: Number(seconds) * 1000 };
  }
  return parsed;
}

/** The least time that a number of requests takes: a window's worth at once, then the next window's. Milliseconds. */
export function toLeastMs(requests: number, { requests: perWindow, windowMs }: Quota): number {
  return Math.max(0, Math.ceil(requests / perWindow) - 1) * windowMs;
}

function isQuotaName(name: string): name is QuotaName {
  return QUOTA_NAMES.includes(name);
}
