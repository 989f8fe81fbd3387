import { isUtf8 } from "node:buffer";
import { findJsonFault } from "../../formats/json-fault.ts";
import { toJsonLine } from "../../schema/json-line.ts";
import { parseOwnJson } from "../../schema/json-text.ts";

/** The JSON value of some bytes, or what is wrong with them. */
export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

/** Parses bytes that must be one JSON value in UTF-8. Positions in the problem count bytes or characters from 0. */
export function parseJsonBytes(bytes: Buffer): JsonReading {
  const text = bytes.toString("utf8");
  if (!isUtf8(bytes)) {
    // Decoding puts U+FFFD in place of what is not UTF-8, so the text encoded again differs where that begins.
    const at = findDifference(bytes, Buffer.from(text)) ?? 0;
    return { ok: false, problem: `byte ${at}: ${toByteText(bytes, at)} is not UTF-8 there` };
  }
  try {
    return { ok: true, value: parseOwnJson(text) };
  } catch (error) {
    // Nested deeper than the stack: only a changed file can hold that.
    if (error instanceof RangeError) return { ok: false, problem: `can't be checked: ${error.message}` };
    if (!(error instanceof SyntaxError)) throw error;
    const fault = findJsonFault(text);
    const where = fault
      ? `character ${fault.position}: found ${fault.found}, expected ${fault.expected}`
      : error.message;
    return { ok: false, problem: `not one JSON value (${where})` };
  }
}

/** Where two texts begin to differ, in words; undefined if they are the same. */
export function describeDifference(found: Buffer, expected: Buffer): string | undefined {
  const at = findDifference(found, expected);
  return at === undefined
    ? undefined
    : `byte ${at} differs: found ${toByteText(found, at)}, expected ${toByteText(expected, at)}`;
}

/** In what bytes differ from the JSON text of their value; undefined if they are that text. */
export function describeForm(found: Buffer, value: unknown): string | undefined {
  try {
    const difference = describeDifference(found, Buffer.from(toJsonLine(value)));
    return difference && `not the text that planstream writes: ${difference}`;
  } catch (error) {
    // Nested deeper than the stack: only a changed file can hold that.
    if (!(error instanceof RangeError)) throw error;
    return `can't be checked: ${error.message}`;
  }
}

/** Index of the first byte in which they differ. */
function findDifference(a: Buffer, b: Buffer): number | undefined {
  if (a.equals(b)) return undefined;
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  return at;
}

function toByteText(bytes: Buffer, at: number): string {
  const byte = bytes[at];
  if (byte === undefined) return "the end";
  return byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `0x${byte.toString(16).padStart(2, "0")}`;
}
