import pRetry from "p-retry";
import { SourceError } from "../contract/errors.ts";
import type { HostBreaker } from "./host-breaker.ts";
import { TransientError } from "./hub-errors.ts";

export type RetryPolicy = {
  /** Tries after the first, for a host that answers. */
  readonly retriesMax: number;
  /** Milliseconds before the second try, at least; doubled each time, up to as much again added at random. */
  readonly delayMs: number;
  /** Milliseconds that all tries of one page or range may take together, waits for quota and hosts included. */
  readonly wholeMs: number;
};

/**
 * Sixteen tries: where three requests in ten fail, the first range of a file (which takes two, hub and storage) fails for
 * good twice in ten million, so that a run of thousands ends. They take 1.6 to 3.2 minutes, which outlasts the restart of a
 * hub. Half an hour is for quotas: six of their windows.
 */
export const RETRY_POLICY: RetryPolicy = { retriesMax: 15, delayMs: 500, wholeMs: 30 * 60_000 };

/** The pause doubles up to 16 times the first: 8 seconds of RETRY_POLICY. */
const DELAY_GROWTH_MAX = 16;

/** A host that never answered anything may be a wrong address: 48 to 96 seconds are enough to find that out alone. */
const RETRIES_UNANSWERED = 9;
/** A dead host is asked only a few times more by each: the run must come to its end. */
const RETRIES_DEAD = 2;

export type RetryOptions = {
  readonly policy: RetryPolicy;
  /** Ends it at once. */
  readonly signal: AbortSignal;
  readonly findBreaker: (host: string) => HostBreaker | undefined;
};

/**
 * Tries until `attempt` no longer throws a TransientError; the last one becomes a SourceError about `subject`. Each try
 * must end when its signal does: that is how all of them together stay within the policy's time.
 */
export async function retry<T>(
  subject: string,
  attempt: (signal: AbortSignal) => Promise<T>,
  { policy, signal, findBreaker }: RetryOptions,
): Promise<T> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new DOMException("out of time", "TimeoutError")), policy.wholeMs);
  const close = () => limit.abort(signal.reason);
  signal.addEventListener("abort", close, { once: true });
  let tries = 0;
  let last: TransientError | undefined;
  const counted = async () => {
    tries += 1;
    try {
      return await attempt(limit.signal);
    } catch (error) {
      if (error instanceof TransientError) last = error;
      throw error;
    }
  };
  try {
    return await pRetry(counted, {
      retries: policy.retriesMax,
      minTimeout: policy.delayMs,
      maxTimeout: policy.delayMs * DELAY_GROWTH_MAX,
      factor: 2,
      randomize: true,
      shouldRetry: ({ error }) =>
        error instanceof TransientError && tries <= toRetriesMax(policy, findBreaker(error.host)),
      signal: limit.signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (limit.signal.aborted) throw outOfTime(subject, policy, tries, last);
    if (!(error instanceof TransientError)) throw error;
    throw givenUp(subject, tries, error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", close);
  }
}

function toRetriesMax({ retriesMax }: RetryPolicy, breaker: HostBreaker | undefined): number {
  if (breaker === undefined) return retriesMax;
  if (breaker.isDead(performance.now())) return Math.min(retriesMax, RETRIES_DEAD);
  return breaker.hasAnswered ? retriesMax : Math.min(retriesMax, RETRIES_UNANSWERED);
}

const ADVICE = {
  unreachable: "Check the network, or try again later",
  garbled: "Look for a proxy on the way that changes answers",
  malformed:
    "Look for a proxy on the way that changes answers. Samples made before this was seen are among the loader's: make them anew with --fresh",
};

function givenUp(subject: string, tries: number, error: TransientError): SourceError {
  const message = `${subject}: ${error.host} ${error.message} (${tries} ${tries === 1 ? "try" : "tries"}). ${ADVICE[error.failure]}.`;
  return new SourceError(error.failure, message, { cause: error });
}

function outOfTime(subject: string, { wholeMs }: RetryPolicy, tries: number, last: TransientError | undefined) {
  const what = last === undefined ? "no try came to an end" : `the last of them: ${last.host} ${last.message}`;
  const message = `${subject}: not read within ${Math.round(wholeMs / 1000)} seconds, in ${tries} tries; ${what}. Try again later.`;
  // What contradicts bytes that were used stays so, however the tries came to their end.
  return new SourceError(last?.failure === "malformed" ? "malformed" : "unreachable", message, { cause: last });
}
