import { jsonrepair } from "jsonrepair";
import type { ZodType } from "zod";
import { isJsonObject, type JsonValue } from "../schema/json.ts";
import { parseOrUndefined } from "./classify.ts";

/** Characters of the validation error that a model is shown. */
const PROBLEM_CHARS_MAX = 1_000;

/** An answer's text as the value that was asked for, or what is wrong with it, in words for the model. */
export type ReadReply<Reply> =
  | { readonly ok: true; readonly value: Reply; readonly repaired: boolean }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads an answer by the transform's schema: as it is, then with its JSON repaired (quotes, commas, a code fence, words
 * around it). A repair never makes up a value that the schema would need: it goes through the same schema.
 */
export function readReply<Reply>(text: string, schema: ZodType<Reply>): ReadReply<Reply> {
  const plain = parseOrUndefined(text);
  if (plain !== undefined) {
    const parsed = schema.safeParse(plain);
    if (parsed.success) return { ok: true, value: parsed.data, repaired: false };
    return { ok: false, problem: toProblem(parsed.error.issues) };
  }
  const repaired = repair(text);
  if (repaired === undefined) return { ok: false, problem: "it is not JSON" };
  const parsed = schema.safeParse(repaired);
  if (parsed.success) return { ok: true, value: parsed.data, repaired: true };
  return { ok: false, problem: `it is not JSON; read as well as it can be: ${toProblem(parsed.error.issues)}` };
}

/** An object or array from a text that is nearly JSON; undefined if there is none in it. */
function repair(text: string): JsonValue | undefined {
  const start = text.search(/[[{]/);
  if (start === -1) return undefined;
  const end = Math.max(text.lastIndexOf("}"), text.lastIndexOf("]"));
  // Words before and after the JSON, and a fence around it, are no part of the answer.
  const inner = text.slice(start, end > start ? end + 1 : undefined);
  const whole = parseOrUndefined(inner);
  if (whole !== undefined) return whole;
  try {
    const value = parseOrUndefined(jsonrepair(inner));
    return isJsonObject(value) || Array.isArray(value) ? value : undefined;
  } catch {
    return undefined; // beyond repair, which is an answer to what was asked here
  }
}

function toProblem(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  const text = issues.map(({ path, message }) => `${path.map(String).join(".") || "the whole"}: ${message}`).join("; ");
  return text.slice(0, PROBLEM_CHARS_MAX).toWellFormed();
}
