import type { Gate } from "./governor.ts";
import type { Quota } from "./quota.ts";
import type { RateLimit } from "./rate-limit.ts";

/** Two ends of a window that lie closer than this are the same end: the Hub tells it in whole seconds. */
const SAME_WINDOW_MS = 2_000;
/** The Hub's seconds are rounded; huggingface_hub waits one more, too. */
const ROUNDING_MS = 1_000;

/**
 * The tokens of one quota. The Hub counts in fixed windows: a bucket is full when its window begins, each request takes a
 * token, an empty one waits for the next window. What an answer tells of the Hub's own count is put in its place.
 * Without a quota (a storage host) it only knows pauses.
 */
export class QuotaBucket implements Gate {
  #quota: Quota | undefined;
  #left: number;
  #endsAtMs: number | undefined;
  #isTold = false;
  #pausedUntilMs = 0;
  #refusals = 0;
  #underWay = 0;

  constructor(quota: Quota | undefined) {
    this.#quota = quota;
    this.#left = quota?.requests ?? Number.POSITIVE_INFINITY;
  }

  /** The quota as far as it is known. */
  get quota(): Quota | undefined {
    return this.#quota;
  }

  opensAtMs(nowMs: number): number {
    this.#roll(nowMs);
    const windowMs = this.#left > 0 ? nowMs : (this.#endsAtMs ?? nowMs);
    return Math.max(this.#pausedUntilMs, windowMs);
  }

  enter(nowMs: number): () => void {
    this.#roll(nowMs);
    if (this.#quota !== undefined) this.#endsAtMs ??= nowMs + this.#quota.windowMs;
    this.#left -= 1;
    this.#underWay += 1;
    return () => {
      this.#underWay -= 1;
    };
  }

  /** Takes over what an answer says. The request that it answers is still under way. */
  learn({ requests, windowMs, left, resetMs }: RateLimit, nowMs: number): void {
    this.#roll(nowMs);
    const before = this.#quota;
    if (requests !== undefined) this.#quota = { requests, windowMs: windowMs ?? before?.windowMs ?? 300_000 };
    if (left === undefined || resetMs === undefined) {
      this.#left += (this.#quota?.requests ?? 0) - (before?.requests ?? this.#quota?.requests ?? 0);
      return;
    }
    const endsAtMs = nowMs + (resetMs === 0 ? 0 : resetMs + ROUNDING_MS);
    const isSame = this.#isTold && Math.abs(endsAtMs - (this.#endsAtMs ?? 0)) < SAME_WINDOW_MS;
    // Others that are under way may not be counted yet; and an answer that was overtaken must not give back what is spent.
    const reallyLeft = left - (this.#underWay - 1);
    this.#left = isSame ? Math.min(this.#left, reallyLeft) : reallyLeft;
    if (!isSame) this.#endsAtMs = endsAtMs;
    this.#isTold = true;
  }

  /** A request was refused for the quota: nothing goes out for `pauseMs`, or if that isn't said for a time that grows. */
  refused(pauseMs: number | undefined, growing: { pauseMs: number; pauseMsMax: number }, nowMs: number): void {
    const untilMs = nowMs + (pauseMs ?? Math.min(growing.pauseMs * 2 ** this.#refusals, growing.pauseMsMax));
    // Those that were under way together are refused together: that is one refusal.
    if (pauseMs === undefined && nowMs < this.#pausedUntilMs) return;
    if (pauseMs === undefined) this.#refusals += 1;
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, untilMs);
  }

  /** A request was let through. */
  granted(): void {
    this.#refusals = 0;
  }

  #roll(nowMs: number): void {
    if (this.#endsAtMs === undefined || nowMs < this.#endsAtMs) return;
    this.#left = this.#quota?.requests ?? Number.POSITIVE_INFINITY;
    this.#endsAtMs = undefined;
    this.#isTold = false;
  }
}
