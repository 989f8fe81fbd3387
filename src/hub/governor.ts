import { BREAKER_POLICY, type BreakerPolicy, HostBreaker } from "./host-breaker.ts";
import type { Quota, QuotaName, Quotas } from "./quota.ts";
import { QuotaBucket } from "./quota-bucket.ts";

/** What a request must pass. Times are `performance.now()`'s. */
export type Gate = {
  /** When the next request may pass: `nowMs` or earlier means now, Infinity that another request must end first. */
  opensAtMs(nowMs: number): number;
  /** A request passes; call what it gives when the request has ended. */
  enter(nowMs: number): () => void;
};

/** The way of a request: its host's health, and the quota it counts against. */
export type Way = { readonly breaker: HostBreaker; readonly bucket: QuotaBucket };

type Waiter = {
  readonly way: Way;
  readonly start: (leave: () => void) => void;
  readonly signal: AbortSignal | undefined;
  readonly stop: () => void;
  readonly fail: (error: Error) => void;
};

/**
 * Lets at most `requestsMax` requests run at once, first come first served, but for those whose host is left alone or
 * whose quota is spent: they wait, and others go before them. One for the process: a quota belongs to the account.
 */
export class Governor {
  readonly requestsMax: number;
  readonly #breakers = new Map<string, HostBreaker>();
  readonly #buckets = new Map<string, QuotaBucket>();
  #running = 0;
  #waiters: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(requestsMax: number) {
    if (!Number.isInteger(requestsMax) || requestsMax < 1) {
      throw new TypeError(`requestsMax is ${requestsMax}: expected a whole number from 1`);
    }
    this.requestsMax = requestsMax;
  }

  /** The way to a URL. `name` and `quota` are those that its host counts the request by, if it does. */
  toWay(url: URL, name?: QuotaName, quota?: Quota, policy: BreakerPolicy = BREAKER_POLICY): Way {
    const key = `${url.origin} ${name ?? ""}`;
    const bucket = this.#buckets.get(key) ?? new QuotaBucket(quota);
    this.#buckets.set(key, bucket);
    const breaker = this.#breakers.get(url.host) ?? new HostBreaker(url.host, policy);
    this.#breakers.set(url.host, breaker);
    return { bucket, breaker };
  }

  /** The health of a host; undefined if nothing was ever asked of it. */
  findBreaker(host: string): HostBreaker | undefined {
    return this.#breakers.get(host);
  }

  /** A host's quotas as far as they are known by now. */
  toQuotas({ origin }: URL, quotas: Quotas): Quotas {
    const known = (name: QuotaName) => this.#buckets.get(`${origin} ${name}`)?.quota ?? quotas[name];
    return { api: known("api"), resolvers: known("resolvers") };
  }

  /**
   * Runs one request when its turn comes. Rejects with the signal's reason if that comes first, and with TransientError if
   * its host is dead and not due to be asked again.
   */
  async run<T>(way: Way, request: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const leave = await this.#enter(way, signal);
    try {
      return await request();
    } finally {
      leave();
      this.#running -= 1;
      this.#admit();
    }
  }

  #enter(way: Way, signal: AbortSignal | undefined): Promise<() => void> {
    signal?.throwIfAborted();
    return new Promise((start, fail) => {
      const stop = () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        fail(signal?.reason);
        this.#admit();
      };
      const waiter: Waiter = { way, start, signal, stop, fail };
      signal?.addEventListener("abort", stop, { once: true });
      this.#waiters.push(waiter);
      this.#admit();
    });
  }

  #admit(): void {
    clearTimeout(this.#timer);
    const nowMs = performance.now();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const waiter of [...this.#waiters]) {
      if (this.#running >= this.requestsMax) return;
      const { breaker, bucket } = waiter.way;
      const opensAtMs = Math.max(breaker.opensAtMs(nowMs), bucket.opensAtMs(nowMs));
      if (opensAtMs <= nowMs) this.#start(waiter, nowMs);
      else if (breaker.isDead(nowMs) && breaker.opensAtMs(nowMs) > nowMs)
        this.#sendAway(waiter, breaker.toError(nowMs));
      else nextMs = Math.min(nextMs, opensAtMs);
    }
    // A timer only while somebody waits: an idle governor never keeps the process alive.
    if (nextMs < Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.#admit(), Math.ceil(nextMs - nowMs));
  }

  #remove(waiter: Waiter): void {
    this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
    waiter.signal?.removeEventListener("abort", waiter.stop);
  }

  #sendAway(waiter: Waiter, error: Error): void {
    this.#remove(waiter);
    waiter.fail(error);
  }

  #start(waiter: Waiter, nowMs: number): void {
    this.#remove(waiter);
    this.#running += 1;
    const leaves = [waiter.way.breaker.enter(), waiter.way.bucket.enter(nowMs)];
    waiter.start(() => {
      for (const leave of leaves) leave();
    });
  }
}

/** Requests at once. The Hub counts requests, not bytes: a few large ranges at a time fill a line without eating the quota. */
export const REQUESTS_MAX = 8;

/** The one that every hub of this process goes through, unless it is given its own. */
export const processGovernor = new Governor(REQUESTS_MAX);
