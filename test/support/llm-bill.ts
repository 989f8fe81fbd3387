import { appendFileSync } from "node:fs";
import type { CallMode, ModelPrice } from "../../src/llm/prices.ts";

/** Tokens as the vendor bills them, by kind. */
export type BilledTokens = {
  readonly in: number;
  readonly out: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
};

/** One charge of the vendor's. `request` is the SHA-256 of the request's body. */
export type Charge = { readonly request: string; readonly mode: CallMode; readonly nusd: number };

/**
 * A vendor's books: what it will ask money for, in nano-dollars. Its arithmetic is its own, in big integers, so that it
 * can't share a mistake with what it is compared with.
 */
export class LlmBill {
  readonly charges: Charge[] = [];
  readonly #price: ModelPrice;
  readonly #path: string | undefined;
  #total = 0n;
  /** Told of each charge when it is in the books, before the client can know of it. */
  onCharge: (charge: Charge) => void = () => {};

  /** `path`: also written there, a line a charge, before the client is answered. */
  constructor(price: ModelPrice, path?: string) {
    this.#price = price;
    this.#path = path;
  }

  get nusd(): number {
    return Number(this.#total);
  }

  charge(request: string, tokens: BilledTokens, mode: CallMode): void {
    const nusd = this.#toNusd(tokens, mode);
    const charge = { request, mode, nusd: Number(nusd) };
    if (this.#path !== undefined) appendFileSync(this.#path, `${JSON.stringify(charge)}\n`);
    this.#total += nusd;
    this.charges.push(charge);
    this.onCharge(charge);
  }

  /** Fractions of a nano-dollar are billed as a whole one: the worst for the client. */
  #toNusd(tokens: BilledTokens, mode: CallMode): bigint {
    const { in: input, out, cache_read = input, cache_write_5m = input, batch_multiplier = 1 } = this.#price;
    const direct =
      BigInt(tokens.in) * BigInt(input) +
      BigInt(tokens.out) * BigInt(out) +
      BigInt(tokens.cacheRead) * BigInt(cache_read) +
      BigInt(tokens.cacheWrite) * BigInt(cache_write_5m);
    if (mode === "direct") return direct;
    const tenThousandths = BigInt(Math.round(batch_multiplier * 10_000));
    return (direct * tenThousandths + 9_999n) / 10_000n;
  }
}
