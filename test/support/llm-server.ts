import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { ModelPrice } from "../../src/llm/prices.ts";
import { answerMessageBatches } from "./llm-anthropic-batches.ts";
import { BatchStore } from "./llm-batches.ts";
import { LlmBill } from "./llm-bill.ts";
import { answerCount, answerDirect } from "./llm-direct.ts";
import { type LlmAnswer, type LlmExchange, type LlmSite, sendAnswer, toJson, toRefusal } from "./llm-exchange.ts";
import { type ContentShares, createTries, type FaultShares } from "./llm-faults.ts";
import { answerBatches, answerContent, answerUpload } from "./llm-openai-batches.ts";

export type LlmServerOptions = {
  readonly port?: number;
  /** Faults and replies follow from it, the request, and how often the request came. */
  readonly seed?: number;
  readonly price: ModelPrice;
  readonly faults?: FaultShares;
  readonly content?: ContentShares;
  /** Each answer takes a time by chance up to this, a batch about that. */
  readonly delayMs?: number;
  readonly batchMs?: number;
  readonly requestsPerMinute?: number | undefined;
  /** The clock that batches are dated by, in milliseconds of Unix time. */
  readonly nowMs?: () => number;
  /** The only key it knows. */
  readonly apiKey?: string;
  /** Where each charge is written before its request is answered. */
  readonly billPath?: string | undefined;
};

export type ServerSettings = {
  readonly seed: number;
  readonly content: ContentShares;
  readonly batchMs: number;
  readonly requestsPerMinute: number | undefined;
  readonly nowMs: () => number;
  readonly faults: () => FaultShares;
};

export type LlmServer = {
  /** For Anthropic's dialect; OpenAI's is below `${url}/v1`. */
  readonly url: string;
  readonly bill: LlmBill;
  readonly batches: BatchStore;
  /** Requests that may cost something which came in so far: questions, and batches to be made. */
  readonly counts: { asked: number; made: number };
  setFaults(faults: FaultShares): void;
  close(): Promise<void>;
};

/**
 * Plays both vendors over HTTP: Anthropic's messages, their batches and token counts; OpenAI's chat completions, files
 * and batches. It bills every request that it works on, whether or not the answer arrives, and keeps its own books, which
 * `GET /_books` tells.
 */
export async function startLlmServer(options: LlmServerOptions): Promise<LlmServer> {
  const {
    seed = 1,
    content = {},
    delayMs = 0,
    batchMs = 0,
    requestsPerMinute,
    apiKey = "test-key",
    nowMs = Date.now,
  } = options;
  let { faults = {} } = options;
  const settings: ServerSettings = { seed, content, batchMs, requestsPerMinute, nowMs, faults: () => faults };
  const bill = new LlmBill(options.price, options.billPath);
  const batches = new BatchStore(bill, settings);
  const tries = createTries(seed);
  const site: LlmSite = { settings, bill, batches, files: new Map(), tries };
  const counts = { asked: 0, made: 0 };

  const answer = async (incoming: IncomingMessage): Promise<LlmAnswer> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const url = new URL(incoming.url ?? "/", "http://localhost");
    const method = incoming.method ?? "GET";
    const exchange: LlmExchange = { site, faults, incoming, method, url, body: Buffer.concat(chunks) };
    const key = incoming.headers["x-api-key"] ?? incoming.headers.authorization?.replace("Bearer ", "");
    if (delayMs > 0) await new Promise((done) => setTimeout(done, tries("delay")() * delayMs));
    if (key !== apiKey && !url.pathname.startsWith("/_")) return toRefusal(401, "authentication_error");
    if (method === "POST" && /(messages|completions)$/.test(url.pathname)) counts.asked += 1;
    if (method === "POST" && /batches$/.test(url.pathname)) counts.made += 1;
    return route(exchange);
  };

  const server = createServer((incoming, response) => {
    // A client that goes away in the middle of its request has not asked for anything.
    answer(incoming).then(
      (made) => sendAnswer(made, response),
      (error: Error) => response.destroy(error),
    );
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((done) => server.listen(options.port ?? 0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ bill, batches, counts },
    setFaults(next) {
      faults = next;
    },
    async close() {
      batches.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function route(exchange: LlmExchange): Promise<LlmAnswer> {
  const { method, url, site } = exchange;
  const { pathname } = url;
  if (pathname === "/_books") {
    const { nusd, charges } = site.bill;
    return toJson(200, { nusd, charges: charges.length });
  }
  const batches = /^\/v1\/messages\/batches(.*)$/.exec(pathname);
  if (batches) return answerMessageBatches(exchange, batches[1] ?? "");
  const chatBatches = /^\/v1\/batches(.*)$/.exec(pathname);
  if (chatBatches) return answerBatches(exchange, chatBatches[1] ?? "");
  const content = /^\/v1\/files\/([^/]+)\/content$/.exec(pathname);
  if (content) return answerContent(exchange, content[1] ?? "");
  if (method === "POST" && pathname === "/v1/messages") return answerDirect(exchange, "anthropic");
  if (method === "POST" && pathname === "/v1/messages/count_tokens") return answerCount(exchange);
  if (method === "POST" && pathname === "/v1/chat/completions") return answerDirect(exchange, "openai");
  if (method === "POST" && pathname === "/v1/files") return answerUpload(exchange);
  return toRefusal(404, "not_found_error");
}

// node test/support/llm-server.ts [--port N] [--seed N] [--storm SHARE] [--bill FILE]: prints its address, bills $3 and
// $15 a million tokens (half by batch), and goes on until it is stopped. `--storm 0.05` gives each fault that share.
if (process.argv[1] && resolve(process.argv[1]) === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      port: { type: "string" },
      seed: { type: "string" },
      storm: { type: "string" },
      bill: { type: "string" },
    },
  });
  const { ANSWER_FAULTS, BATCH_FAULTS } = await import("./llm-faults.ts");
  const share = Number(values.storm ?? 0);
  const server = await startLlmServer({
    port: Number(values.port ?? 0),
    seed: Number(values.seed ?? 1),
    price: { in: 3_000, out: 15_000, tiers: [], tokenizer: "o200k", batch_multiplier: 0.5 },
    faults: Object.fromEntries([...ANSWER_FAULTS, ...BATCH_FAULTS].map((name) => [name, share])),
    batchMs: 2_000,
    billPath: values.bill,
  });
  process.stdout.write(`${server.url}\n`);
}
