import { DefinitionError } from "#contract";
import { ANTHROPIC_URL, createAnthropic } from "./anthropic.ts";
import { createOpenAi, OPENAI_URL } from "./openai.ts";
import { createPoster, isLoopback, TIMEOUTS_MS } from "./post.ts";
import type { Provider } from "./provider.ts";

export type ProviderOptions = {
  /** The vendor's own address unless given. */
  readonly baseUrl?: string | undefined;
  /** Where the key is: ANTHROPIC_API_KEY or OPENAI_API_KEY. Keys come from nowhere else. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Connections at once: as many as requests at once. */
  readonly connectionsMax?: number | undefined;
  readonly timeoutsMs?: Partial<typeof TIMEOUTS_MS> | undefined;
};

/** The vendors that can be asked over HTTP. */
export const PROVIDERS = ["anthropic", "openai"] as const;

/**
 * Opens a vendor's interface; sends nothing yet. A key is needed for the vendor's own address; another server gets one if
 * it is set. Throws DefinitionError for a missing key or an address that is no https URL (http for this machine only).
 */
export function openProvider(name: (typeof PROVIDERS)[number], options: ProviderOptions): Provider {
  const { env, baseUrl, connectionsMax = 128 } = options;
  const vendorUrl = name === "anthropic" ? ANTHROPIC_URL : OPENAI_URL;
  const url = toBaseUrl(baseUrl ?? vendorUrl);
  const variable = name === "anthropic" ? "ANTHROPIC_API_KEY" : "OPENAI_API_KEY";
  const apiKey = toKey(variable, env[variable], url.host === new URL(vendorUrl).host);
  const poster = createPoster(url, connectionsMax, { ...TIMEOUTS_MS, ...options.timeoutsMs });
  return name === "anthropic" ? createAnthropic(url, apiKey, poster) : createOpenAi(url, apiKey, poster);
}

function toBaseUrl(text: string): URL {
  const url = URL.parse(text);
  // Not quoted in the message: what is wrong may be a password in it.
  if (url === null) throw new DefinitionError("The model's address is no URL: expected https://HOST/PATH.");
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new DefinitionError(
      `The model's address at ${url.host} must be https://HOST/PATH, without user, "?" or "#".`,
    );
  }
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url))) return url;
  throw new DefinitionError(
    `The model's address is ${url.protocol}//${url.host}: prompts go over https, or over http to this machine only.`,
  );
}

function toKey(variable: string, value: string | undefined, isNeeded: boolean): string | undefined {
  const key = value?.trim() ?? "";
  if (key === "") {
    if (!isNeeded) return undefined;
    throw new DefinitionError(
      `${variable} is not set: export the vendor's API key, or give the address of a local server.`,
    );
  }
  // A key with a line end would split the header it goes into.
  if (!/^[\x21-\x7e]+$/.test(key)) throw new DefinitionError(`${variable} holds characters that no key has.`);
  return key;
}
