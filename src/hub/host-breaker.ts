import type { Gate } from "./governor.ts";
import { TransientError } from "./hub-errors.ts";

export type BreakerPolicy = {
  /** Failures in a row after which the host is left alone. */
  readonly failuresMax: number;
  /** Milliseconds of the first pause; doubled after each probe that fails. */
  readonly pauseMs: number;
  readonly pauseMsMax: number;
  /** Milliseconds without an answer after which a host that never gave one is taken for dead; and one that did. */
  readonly unansweredMsMax: number;
  readonly silentMsMax: number;
};

/**
 * Ten failures in a row: more than are under way at once, so that one blip is no outage, and where three requests in ten
 * fail by chance they come once in 170,000. From one second to half a minute: a restart is noticed soon. A wrong address is
 * told after a minute; a hub that went away in mid-run may come back within ten.
 */
export const BREAKER_POLICY: BreakerPolicy = {
  failuresMax: 10,
  pauseMs: 1_000,
  pauseMsMax: 30_000,
  unansweredMsMax: 60_000,
  silentMsMax: 10 * 60_000,
};

/** BREAKER_POLICY with all its times multiplied. */
export function toBreakerPolicy(scale: number): BreakerPolicy {
  const { failuresMax, pauseMs, pauseMsMax, unansweredMsMax, silentMsMax } = BREAKER_POLICY;
  return {
    failuresMax,
    pauseMs: pauseMs * scale,
    pauseMsMax: pauseMsMax * scale,
    unansweredMsMax: unansweredMsMax * scale,
    silentMsMax: silentMsMax * scale,
  };
}

/** Failures in a row that a dead host must have, however long they took: never by chance. */
const DEAD_FAILURES_MIN = 20;

/**
 * What is known of a host's health. After some failures in a row nothing is sent to it for a while; then one request, the
 * probe, shows whether it is back. Requests wait meanwhile, they don't fail: the breaker spaces tries and eats none. Only
 * when the host has been silent for so long that it must be dead are those that wait sent away.
 */
export class HostBreaker implements Gate {
  readonly #host: string;
  readonly #policy: BreakerPolicy;
  #failures = 0;
  /** Pauses since the host last answered; 0 while it is taken for well. */
  #pauses = 0;
  #openUntilMs = 0;
  #probing = false;
  #hasAnswered = false;
  #silentSinceMs: number | undefined;

  constructor(host: string, policy: BreakerPolicy) {
    this.#host = host;
    this.#policy = policy;
  }

  /** True once the host has answered anything, a refusal included. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** Milliseconds since the first of the failures that no answer has followed; 0 if the last thing heard was an answer. */
  toSilentMs(nowMs: number): number {
    return this.#silentSinceMs === undefined ? 0 : nowMs - this.#silentSinceMs;
  }

  isDead(nowMs: number): boolean {
    const { unansweredMsMax, silentMsMax } = this.#policy;
    const silentMs = this.toSilentMs(nowMs);
    return this.#failures >= DEAD_FAILURES_MIN && silentMs > (this.#hasAnswered ? silentMsMax : unansweredMsMax);
  }

  /** For a request that is sent away because the host is dead. */
  toError(nowMs: number): TransientError {
    const seconds = Math.ceil(this.toSilentMs(nowMs) / 1000);
    const what = `has answered nothing for ${seconds} s (${this.#failures} failures in a row)`;
    return new TransientError("unreachable", this.#host, what);
  }

  opensAtMs(nowMs: number): number {
    if (this.#pauses === 0) return nowMs;
    return this.#probing ? Number.POSITIVE_INFINITY : this.#openUntilMs;
  }

  enter(): () => void {
    if (this.#pauses === 0) return () => {};
    this.#probing = true;
    return () => {
      this.#probing = false;
    };
  }

  answered(): void {
    this.#hasAnswered = true;
    this.#silentSinceMs = undefined;
    this.#failures = 0;
    this.#pauses = 0;
  }

  failed(nowMs: number): void {
    this.#silentSinceMs ??= nowMs;
    this.#failures += 1;
    const { failuresMax, pauseMs, pauseMsMax } = this.#policy;
    // Requests sent before the pause may still fail in it: they say nothing new.
    if (this.#failures < failuresMax || nowMs < this.#openUntilMs) return;
    this.#openUntilMs = nowMs + Math.min(pauseMs * 2 ** this.#pauses, pauseMsMax);
    this.#pauses += 1;
  }
}
