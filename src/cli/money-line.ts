import type { LlmBooks } from "../llm/books-live.ts";
import { formatUsd } from "../llm/money.ts";
import { formatCount } from "./format.ts";

/** Dollars and tokens against the cap, on one line. */
export function toMoneyLine(books: LlmBooks): string {
  const { capNusd, settledNusd, heldNusd, spentNusd, replies, cached, savedNusd, tokensIn, tokensOut } = books;
  const cap = capNusd === undefined ? "no cap" : `of a cap of ${formatUsd(capNusd)}`;
  const held = heldNusd > 0 ? `, ${formatUsd(heldNusd)} held` : "";
  return (
    `model: ${formatUsd(spentNusd)} in this run; ${formatUsd(settledNusd)} in all ${cap}${held}; ` +
    `${formatCount(tokensIn)} tokens in, ${formatCount(tokensOut)} out; ` +
    `${formatCount(replies)} replies, ${formatCount(cached)} of them from the cache (${formatUsd(savedNusd)} saved)`
  );
}
