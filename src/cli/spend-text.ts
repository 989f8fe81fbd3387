import { toPrintable } from "../contract/printable.ts";
import { type Account, BOOK_KEYS, type BookKey, type Books, toSpent } from "../llm/books.ts";
import { formatUsd, toUsdText } from "../llm/money.ts";
import { formatCount, formatTable } from "./format.ts";

const COLUMNS = ["calls", "tokens in", "tokens out", "spent", "settled", "unknown", "open", "cached", "saved"] as const;

/** The books as a table for a person: the total, then each group of `keys`. */
export function toSpendText(books: Books, keys: readonly BookKey[]): string {
  const { total, cap } = books;
  const room =
    cap === undefined ? "; no cap is set, so nothing that costs can be asked" : ` of a cap of ${formatUsd(cap)}`;
  const left = cap === undefined ? "" : `, ${formatUsd(Math.max(0, cap - total.spent))} left`;
  const head = `spent ${formatUsd(total.spent)}${room}${left}\n`;
  const notes = [
    total.open > 0 && `${formatUsd(total.open)} is held for calls under way, or of a run that was killed.\n`,
    total.unknown > 0 && `${formatUsd(total.unknown)} is charged in full for calls whose outcome was lost.\n`,
    total.saved > 0 && `${formatUsd(total.saved)} was saved by the cache.\n`,
  ];
  const tables = keys.map((key) => {
    const rows = books.by[key].map(({ name, account }) => [name || "(none)", ...toCells(account)]);
    return `\n${formatTable([[key, ...COLUMNS], ...rows, ["all", ...toCells(total)]])}`;
  });
  return [head, ...notes.filter(Boolean), ...tables].join("");
}

function toCells(account: Account): string[] {
  const { calls, tokens_in, tokens_out, settled, unknown, open, cached, saved } = account;
  const money = [toSpent(account), settled, unknown, open].map(formatUsd);
  return [...[calls, tokens_in, tokens_out].map(formatCount), ...money, formatCount(cached), formatUsd(saved)];
}

/** The books as JSON for a program: amounts in exact dollars as text ("12.50"), so that none is rounded to a double. */
export function toSpendJson(books: Books): unknown {
  const by = BOOK_KEYS.map((key) => [
    key,
    books.by[key].map(({ name, account }) => ({ [key]: name, ...toAccountJson(account) })),
  ]);
  return {
    schema: "planstream/spend/1",
    cap_usd: books.cap === undefined ? null : toUsdText(books.cap),
    total: toAccountJson(books.total),
    by: Object.fromEntries(by),
  };
}

function toAccountJson(account: Account): Record<string, number | string> {
  const { calls, tokens_in, tokens_out, cached } = account;
  const { reserved, open, settled, unknown, saved } = account;
  const money = { spent: toSpent(account), settled, unknown, open, reserved, saved };
  const usd = Object.entries(money).map(([name, nusd]) => [`${name}_usd`, toUsdText(nusd)] as const);
  return { calls, tokens_in, tokens_out, cached, ...Object.fromEntries(usd) };
}

const CSV_LINE_END = "\r\n";

/** The groups of `keys` as CSV (RFC 4180), a row each, with a head. */
export function toSpendCsv(books: Books, keys: readonly BookKey[]): string {
  const rows = keys.flatMap((key) =>
    books.by[key].map(({ name, account }) => ({ group: key, name, ...toAccountJson(account) })),
  );
  const head = ["group", "name", ...Object.keys(toAccountJson(books.total))];
  const lines = rows.map((row) => Object.values(row).map(toCell).join(","));
  return [head.join(","), ...lines, ""].join(CSV_LINE_END);
}

function toCell(value: string | number): string {
  return toCsvCell(typeof value === "string" ? toPrintable(value) : value);
}

/**
 * One cell. Text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection): run and
 * model names come from the command line and may be anything. Numbers never begin with such a character.
 */
export function toCsvCell(value: string | number): string {
  const text = String(value);
  const plain = /^\s*[=+\-@\t\r\n|%]/.test(text) || /^[\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
