import { z } from "zod";
import { type Draft, defineLlmTransform } from "../../src/contract/index.ts";
import type { LlmOptions } from "../../src/llm/open-llm.ts";
import type { PriceTable } from "../../src/llm/price-table.ts";
import type { ModelReply, ModelRequest, Outcome, Provider } from "../../src/llm/provider.ts";

/** A reply as the scripted provider's body has it. */
export type ScriptedReply = Partial<ModelReply> & { readonly text: string };

/** What the provider does with its n-th request, from 0. */
export type Script = (
  request: ModelRequest,
  number: number,
  signal: AbortSignal,
) => ScriptedReply | Outcome | Promise<Outcome>;

/** A provider that does what a test tells it, and keeps what it was sent. */
export function createScriptedProvider(script: Script): Provider & { readonly sent: ModelRequest[] } {
  const sent: ModelRequest[] = [];
  return {
    sent,
    name: "scripted",
    host: "localhost",
    baseUrl: "http://localhost",
    encode: (request) => JSON.stringify(request),
    async send(body, { signal }) {
      const request = JSON.parse(body) as ModelRequest;
      sent.push(request);
      const done = await script(request, sent.length - 1, signal);
      if (!("text" in done)) return done;
      const { text, stop = "end" } = done;
      const usage = "usage" in done ? done.usage : USAGE;
      const raw = JSON.stringify({ text, stop, usage });
      return { kind: "reply", raw, reply: { text, stop, usage } };
    },
    parseReply: (raw) => JSON.parse(raw) as ModelReply,
    close: async () => {},
  };
}

/** What every scripted reply used unless it says otherwise: $0.00035 at the prices below. */
export const USAGE = { in: 100, out: 50 };
export const REPLY_NUSD = 100 * 1_000 + 50 * 5_000;
export const MODEL = "scripted/model";
export const PRICES: PriceTable = {
  schema: "planstream/prices/1",
  as_of: "2026-11-01",
  source: "made for tests",
  models: { [MODEL]: { in: 1_000, out: 5_000, tiers: [], tokenizer: "o200k" } },
};
export const DOLLAR = 1_000_000_000;

/** Asks for the draft's verb. */
export const askVerb = defineLlmTransform({
  kind: "llm",
  name: "llm/verb",
  version: 1,
  reply: z.object({ verb: z.enum(["find", "send"]), count: z.int().min(1) }),
  confidence: () => 0,
  prompt: (draft) => ({
    system: "Say what is to be done.",
    messages: [{ role: "user", content: draft.request ?? "" }],
    maxTokens: 100,
  }),
  accept: (draft) => draft,
  decline: (draft) => draft,
});
export const GOOD = '{"verb":"find","count":2}';

export function toDraft(request: string): Draft {
  return { request, nodes: [] };
}

/** Options of `openLlm` that a test need not care about. */
export function toLlmOptions(directory: string, provider: Provider, more: Partial<LlmOptions> = {}): LlmOptions {
  return {
    directory,
    provider,
    run: "test",
    model: MODEL,
    prices: PRICES,
    capNusd: DOLLAR,
    by: "a test",
    breaker: { pauseMs: 1, pauseMsMax: 2 },
    now: () => new Date("2026-11-20T12:00:00Z"),
    ...more,
  };
}
