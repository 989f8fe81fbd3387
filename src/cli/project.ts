import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Hub } from "../hub/hub.ts";
import { type HubOptions, openHub } from "../hub/open-hub.ts";
import { redact, toDiscreetHub } from "./discreet-hub.ts";

/** The project's folder: `loaders/`, `tracks/` and `data/` lie in it. */
export const PROJECT_ROOT = resolve(import.meta.dirname, "../..");

export const VERSION = (JSON.parse(readFileSync(join(PROJECT_ROOT, "package.json"), "utf8")) as { version: string })
  .version;

const PUBLIC_HUB = "https://huggingface.co";

/** Opens what --hub names: a URL, a directory in the Hugging Face cache layout, or `sample`; else HF_ENDPOINT or the public Hub. */
export function openNamedHub(name: string | undefined, onRequest?: HubOptions["onRequest"]): Hub {
  const address = name ?? (process.env.HF_ENDPOINT?.trim() || PUBLIC_HUB);
  if (/^https?:/i.test(address)) return openDiscreetly(address, process.env.HF_TOKEN, onRequest);
  return openHub(address === "sample" ? join(PROJECT_ROOT, "data", "sample-hub") : resolve(address));
}

function openDiscreetly(address: string, token: string | undefined, onRequest: HubOptions["onRequest"]): Hub {
  const report: HubOptions["onRequest"] =
    onRequest && ((request) => onRequest({ ...request, url: redact(request.url, token) }));
  return toDiscreetHub(openHub(address, { token, onRequest: report }), token);
}
