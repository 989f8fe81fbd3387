import { DefinitionError } from "#contract";

/**
 * Money: a whole number of nano-dollars (10^-9 US dollars), never a fraction. A cap of ten thousand dollars is 10^13, far
 * below 2^53 (nine million dollars), so sums and products are exact; whatever would not be is refused, not rounded.
 */
export type Nusd = number;

export const NUSD_PER_USD = 1_000_000_000;

/** The value itself. Throws RangeError on a fraction, a negative amount or one beyond 2^53: a programmer's error. */
export function assertNusd(value: number, what = "an amount"): Nusd {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`${what} must be a whole number of nano-dollars from 0 to 2^53, not ${value}`);
  }
  return value;
}

/** The sum, checked. */
export function addNusd(...amounts: readonly Nusd[]): Nusd {
  return assertNusd(
    amounts.reduce((sum, amount) => sum + assertNusd(amount), 0),
    "a sum of money",
  );
}

/** What `tokens` cost at `nusdPerToken`: both whole, so the product is exact; nothing is ever rounded down. */
export function toCostUp(tokens: number, nusdPerToken: Nusd): Nusd {
  if (!Number.isSafeInteger(tokens) || tokens < 0) {
    throw new RangeError(`tokens must be a whole number from 0 to 2^53, not ${tokens}`);
  }
  return assertNusd(tokens * assertNusd(nusdPerToken, "a price"), `the price of ${tokens} tokens`);
}

/** `amount` times a factor of at most four decimals, such as the 0.5 of a batch, rounded up to the next nano-dollar. */
export function multiplyUp(amount: Nusd, factor: number): Nusd {
  const scaled = Math.round(factor * 10_000);
  if (!(factor >= 0) || Math.abs(scaled - factor * 10_000) > 1e-6) {
    throw new RangeError(`a factor must be 0 or more, with at most four decimals, not ${factor}`);
  }
  const product = BigInt(assertNusd(amount)) * BigInt(scaled);
  return assertNusd(Number((product + 9_999n) / 10_000n), "a product");
}

/**
 * "12.50" as nano-dollars, exactly: the digits are read as digits, never as a double. Throws DefinitionError on anything
 * but a plain amount with at most nine decimals ("1e3", "-5", "12,50" and "" are refused). `what` names the option.
 */
export function parseUsd(text: string, what = "the amount"): Nusd {
  const [, whole, decimals = ""] = /^\$?(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text.trim()) ?? [];
  const amount = whole === undefined ? Number.NaN : Number(`${whole}${decimals.padEnd(9, "0")}`);
  if (!Number.isSafeInteger(amount)) {
    throw new DefinitionError(
      `${what}: ${JSON.stringify(text)} is no amount of US dollars. Give digits and at most nine decimals, below 9 million, such as 12.50.`,
    );
  }
  return amount;
}

/** The exact amount in dollars for a program: "12.50", "0.000063", always a point and at least two decimals. */
export function toUsdText(amount: Nusd): string {
  const digits = String(assertNusd(amount)).padStart(10, "0");
  return `${digits.slice(0, -9)}.${digits.slice(-9).replace(/0{1,7}$/, "")}`;
}

/**
 * The amount for a person: "$5,404.70" to the cent from one dollar on, "$0.0063" to the millionth of a dollar below it,
 * "<$0.000001" for less. Rounded to the nearest; the exact amount is `toUsdText`.
 */
export function formatUsd(amount: Nusd): string {
  if (assertNusd(amount) > 0 && amount < 1_000) return "<$0.000001";
  const unit = amount >= NUSD_PER_USD ? 10_000_000 : 1_000;
  const rounded = Number(((BigInt(amount) + BigInt(unit / 2)) / BigInt(unit)) * BigInt(unit));
  const [whole = "0", decimals = "00"] = toUsdText(rounded).split(".");
  return `$${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${decimals}`;
}
