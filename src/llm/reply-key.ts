import { hash } from "node:crypto";
import { toCanonicalJson } from "../schema/canonical-json.ts";
import type { ModelRequest, Provider } from "./provider.ts";

/** What a reply depends on. Price, mode, number of tries and API key are not in it: they don't change the answer. */
export type Question = {
  readonly request: ModelRequest;
  /** SHA-256 of the raw reply that this question is asked again after; undefined for a first question. */
  readonly after?: string | undefined;
};

/**
 * SHA-256 of the canonical JSON of all that a reply depends on: what it is found by in the cache. The server's address is
 * part of it only where the model is local, because models there share names.
 */
export function toReplyKey({ request, after }: Question, provider: Provider, isLocal: boolean): string {
  const { model, system, messages, schema, temperature = null, maxTokens, seed = null } = request;
  return sha256(
    toCanonicalJson({
      v: 1,
      provider: provider.name,
      base_url: isLocal ? provider.baseUrl : null,
      model,
      system,
      messages,
      schema_sha256: sha256(toCanonicalJson(schema)),
      temperature,
      max_tokens: maxTokens,
      seed,
      after: after ?? null,
    }),
  );
}

export function sha256(text: string): string {
  return hash("sha256", text, "hex");
}
