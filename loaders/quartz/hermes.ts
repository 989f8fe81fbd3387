import { z } from "zod";
import { type DraftNode, defineLoader, drop, isJsonObject, type JsonObject, type JsonValue } from "#contract";
import { parseCalls } from "../_calls.ts";
import { giveResponses, parseTaggedCalls, parseTaggedResponses } from "../_tool-call-tags.ts";
import { parseTwice } from "../_values.ts";

const message = z.object({ from: z.enum(["system", "human", "gpt", "tool"]), value: z.string() });
/** Absent in some rows and revisions, null in others. */
const label = z.string().nullish();

/**
 * Hermes function calling: conversations whose calls stand in `<tool_call>` tags, in JSON or as Python dicts. Only what
 * gpt says is read for calls; the system prompt holds a template of one.
 *
 * func_calling is read first: each of its rows carries a row of
 * func_calling_singleturn on, so where both give one plan it is the one with results that removing repeats keeps. The two
 * json_mode configs have no calls.
 */
export default defineLoader({
  dataset: "NousResearch/hermes-function-calling-v1",
  configs: ["func_calling", "func_calling_singleturn", "glaive_func_calling"],
  files: {
    func_calling: "func-calling.json",
    func_calling_singleturn: "func-calling-singleturn.json",
    glaive_func_calling: "glaive-function-calling-5k.json",
  },
  rowsKnown: 8_995,
  license: "apache-2.0",
  category: "function_calling",
  language: "en",
  row: z.object({
    id: label,
    conversations: z.array(message),
    tools: label,
    category: label,
    subcategory: label,
    task: label,
  }),

  toDraft({ conversations, tools, ...labels }) {
    const turns: DraftNode[][] = [];
    for (const [place, { from, value }] of conversations.entries()) {
      const tagged = from === "gpt" ? toNamedCalls(parseTaggedCalls(value), tools) : [];
      if (tagged === undefined) return drop("unconfirmed_tool_name");
      if (tagged.length === 0) continue;
      const calls = giveResponses(parseCalls(tagged), parseResponsesFrom(conversations, place + 1));
      turns.push(calls.map((call) => ({ ...call, turn: turns.length })));
    }
    const nodes = turns.flat();
    if (nodes.length === 0) return drop("no_tool_calls");
    const request = conversations.filter(({ from }) => from === "human").map(({ value }) => value);
    return { request: request.join("\n"), nodes, edges: "turns", extra: toExtra(labels) };
  },
});

/** What the tool turns from a place on say, up to the next turn of another speaker. */
function parseResponsesFrom(conversations: readonly z.output<typeof message>[], place: number): JsonValue[] {
  let end = place;
  while (conversations[end]?.from === "tool") end++;
  return conversations.slice(place, end).flatMap(({ value }) => parseTaggedResponses(value));
}

/**
 * The calls, those of the information extraction rows (some 800) with their names in place: there a slipped brace puts
 * the tool's name among the arguments. Undefined if such a name is not one of the row's tools: it may be an argument.
 */
function toNamedCalls(calls: readonly JsonValue[], tools: string | null | undefined): JsonValue[] | undefined {
  const named: JsonValue[] = [];
  let known: ReadonlySet<JsonValue | undefined> | undefined;
  for (const call of calls) {
    const slipped = toSlipped(call);
    if (slipped) known ??= toToolNames(tools);
    if (slipped && !known?.has(slipped.name)) return undefined;
    named.push(slipped ?? call);
  }
  return named;
}

function toSlipped(call: JsonValue): { name: string; arguments: JsonObject } | undefined {
  if (!isJsonObject(call) || Object.keys(call).length !== 1 || !Object.hasOwn(call, "arguments")) return undefined;
  const { arguments: values } = call;
  if (!isJsonObject(values) || !Object.hasOwn(values, "name") || typeof values.name !== "string") return undefined;
  const rest = Object.entries(values).filter(([key]) => key !== "name");
  return { name: values.name, arguments: Object.fromEntries(rest) };
}

function toToolNames(tools: string | null | undefined): Set<JsonValue | undefined> {
  const parsed = parseTwice(tools ?? null);
  const definitions = Array.isArray(parsed) ? parsed.filter(isJsonObject) : [];
  return new Set(definitions.map((one) => (isJsonObject(one.function) ? one.function.name : one.name)));
}

function toExtra(labels: Readonly<Record<string, string | null | undefined>>): JsonObject | undefined {
  const known = Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return known.length > 0 ? Object.fromEntries(known) : undefined;
}
