import { z } from "zod";
import { type DraftNode, defineLoader, drop, isJsonObject, type JsonObject, type JsonValue, RowError } from "#contract";
import { parseTwice, parseValue } from "../_values.ts";

const columnar = z.object({ from: z.array(z.string()), value: z.array(z.string()) });
const rowWise = z.array(z.object({ from: z.string(), value: z.string() }));
type Message = z.output<typeof rowWise>[number];

const STEP = /^Step (\d+): /;
const BEGIN = "Begin!";
/** What the search for another way through says to the model in the user's name. */
const RETRY = /^\s*This is not the first time you try this task/;
const ACTION = /(?:^|\n)Action:[ \t]*([^\n]*)(?:\nAction Input:|$)/g;
/** A response longer than the model's window, cut: '{"error": "", "response": "…...'. */
const CUT_RESPONSE = /^\s*\{"error": ".*?", "response": "/s;
const CUT_ESCAPE = /(?<!\\)(\\+)(?:u[\da-f]{0,3})?(?:\.{3})?$/i;

/**
 * ToolBench: users' questions with the calls of RapidAPI endpoints that lead to the answer, found by search.
 *
 * A row is a trajectory up to its step k, so one question comes in neighbouring rows of growing length. The last Action of
 * an assistant's turn is the call that was made; the function's turn behind it is what came back. `Finish` with an answer
 * concludes the plan; one that gives up is no call. A name that is not among the APIs offered (5 % of the actions) stood
 * for no tool, so it is left out and counted.
 */
export default defineLoader({
  dataset: "tuandunghcmut/toolbench-v1",
  files: "data/train-*.parquet",
  rowsKnown: 187_542,
  license: "apache-2.0",
  category: "function_calling",
  language: "en",
  row: z.object({ id: z.string(), conversations: z.union([columnar, rowWise]) }),
  conversationKey: ({ id }) => id.replace(STEP, ""),

  toDraft({ id, conversations }) {
    const messages = toMessages(conversations);
    const system = messages.find(({ from }) => from === "system")?.value;
    const calls = messages.flatMap((message, i) => toCall(message, messages[i + 1]));
    const offered = listOffered(system);
    const known = calls.filter(({ tool }) => isOffered(tool, offered));
    const end = known.findLast(isFinish)?.arguments.return_type;
    const nodes = known.flatMap((call) => {
      if (!isFinish(call)) return [call];
      return call.arguments.return_type === "give_up_and_restart" ? [] : [{ ...call, final: true }];
    });
    if (nodes.every(isFinish)) return drop("no_tool_calls");
    const step = STEP.exec(id)?.[1];
    const extra: JsonObject = step === undefined ? {} : { step: Number(step) };
    if (typeof end === "string") extra.return_type = end;
    if (known.length < calls.length) extra.hallucinated_calls = calls.length - known.length;
    return { request: toRequest(messages), nodes, edges: "data", extra };
  },
});

function toMessages(conversations: z.output<typeof columnar> | Message[]): Message[] {
  if (Array.isArray(conversations)) return conversations;
  const { from, value } = conversations;
  if (from.length === value.length) return from.map((one, i) => ({ from: one, value: value[i] as string }));
  const lengths = `from has ${from.length}, value has ${value.length}`;
  throw new RowError("draft", "uneven_conversation", `conversations: ${lengths}; expected one value per speaker`);
}

/** The last Action of an assistant's turn, with what the function's turn behind it says. */
function toCall({ from, value }: Message, next: Message | undefined): DraftNode[] {
  const action = from === "assistant" ? [...value.matchAll(ACTION)].at(-1) : undefined;
  if (!action) return [];
  const tool = (action[1] as string).trim();
  const call: DraftNode = { tool, arguments: toArguments(value.slice(action.index + action[0].length).trim()) };
  return [next?.from === "function" ? { ...call, result: toResult(next.value) } : call];
}

/** An Action Input that is no object, one that was cut off for instance, keeps its text. */
function toArguments(text: string): JsonObject {
  const parsed = text === "" ? {} : (parseTwice(text) ?? text);
  if (parsed === null) return {};
  return isJsonObject(parsed) ? parsed : { raw: text };
}

/** `{"error", "response"}` with the response as the value that its text holds, as far as it does. */
function toResult(text: string): JsonValue {
  const parsed = parseTwice(text);
  if (parsed !== undefined && isJsonObject(parsed)) {
    const { response } = parsed;
    return response === undefined ? parsed : { ...parsed, response: parseTwice(response) ?? response };
  }
  const head = CUT_RESPONSE.exec(text.slice(0, 4096))?.[0];
  if (head === undefined) return parsed ?? text;
  // An escape that the cut went through goes; two backslashes are a whole one.
  const body = text
    .slice(head.length)
    .replace(CUT_ESCAPE, (end, marks) => (marks.length % 2 === 0 ? end : marks.slice(1)));
  return parseValue(`"${body}"`) ?? text;
}

/** The names of the APIs that the system's message lists; undefined if it lists none. */
function listOffered(system: string | undefined): ReadonlySet<string> | undefined {
  if (!system?.includes("following APIs:")) return undefined;
  const names = new Set<string>();
  for (const { start, quote } of NAME_STARTS) {
    for (let at = system.indexOf(start); at !== -1; at = system.indexOf(start, at + 1)) {
      const end = system.indexOf(quote, at + start.length);
      if (end === -1) break;
      names.add(system.slice(at + start.length, end));
    }
  }
  return names;
}

const NAME_STARTS = [
  { start: "'name': '", quote: "'" },
  { start: '"name": "', quote: '"' },
];

function isOffered(tool: string, offered: ReadonlySet<string> | undefined): boolean {
  if (tool === "" || tool === "invalid_hallucination_function_name") return false;
  return tool === "Finish" || !offered || offered.has(tool);
}

function isFinish({ tool }: DraftNode): boolean {
  return tool === "Finish";
}

function toRequest(messages: readonly Message[]): string {
  const words = messages.filter(({ from, value }) => from === "user" && !RETRY.test(value));
  return words.map(({ value }) => withoutBegin(value.trim())).join("\n");
}

function withoutBegin(text: string): string {
  return text.endsWith(BEGIN) ? text.slice(0, -BEGIN.length).trimEnd() : text;
}
