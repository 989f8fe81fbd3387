import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect } from "vitest";
import { readLedger } from "../../src/llm/ledger.ts";
import { findPrice, readBundledPrices } from "../../src/llm/price-table.ts";
import { type LlmServer, type LlmServerOptions, startLlmServer } from "./llm-server.ts";
import { type Ended, planstream, startPlanstream, toFingerprint } from "./planstream.ts";
import { createTemporaryFolder } from "./temporary-folder.ts";

// Runs of the whole command against a server that plays a vendor and keeps its own bill.

const folder = createTemporaryFolder();
export const MODELS = { anthropic: "anthropic/claude-haiku-4-5", openai: "openai/gpt-5-mini" } as const;
export type Dialect = keyof typeof MODELS;
export const DIALECTS = Object.keys(MODELS) as Dialect[];
export const priceOf = (dialect: Dialect) => findPrice(readBundledPrices(), MODELS[dialect]);
/** Within this many milliseconds after an interrupt the process is gone. */
export const GONE_MS = 5_000;

const servers: LlmServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
});

export async function serve(dialect: Dialect, options: Partial<LlmServerOptions> = {}): Promise<LlmServer> {
  const server = await startLlmServer({ seed: 5, price: priceOf(dialect), batchMs: 200, ...options });
  servers.push(server);
  return server;
}

export const env = { ANTHROPIC_API_KEY: "test-key", OPENAI_API_KEY: "test-key", PLANSTREAM_BATCH_POLL_MS: "20" };
export const at = (name: string) => join(folder, name);

/** The arguments of a run into `output` with the books in `books`. */
export function toArgs(
  dialect: Dialect,
  server: LlmServer,
  output: string,
  books: string,
  ...more: string[]
): string[] {
  return [
    ...["tier1", "--hub", "sample", "--track", "topaz", "--llm", "all", "--accept-old-prices", "--workers", "1"],
    ...["--model", MODELS[dialect], "--model-url", dialect === "openai" ? `${server.url}/v1` : server.url],
    ...["--max-cost", "20", "--output", at(output), "--llm-folder", at(books), ...more],
  ];
}

export const run = (...args: Parameters<typeof toArgs>) => planstream(toArgs(...args), { env });
export const runBatch = (dialect: Dialect, server: LlmServer, name: string, ...more: string[]) =>
  run(dialect, server, name, `${name}-books`, "--batch", ...more);

export function assertDone({ code, stderr }: Ended): void {
  expect(code, stderr).toBe(0);
}

/** The samples and what went to quarantine. The other files tell of costs, which are those of the replies. */
export function toSamples(output: string): Record<string, string> {
  const print = Object.entries(toFingerprint(at(output)));
  return Object.fromEntries(print.filter(([path]) => /^(parts|quarantine)\//.test(path)));
}

export function listLines(output: string): string[] {
  const parts = join(at(output), "parts");
  return readdirSync(parts).flatMap((name) => readFileSync(join(parts, name), "utf8").trimEnd().split("\n"));
}

export async function readBooks(name: string) {
  return (await readLedger(join(at(`${name}-books`), "ledger.jsonl"))).fold;
}

/** Requests that were billed more than once. */
export function listBilledTwice({ bill }: LlmServer): string[] {
  const requests = bill.charges.map(({ request }) => request);
  return requests.filter((request, place) => requests.indexOf(request) < place);
}

/** Starts a run and gives it a signal as soon as `when` says so; resolves when it is gone. */
export async function interrupt(
  args: readonly string[],
  signal: NodeJS.Signals,
  when: () => Promise<boolean> | boolean,
) {
  const started = startPlanstream(args, { env });
  while (!(await when())) {
    if (started.child.exitCode !== null) throw new Error(`it ended by itself: ${(await started.ended).stderr}`);
    await sleep(10);
  }
  const askedAt = performance.now();
  started.kill(signal);
  return { ...(await started.ended), tookMs: performance.now() - askedAt };
}

/** True when a batch is out and the ledger knows its name. */
export const isBound = (name: string) => async () => {
  if (!existsSync(join(at(`${name}-books`), "ledger.jsonl"))) return false;
  return (await readBooks(name)).batches.size > 0;
};
