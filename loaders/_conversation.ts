import { type Draft, type Drop, drop, type JsonObject } from "#contract";
import { type Extraction, extractIntents } from "./_intents/extract.ts";
import { toLanguageTag } from "./_language-tags.ts";

/** A chat between a user and an assistant, as a dataset holds it. */
export type Conversation = {
  readonly messages: readonly { readonly role: string; readonly content: string | null }[];
  /** The language's English name, as the dataset says it. */
  readonly language: string | null;
  readonly extra: JsonObject;
};

/** A chat as the plan of what its user asks for, by the rules. */
export function toConversationDraft({ messages, language, extra }: Conversation): Draft | Drop {
  const turns = messages.filter(({ role }) => role === "user").map(({ content }) => content ?? "");
  const tag = toLanguageTag(language);
  return toPlan(turns, tag, extractIntents(turns, tag), extra);
}

/**
 * The plan of a conversation from its intents, whoever extracted them: a call per intent, made in the turn that asked for
 * it. The assistant's replies are no results: no tool was called, and a reply may well say that it can't.
 */
export function toPlan(
  turns: readonly string[],
  language: string | undefined,
  { method, version, intents, why }: Extraction,
  extra: JsonObject,
): Draft | Drop {
  if (why === "jailbreak") return drop("jailbreak_attempt");
  const request = turns.filter((text) => text.trim() !== "").join("\n");
  const shared = { request, edges: "turns", turns, ...(language !== undefined && { language }) } as const;
  if (intents.length === 0) return { ...shared, nodes: [], whyNone: "no_actionable_intent", extra };
  const extraction = {
    method,
    version,
    confidences: intents.map(({ confidence }) => confidence),
    categories: intents.map(({ category }) => category),
  };
  return {
    ...shared,
    nodes: intents.map(({ tool, arguments: args, turn }) => ({ tool, arguments: args, turn })),
    extra: { ...extra, extraction },
  };
}
