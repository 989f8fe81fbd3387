import { hash } from "node:crypto";

const CHECK_DIGITS = 32;
const BRACE = Buffer.of(0x7b);
const HEAD_BYTES = `{"check":"","`.length + CHECK_DIGITS;
const HEAD = new RegExp(`^{"check":"([0-9a-f]{${CHECK_DIGITS}})","$`);

/**
 * One line of a file that shows when it was changed: `{"check":"<32 hex>",<the value's members>}` and a line feed. The
 * check is over the line's own text and `previous`: the check of the line before it, where the order of lines counts, or
 * "" where each stands for itself.
 */
export function toCheckedLine(previous: string, value: object): { readonly check: string; readonly line: string } {
  const body = JSON.stringify(value);
  const check = toCheck(previous, Buffer.from(body, "utf8"));
  return { check, line: `{"check":"${check}",${body.slice(1)}\n` };
}

/** The check of a line (without its line feed), or undefined if it does not fit the line and `previous`. */
export function readCheck(previous: string, line: Buffer): string | undefined {
  const [, stated] = HEAD.exec(line.toString("latin1", 0, HEAD_BYTES)) ?? [];
  if (stated === undefined) return undefined;
  // The body as it was before the check went in: its brace stands where the check's comma stands now.
  const body = Buffer.concat([BRACE, line.subarray(HEAD_BYTES - 1)]);
  return toCheck(previous, body) === stated ? stated : undefined;
}

function toCheck(previous: string, body: Buffer): string {
  return hash("sha256", Buffer.concat([Buffer.from(`${previous}\n`), body]), "hex").slice(0, CHECK_DIGITS);
}
