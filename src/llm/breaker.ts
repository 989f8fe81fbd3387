/** Failures in a row, whoever's, after which one request at a time tries whether the vendor answers again. */
export const FAILURES_MAX = 5;

export type BreakerPolicy = {
  /** Milliseconds before the first try; doubled before each next one, up to `pauseMsMax`. */
  readonly pauseMs: number;
  readonly pauseMsMax: number;
  /** Tries before all of it is given up. */
  readonly probesMax: number;
};

/** About four minutes in all: a restart or a short outage passes, and a dead line is not waited for all night. */
export const BREAKER_POLICY: BreakerPolicy = { pauseMs: 1_000, pauseMsMax: 60_000, probesMax: 9 };

/**
 * Stops the sending of requests while the vendor does not answer: each would cost its whole hold, since nobody knows
 * whether it was billed.
 */
export type Breaker = {
  /** Returns when a request may be sent; `isProbe` if it is the one that tries. Rejects with the reason or once given up. */
  enter(signal: AbortSignal): Promise<{ readonly isProbe: boolean }>;
  /** Every request that entered reports once: did anybody answer? Undefined where it was not found out. */
  report(isProbe: boolean, isAnswered: boolean | undefined): void;
};

type Waiter = { readonly go: (isProbe: boolean) => void; readonly fail: (reason: unknown) => void };

/** `giveUp` makes the error that ends the waiting; it is called once, with the number of tries. */
export function createBreaker(giveUp: (probes: number) => unknown, policy: BreakerPolicy): Breaker {
  let failures = 0;
  let isOpen = false;
  let isProbing = false;
  let probes = 0;
  let isTime = false;
  let timer: NodeJS.Timeout | undefined;
  let waiters: Waiter[] = [];
  let given: { readonly reason: unknown } | undefined;

  const close = (): void => {
    [failures, probes, isOpen, isProbing] = [0, 0, false, false];
    clearTimeout(timer);
    for (const { go } of waiters.splice(0)) go(false);
  };

  const pause = (): void => {
    isProbing = false;
    isTime = false;
    if (probes >= policy.probesMax) {
      given = { reason: giveUp(probes) };
      for (const { fail } of waiters.splice(0)) fail(given.reason);
      return;
    }
    const pauseMs = Math.min(policy.pauseMs * 2 ** probes, policy.pauseMsMax);
    timer = setTimeout(() => {
      isTime = true;
      sendProbe();
    }, pauseMs);
    // Only those who wait keep the process alive.
    if (waiters.length === 0) timer.unref();
  };

  const sendProbe = (): void => {
    if (!isOpen || !isTime || isProbing) return;
    const waiter = waiters.shift();
    if (waiter === undefined) return;
    isProbing = true;
    probes += 1;
    waiter.go(true);
  };

  return {
    enter(signal) {
      return new Promise((done, fail) => {
        if (signal.aborted) return fail(signal.reason);
        if (given) return fail(given.reason);
        if (!isOpen) return done({ isProbe: false });
        const leave = () => {
          waiters = waiters.filter((other) => other !== waiter);
          if (waiters.length === 0) timer?.unref();
          fail(signal.reason);
        };
        const waiter: Waiter = {
          go: (isProbe) => {
            signal.removeEventListener("abort", leave);
            done({ isProbe });
          },
          fail: (reason) => {
            signal.removeEventListener("abort", leave);
            fail(reason);
          },
        };
        signal.addEventListener("abort", leave, { once: true });
        waiters.push(waiter);
        timer?.ref();
        sendProbe();
      });
    },

    report(isProbe, isAnswered) {
      if (given) return;
      if (isAnswered === true) return close();
      if (isOpen) {
        if (!isProbe) return; // sent before it opened
        if (isAnswered === false) return pause();
        isProbing = false; // nothing was learned: the next one tries
        return sendProbe();
      }
      if (isAnswered === false) failures += 1;
      if (failures < FAILURES_MAX) return;
      isOpen = true;
      pause();
    },
  };
}
