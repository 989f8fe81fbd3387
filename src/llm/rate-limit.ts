import type { Usage } from "./prices.ts";
import type { Meter, RateHint } from "./provider.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Tokens that a request will use by our estimate. */
export type TokenEstimate = { readonly tokensIn: number; readonly tokensOut: number };

/** What a request taught us about the vendor's limits. `pushback`: it was refused for them, with the pause it asked for. */
export type RateReport = {
  readonly usage?: Usage | undefined;
  readonly rate?: RateHint | undefined;
  readonly pushback?: { readonly pauseMs: number } | undefined;
};

/** Leave to send one request now. `release` must be called once, when its outcome is known. */
export type Permit = { release(report?: RateReport): void };

/** Holds requests back so that the vendor's limits are met, as far as they are known, and hardly ever tried. */
export type RateLimit = {
  /** First come, first served. Rejects with the signal's reason. */
  acquire(estimate: TokenEstimate, signal: AbortSignal): Promise<Permit>;
};

type Waiter = { readonly estimate: TokenEstimate; readonly start: () => void };

const METERS: readonly Meter[] = ["requests", "tokensIn", "tokensOut", "tokens"];

/**
 * Buckets for requests and tokens per minute, given or learned from the vendor's headers, taken from at the estimate and
 * put right by the usage. Requests at once: halved when the vendor pushes back (once for all that were under way then),
 * and one more for each round that went well (AIMD). Waiting is by timers, and only while somebody waits.
 */
export function createRateLimit(
  concurrencyMax: number,
  limits: Partial<Readonly<Record<Meter, number>>> = {},
): RateLimit {
  const buckets = new Map<Meter, TokenBucket>();
  for (const meter of METERS) {
    const perMinute = limits[meter];
    if (perMinute !== undefined) buckets.set(meter, new TokenBucket(perMinute, performance.now()));
  }
  let waiters: Waiter[] = [];
  let running = 0;
  let window = concurrencyMax;
  let started = 0;
  /** Requests numbered up to this were under way at the last halving: their refusals are old news. */
  let halvedUpTo = 0;
  let pausedUntilMs = 0;
  let timer: NodeJS.Timeout | undefined;

  const admitWaiters = (): void => {
    clearTimeout(timer);
    while (running < Math.floor(window)) {
      const [first] = waiters;
      if (first === undefined) return;
      const nowMs = performance.now();
      const waitMs = Math.max(
        pausedUntilMs - nowMs,
        ...[...buckets].map(([meter, bucket]) => bucket.waitMs(toAmount(meter, first.estimate), nowMs)),
      );
      if (waitMs > 0) {
        timer = setTimeout(admitWaiters, Math.ceil(waitMs));
        return;
      }
      waiters.shift();
      running += 1;
      take(first.estimate, nowMs);
      first.start();
    }
  };

  const take = (estimate: TokenEstimate, nowMs: number, sign = 1): void => {
    for (const [meter, bucket] of buckets) bucket.take(sign * toAmount(meter, estimate), nowMs);
  };

  const learn = (rate: RateHint, nowMs: number): void => {
    for (const meter of METERS) {
      const { limit, remaining } = rate[meter] ?? {};
      if (limit === undefined) continue;
      const bucket = buckets.get(meter) ?? new TokenBucket(limit, nowMs);
      // A limit that was given is a promise to stay below it, even where the vendor would allow more.
      bucket.learn(Math.min(limit, limits[meter] ?? limit), remaining, nowMs);
      buckets.set(meter, bucket);
    }
  };

  const createPermit = (estimate: TokenEstimate): Permit => {
    const number = ++started;
    return {
      release({ usage, rate, pushback } = {}) {
        const nowMs = performance.now();
        running -= 1;
        if (rate) learn(rate, nowMs);
        if (usage) {
          const used = { tokensIn: usage.in + (usage.cache_read ?? 0), tokensOut: usage.out };
          for (const meter of ["tokensIn", "tokensOut", "tokens"] as const) {
            buckets.get(meter)?.take(toAmount(meter, used) - toAmount(meter, estimate), nowMs);
          }
          window = Math.min(concurrencyMax, window + 1 / window);
        }
        if (pushback) {
          pausedUntilMs = Math.max(pausedUntilMs, nowMs + pushback.pauseMs);
          if (number > halvedUpTo) {
            window = Math.max(1, Math.floor(window / 2));
            halvedUpTo = started;
          }
        }
        admitWaiters();
      },
    };
  };

  return {
    acquire(estimate, signal) {
      return new Promise((done, fail) => {
        if (signal.aborted) return fail(signal.reason);
        const leave = () => {
          waiters = waiters.filter((other) => other !== waiter);
          fail(signal.reason);
          admitWaiters();
        };
        const waiter: Waiter = {
          estimate,
          start: () => {
            signal.removeEventListener("abort", leave);
            done(createPermit(estimate));
          },
        };
        signal.addEventListener("abort", leave, { once: true });
        waiters.push(waiter);
        admitWaiters();
      });
    },
  };
}

function toAmount(meter: Meter, { tokensIn, tokensOut }: TokenEstimate): number {
  if (meter === "requests") return 1;
  if (meter === "tokensIn") return tokensIn;
  return meter === "tokensOut" ? tokensOut : tokensIn + tokensOut;
}
