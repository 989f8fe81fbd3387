import { type JsonValue, RowError } from "#contract";
import { JsonLimitError, parseJsonText, parseOwnJson } from "../schema/json-text.ts";
import { findJsonFault } from "./json-fault.ts";

/**
 * The value of a row's JSON text, with the digits of large integers kept as strings (see parseJsonText). Throws RowError
 * at stage `decode`: `bad_json` with the position and what was expected there (never the text, which may be megabytes), or
 * `too_deep` and `too_many_values` (see limits.ts).
 */
export function parseJson(text: string): JsonValue {
  try {
    return parseJsonText(text);
  } catch (error) {
    if (error instanceof JsonLimitError) throw overLimit(error);
    if (!(error instanceof SyntaxError)) throw error;
    throw badJson(text, error);
  }
}

/**
 * The value of a line that planstream wrote: 1e20, which is written with all its digits, is the number that it was. Throws
 * RowError `bad_json`.
 */
export function parseOwnLine(text: string): JsonValue {
  try {
    return parseOwnJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw badJson(text, error);
  }
}

function badJson(text: string, cause: SyntaxError): RowError {
  const fault = findJsonFault(text);
  if (!fault) throw new Error("JSON.parse refused a row that findJsonFault takes for JSON", { cause });
  const { position, found, expected } = fault;
  const where = position === text.length ? `after ${position} characters` : `at character ${position}`;
  return new RowError("decode", "bad_json", `not JSON ${where}: found ${found}, expected ${expected}`);
}

function overLimit(cause: JsonLimitError): RowError {
  return new RowError("decode", cause.reason, `${cause.message}. Read fewer columns, or leave the file out.`, {
    cause,
  });
}
