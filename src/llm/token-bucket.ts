const MINUTE_MS = 60_000;
/** Seconds of a minute's allowance that may be used at once: vendors count in windows shorter than a minute. */
const BURST_SECONDS = 10;

/**
 * An allowance per minute that fills evenly. It may be overdrawn by one taking, so that a request larger than the whole
 * burst is sent when the bucket is full, and paid back by waiting. Times are performance.now() milliseconds.
 */
export class TokenBucket {
  #perMinute = 0;
  #level = 0;
  #filledAtMs: number;

  constructor(perMinute: number, nowMs: number) {
    this.#filledAtMs = nowMs;
    this.learn(perMinute, undefined, nowMs);
    this.#level = this.#burst;
  }

  get #burst(): number {
    return (this.#perMinute * BURST_SECONDS) / 60;
  }

  /** Milliseconds until `amount` may be taken; 0 for now. */
  waitMs(amount: number, nowMs: number): number {
    this.#fill(nowMs);
    const missing = Math.min(amount, this.#burst) - this.#level;
    return missing <= 0 ? 0 : Math.ceil((missing / this.#perMinute) * MINUTE_MS);
  }

  /** Takes, also more than there is; a negative amount gives back what was taken too much. */
  take(amount: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#level = Math.min(this.#burst, this.#level - amount);
  }

  /** What the vendor says: its limit, and that no more than `remaining` is left. */
  learn(perMinute: number, remaining: number | undefined, nowMs: number): void {
    this.#fill(nowMs);
    this.#perMinute = Math.max(1, perMinute);
    this.#level = Math.min(this.#level, this.#burst, remaining ?? Number.POSITIVE_INFINITY);
  }

  #fill(nowMs: number): void {
    const gained = ((nowMs - this.#filledAtMs) / MINUTE_MS) * this.#perMinute;
    this.#level = Math.min(this.#burst, this.#level + gained);
    this.#filledAtMs = nowMs;
  }
}
