import { z } from "zod";
import { type DraftNode, isJsonObject, type JsonValue, NODES_MAX, RowError } from "#contract";
import { parseCalls } from "./_calls.ts";
import { parseValue } from "./_values.ts";

const json = z.custom<JsonValue>((value) => value !== undefined, "expected a value");

/** A message of a chat in OpenAI's form, old (`function_call`, role "function") or new (`tool_calls`, role "tool"). */
export const chatMessage = z.object({
  role: z.string(),
  content: json.nullish(),
  name: z.string().nullish(),
  tool_calls: json.nullish(),
  tool_call_id: z.string().nullish(),
  function_call: json.nullish(),
});

export type ChatMessage = z.output<typeof chatMessage>;

/** What a chat says of a plan: all that the user said, in order, and the calls that were made, with what they returned. */
export type ChatPlan = { readonly request: string | undefined; readonly nodes: DraftNode[] };

/**
 * The calls of the assistant's messages. Calls that no result and no word of the user's stands between are of one turn.
 * A result belongs to the call whose id it carries, else to the first call of its turn that has its name, else to the
 * first that has no result yet. One message with a list of as many results as there were calls holds them in order; any
 * other message that alone answers several calls is what each of them returned, for nothing says which.
 *
 * Throws RowError: `unknown_role` for a role that nobody has, or as parseCalls does.
 */
export function toChatPlan(messages: readonly ChatMessage[]): ChatPlan {
  const words: string[] = [];
  const turns: Turn[] = [];
  let open: Turn | undefined;
  for (const message of messages) {
    const { role } = message;
    if (role === "user") {
      words.push(toText(message.content, "user"));
      open = undefined;
    } else if (role === "assistant") {
      const calls = listCalls(message);
      if (calls.length === 0) continue; // words before, between or after calls
      if (!open || open.answers.length > 0) {
        open = { calls: [], answers: [] };
        turns.push(open);
      }
      for (const call of calls) open.calls.push(call);
    } else if (role === "tool" || role === "function") open?.answers.push(message);
    else if (role !== "system" && role !== "developer") {
      throw new RowError("draft", "unknown_role", `role ${JSON.stringify(role)}; expected ${ROLES}`);
    }
  }
  const request = words.filter((text) => text.trim() !== "").join("\n");
  // A plan of more calls is left out, whoever was answered: no need to look for pairs in it.
  const isTooLong = turns.reduce((sum, { calls }) => sum + calls.length, 0) > NODES_MAX;
  const nodes = isTooLong ? turns.flatMap(({ calls }) => calls.map(({ node }) => node)) : turns.flatMap(toNodes);
  return { request: request || undefined, nodes };
}

const ROLES = "system, developer, user, assistant, tool or function";

type Call = { readonly id: JsonValue | undefined; readonly node: DraftNode };
/** Calls made at once, and the messages that answer them: neither has an end in a hostile row. */
type Turn = { readonly calls: Call[]; readonly answers: ChatMessage[] };

function listCalls({ tool_calls, function_call }: ChatMessage): Call[] {
  const written = Array.isArray(tool_calls) ? tool_calls : [tool_calls];
  return [...written, function_call].flatMap((value) =>
    parseCalls(value ?? null).map((node) => ({ id: isJsonObject(value) ? value.id : undefined, node })),
  );
}

function toNodes({ calls, answers }: Turn, turn: number): DraftNode[] {
  const results = new Map<Call, JsonValue>();
  const [only] = answers;
  const isNameless = (only?.tool_call_id ?? only?.name ?? undefined) === undefined;
  if (only && answers.length === 1 && calls.length > 1 && isNameless) {
    const result = toResult(only);
    const each = Array.isArray(result) && result.length === calls.length ? result : calls.map(() => result);
    for (const [index, call] of calls.entries()) results.set(call, each[index] as JsonValue);
  } else {
    for (const answer of answers) {
      const call = findCall(answer, calls, results);
      if (call) results.set(call, toResult(answer));
    }
  }
  return calls.map((call) => {
    const result = results.get(call) ?? null;
    return result === null || result === "" ? { ...call.node, turn } : { ...call.node, turn, result };
  });
}

function findCall(answer: ChatMessage, calls: readonly Call[], results: ReadonlyMap<Call, unknown>): Call | undefined {
  const waiting = calls.filter((call) => !results.has(call));
  return (
    waiting.find(({ id }) => typeof id === "string" && id === answer.tool_call_id) ??
    waiting.find(({ node }) => node.tool === answer.name) ??
    waiting[0]
  );
}

/** What a call returned, as a value: most are JSON text, some of them encoded twice, some just text. */
function toResult({ role, content }: ChatMessage): JsonValue {
  if (Array.isArray(content) && !content.every(isTextPart)) return content;
  if (isJsonObject(content) || typeof content === "number" || typeof content === "boolean") return content;
  const text = toText(content, role);
  const value = parseValue(text) ?? text;
  return typeof value === "string" ? (parseValue(value) ?? value) : value;
}

/** The text of a message: text, a list of text parts, or nothing. Throws RowError. */
function toText(content: JsonValue | undefined, role: string): string {
  if (typeof content === "string") return content;
  if (content === null) return "";
  if (Array.isArray(content) && content.every(isTextPart)) return content.map(({ text }) => text).join("\n");
  const came = content === undefined ? "none" : JSON.stringify(content).slice(0, 60);
  throw new RowError("draft", "content_not_text", `content of a ${role} message: ${came}; expected text`);
}

function isTextPart(part: JsonValue): part is { type: "text"; text: string } {
  return isJsonObject(part) && part.type === "text" && typeof part.text === "string";
}
