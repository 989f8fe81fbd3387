import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readLedger } from "../../src/llm/ledger.ts";
import { findPrice, readBundledPrices } from "../../src/llm/price-table.ts";
import { toCost } from "../../src/llm/prices.ts";
import { openReplyCache, scanCache } from "../../src/llm/reply-cache.ts";
import { startHubServer } from "../support/hub-server.ts";
import { type LlmServer, type LlmServerOptions, startLlmServer } from "../support/llm-server.ts";
import {
  type Ended,
  PROJECT,
  planstream,
  readManifest,
  startPlanstream,
  toFingerprint,
} from "../support/planstream.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

// The whole command with --batch, against a server that plays the vendor and keeps its own bill.

const folder = createTemporaryFolder();
const MODELS = { anthropic: "anthropic/claude-haiku-4-5", openai: "openai/gpt-5-mini" } as const;
type Dialect = keyof typeof MODELS;
const DIALECTS = Object.keys(MODELS) as Dialect[];
const priceOf = (dialect: Dialect) => findPrice(readBundledPrices(), MODELS[dialect]);
/** Within this many milliseconds after an interrupt the process is gone. */
const GONE_MS = 5_000;

const servers: LlmServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
});

async function serve(dialect: Dialect, options: Partial<LlmServerOptions> = {}): Promise<LlmServer> {
  const server = await startLlmServer({ seed: 5, price: priceOf(dialect), batchMs: 200, ...options });
  servers.push(server);
  return server;
}

const env = { ANTHROPIC_API_KEY: "test-key", OPENAI_API_KEY: "test-key", PLANSTREAM_BATCH_POLL_MS: "20" };
const at = (name: string) => join(folder, name);

/** The arguments of a run into `output` with the books in `books`. */
function toArgs(dialect: Dialect, server: LlmServer, output: string, books: string, ...more: string[]): string[] {
  return [
    ...["tier1", "--hub", "sample", "--track", "topaz", "--llm", "all", "--accept-old-prices", "--workers", "1"],
    ...["--model", MODELS[dialect], "--model-url", dialect === "openai" ? `${server.url}/v1` : server.url],
    ...["--max-cost", "20", "--output", at(output), "--llm-folder", at(books), ...more],
  ];
}

const run = (...args: Parameters<typeof toArgs>) => planstream(toArgs(...args), { env });
const runBatch = (dialect: Dialect, server: LlmServer, name: string, ...more: string[]) =>
  run(dialect, server, name, `${name}-books`, "--batch", ...more);

function assertDone({ code, stderr }: Ended): void {
  expect(code, stderr).toBe(0);
}

/** The samples and what went to quarantine. The other files tell of costs, which are those of the replies. */
function toSamples(output: string): Record<string, string> {
  const print = Object.entries(toFingerprint(at(output)));
  return Object.fromEntries(print.filter(([path]) => /^(parts|quarantine)\//.test(path)));
}

function listLines(output: string): string[] {
  const parts = join(at(output), "parts");
  return readdirSync(parts).flatMap((name) => readFileSync(join(parts, name), "utf8").trimEnd().split("\n"));
}

async function readBooks(name: string) {
  return (await readLedger(join(at(`${name}-books`), "ledger.jsonl"))).fold;
}

/** Requests that were billed more than once. */
function listBilledTwice({ bill }: LlmServer): string[] {
  const requests = bill.charges.map(({ request }) => request);
  return requests.filter((request, place) => requests.indexOf(request) < place);
}

/** Starts a run and gives it a signal as soon as `when` says so; resolves when it is gone. */
async function interrupt(args: readonly string[], signal: NodeJS.Signals, when: () => Promise<boolean> | boolean) {
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
const isBound = (name: string) => async () => {
  if (!existsSync(join(at(`${name}-books`), "ledger.jsonl"))) return false;
  return (await readBooks(name)).batches.size > 0;
};

describe.each(DIALECTS)("%s", (dialect) => {
  const named = (name: string) => `${dialect}-${name}`;
  let direct: Record<string, string>;

  beforeAll(async () => {
    const server = await serve(dialect);
    assertDone(await run(dialect, server, named("direct"), named("direct-books")));
    direct = toSamples(named("direct"));
    expect(server.counts.made).toBe(0);
    expect(Object.keys(direct)).toHaveLength(3);
  });

  describe("a run by the batch", () => {
    let server: LlmServer;
    let stderr: string;

    beforeAll(async () => {
      server = await serve(dialect);
      const ended = await runBatch(dialect, server, named("batch"));
      assertDone(ended);
      stderr = ended.stderr;
    });

    test("makes the samples of a direct run, and sends no question by itself", () => {
      expect(toSamples(named("batch"))).toEqual(direct);
      expect(server.counts.asked).toBe(0);
      expect(server.counts.made).toBeGreaterThan(1); // answers that did not fit were asked again
      expect(stderr).toMatch(/batch: waiting for 122 questions in 1 batch; 0 answered/);
      expect(stderr).toMatch(/ {2}batch {2}/); // the estimate's line
      expect(readManifest(at(named("batch"))).settings).toEqual(readManifest(at(named("direct"))).settings);
    });

    test("is billed half, to the nano-dollar, and books that", async () => {
      expect(new Set(server.bill.charges.map(({ mode }) => mode))).toEqual(new Set(["batch"]));
      const { settledNusd, heldNusd } = await readBooks(named("batch"));
      expect([settledNusd, heldNusd]).toEqual([server.bill.nusd, 0]);
      const cacheFolder = join(at(named("batch-books")), "cache");
      const keys = readdirSync(cacheFolder).flatMap((name) => {
        const text = readFileSync(join(cacheFolder, name), "utf8");
        return [...text.matchAll(/"key":"([0-9a-f]{64})","hold"/g)].map(([, key]) => key as string);
      });
      expect(keys.length).toBe(server.bill.charges.length);
      const cache = openReplyCache(cacheFolder, await scanCache(cacheFolder));
      for (const key of keys) {
        const line = await cache.get(key);
        if (!line || !("usage" in line) || !line.usage) throw new Error(`${key} has no usage`);
        expect(line.nusd).toBe(Math.ceil(toCost(priceOf(dialect), line.usage, "direct") / 2));
      }
      await cache.close();
    });

    test("counts its replies as bought, and spend tells the batch's part", async () => {
      const spent = await planstream(["spend", at(named("batch-books")), "--json"]);
      const { total, by } = JSON.parse(spent.stdout);
      expect(by.mode.map(({ mode, calls }: { mode: string; calls: number }) => [mode, calls])).toEqual([
        ["batch", server.bill.charges.length],
        ["cache", 0],
      ]);
      expect(Number(total.settled_usd)).toBe(server.bill.nusd / 1e9);
      const { cost } = readManifest(at(named("batch")));
      // Each reply counts at each of its uses: the first was bought, the others saved it.
      expect(cost.calls).toBe(total.calls + total.cached);
      expect(Math.round(cost.usd * 1e9)).toBe(Math.round((Number(total.settled_usd) + Number(total.saved_usd)) * 1e9));
      expect(stderr).toContain(`${total.cached} of them from the cache`);
    });

    test("serves a direct run, which then gives the same bytes in every file", async () => {
      const billed = server.bill.charges.length;
      const ended = await run(dialect, server, named("after"), named("batch-books"));
      assertDone(ended);
      expect(toFingerprint(at(named("after")))).toEqual(toFingerprint(at(named("batch"))));
      expect(server.bill.charges.length).toBe(billed);
    });
  });

  test("killed while it waits: the next start takes the batch up again, and nothing is billed twice", async () => {
    const server = await serve(dialect, { batchMs: 3_000 });
    const name = named("killed");
    const args = toArgs(dialect, server, name, `${name}-books`, "--batch");
    await interrupt(args, "SIGKILL", isBound(name));
    expect((await readBooks(name)).heldNusd).toBeGreaterThan(0);
    const ended = await planstream(args, { env });
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toMatch(/batch: 122 questions of an earlier start are out/);
    expect(toSamples(name)).toEqual(direct);
    expect(listBilledTwice(server)).toEqual([]);
    const { settledNusd, heldNusd } = await readBooks(name);
    expect([settledNusd, heldNusd]).toEqual([server.bill.nusd, 0]);
  });

  test("killed when the answer to a batch's making was lost: the batch is found, not sent again", async () => {
    const server = await serve(dialect, { batchMs: 1_000, faults: { createLost: 1, listError: 1 } });
    const name = named("lost");
    const args = toArgs(dialect, server, name, `${name}-books`, "--batch");
    await interrupt(args, "SIGKILL", () => server.counts.made === 1 && server.batches.batches.length === 1);
    expect((await readBooks(name)).batches.size).toBe(0);
    server.setFaults({});
    assertDone(await planstream(args, { env: { ...env, PLANSTREAM_BATCH_POLL_MS: "100" } }));
    expect(toSamples(name)).toEqual(direct);
    expect(listBilledTwice(server)).toEqual([]);
    expect((await readBooks(name)).settledNusd).toBe(server.bill.nusd);
  });

  test("rows that expire or are canceled go with the next batch", async () => {
    const server = await serve(dialect, { faults: { rowExpired: 0.3, rowCanceled: 0.1 } });
    const name = named("expired");
    const ended = await runBatch(dialect, server, name);
    assertDone(ended);
    expect(ended.stderr).toMatch(/came back without an answer/);
    expect(toSamples(name)).toEqual(direct);
    expect([listBilledTwice(server), server.counts.asked]).toEqual([[], 0]);
    expect((await readBooks(name)).settledNusd).toBe(server.bill.nusd);
  });
});

describe("by one vendor", () => {
  const dialect = "anthropic";
  const named = (name: string) => `one-${name}`;
  let direct: Record<string, string>;

  beforeAll(async () => {
    const server = await serve(dialect);
    assertDone(await run(dialect, server, named("direct"), named("direct-books")));
    direct = toSamples(named("direct"));
  });

  test("interrupted while it waits: ends in seconds, and goes on like that", async () => {
    const server = await serve(dialect, { batchMs: 3_000 });
    const name = named("interrupted");
    const args = toArgs(dialect, server, name, `${name}-books`, "--batch");
    const ended = await interrupt(args, "SIGINT", isBound(name));
    expect(ended.code, ended.stderr).toBe(130);
    expect(ended.tookMs).toBeLessThan(GONE_MS);
    assertDone(await planstream(args, { env }));
    expect(toSamples(name)).toEqual(direct);
    expect(listBilledTwice(server)).toEqual([]);
  });

  test("interrupted while the cost is estimated: ends in seconds, with nothing sent or written", async () => {
    const server = await serve(dialect);
    let isHeard = false;
    const hub = await startHubServer(join(PROJECT, "data/sample-hub"), {
      intercept: async ({ url }) => {
        if (/lmsys.*\.parquet/.test(url)) {
          isHeard = true;
          await sleep(500);
        }
        return undefined;
      },
    });
    const name = named("early");
    const args = toArgs(dialect, server, name, `${name}-books`, "--batch", "--hub", hub.url);
    const ended = await interrupt(args, "SIGINT", () => isHeard);
    await hub.close();
    expect(ended.code, ended.stderr).toBe(130);
    expect(ended.tookMs).toBeLessThan(GONE_MS);
    expect([existsSync(at(`${name}-books`)), server.counts.made]).toEqual([false, 0]);
  });

  test("a few rows that no batch answers are asked directly", async () => {
    const server = await serve(dialect, { faults: { rowExpired: 1 } });
    const name = named("stubborn");
    const ended = await runBatch(dialect, server, name, "--limit", "20");
    assertDone(ended);
    expect(ended.stderr).toMatch(/questions came back unanswered, twice: asked directly, at the full price/);
    expect(server.bill.charges.every(({ mode }) => mode === "direct")).toBe(true);
    const plain = named("stubborn-direct");
    assertDone(await run(dialect, server, plain, `${plain}-books`, "--limit", "20"));
    expect(toSamples(name)).toEqual(toSamples(plain));
  });

  test("many of them are not: the run stops, and goes on by the same command", async () => {
    const server = await serve(dialect, { faults: { rowExpired: 1 } });
    const name = named("outage");
    const ended = await runBatch(dialect, server, name);
    expect(ended.code).toBe(5);
    expect(ended.stderr).toContain("the questions of 133 rows were sent by the batch 2 times, and none was answered");
    expect([server.bill.nusd, server.counts.asked]).toEqual([0, 0]);
    server.setFaults({});
    assertDone(await runBatch(dialect, server, name));
    expect(toSamples(name)).toEqual(direct);
  });

  test("answers that get lost are charged in full: stops at the cap with exit 4, and goes on with more money", async () => {
    const server = await serve(dialect, { faults: { rowUnwritten: 0.4 } });
    const name = named("low");
    const ended = await runBatch(dialect, server, name, "--max-cost", "0.4");
    expect(ended.code).toBe(4);
    expect(ended.stdout + ended.stderr).toContain("The cap of $0.40 is reached");
    const { settledNusd, heldNusd } = await readBooks(name);
    expect(heldNusd).toBe(0);
    expect(settledNusd).toBeLessThanOrEqual(400_000_000);
    expect(server.bill.nusd).toBeLessThanOrEqual(settledNusd);
    assertDone(await runBatch(dialect, server, name, "--max-cost", "10", "--raise-cap"));
    // As with direct requests, a row that was lost twice is left to the rules.
    expect(listLines(name).some((line) => line.includes('"outcome_unknown"'))).toBe(true);
    const whole = new Set(listLines(named("direct")));
    const answered = listLines(name).filter((line) => !line.includes('"outcome_unknown"'));
    expect(answered.filter((line) => !whole.has(line))).toEqual([]);
    expect(server.counts.asked).toBe(0);
    expect((await readBooks(name)).settledNusd).toBeGreaterThanOrEqual(server.bill.nusd);
  });

  test("killed with little room under its cap: what its own batches hold does not stand in its way", async () => {
    const server = await serve(dialect, { batchMs: 300 });
    const name = named("tight");
    const capUsd = 0.3;
    const args = toArgs(dialect, server, name, `${name}-books`, "--batch", "--max-cost", String(capUsd));
    const killed = await interrupt(args, "SIGKILL", isBound(name));
    const [, high] = /batch .*\$[\d.]+ +\$[\d.]+ +\$([\d.]+) +\$/.exec(killed.stderr) ?? [];
    const { heldNusd } = await readBooks(name);
    // Counted as spent, it would leave too little for the estimate of all rows.
    expect(capUsd - heldNusd / 1e9).toBeLessThan(Number(high));
    const ended = await planstream(args, { env });
    expect(ended.code, ended.stderr).toBe(0);
    expect(toSamples(name)).toEqual(direct);
    expect(listBilledTwice(server)).toEqual([]);
    expect(server.bill.nusd).toBeLessThanOrEqual(capUsd * 1e9);
  });

  test("with a target: a direct run on its replies makes the same bytes, and asks no more", async () => {
    const server = await serve(dialect);
    const target = ["--target", "60"];
    assertDone(await runBatch(dialect, server, named("target"), ...target));
    const billed = server.bill.charges.length;
    const ended = await run(dialect, server, named("target-direct"), `${named("target")}-books`, ...target);
    assertDone(ended);
    expect(toFingerprint(at(named("target-direct")))).toEqual(toFingerprint(at(named("target"))));
    expect([server.counts.asked, server.bill.charges.length]).toEqual([0, billed]);
  });

  test("with --partial: asks as many rows as fit at the batch's price, and makes of them what a direct run makes", async () => {
    const server = await serve(dialect);
    const name = named("partial");
    assertDone(await runBatch(dialect, server, name, "--max-cost", "0.15", "--partial"));
    expect(server.counts.asked).toBe(0);
    expect(server.bill.nusd).toBeLessThanOrEqual(150_000_000);
    const whole = new Set(listLines(named("direct")));
    const chosen = listLines(name).filter((line) => !line.includes('"not_chosen"'));
    expect(chosen.length).toBeGreaterThan(30);
    expect(chosen.length).toBeLessThan(whole.size - 10);
    expect(chosen.filter((line) => !whole.has(line))).toEqual([]);
  });
});

describe("--batch is refused, and nothing is sent or written", () => {
  const base = ["tier1", "--hub", "sample", "--track", "topaz", "--batch", "--max-cost", "1"];
  const given = ["--llm", "all", "--price", "mock/any=0.25,2", "--model", "mock/any"];
  test.each([
    ["where no model is asked", [], "--llm none asks none"],
    ["by a model without a price for batches", given, "mock/any has no price for batches"],
    ["by a vendor without batches", ["--llm", "all", "--model", "mock/any", "--prices", "PRICES"], "takes no batches"],
  ] as const)("%s", async (_, more, words) => {
    const output = at("refused");
    const prices = at("prices.json");
    const model = { in: 250, out: 2_000, batch_multiplier: 0.5 };
    const table = {
      schema: "planstream/prices/1",
      as_of: "2026-11-01",
      source: "a test",
      models: { "mock/any": model },
    };
    writeFileSync(prices, JSON.stringify(table));
    const named = more.map((word) => (word === "PRICES" ? prices : word));
    const ended = await planstream([...base, ...named, "--output", output, "--llm-folder", at("refused-books")], {
      env,
    });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(words);
    expect([existsSync(output), existsSync(at("refused-books"))]).toEqual([false, false]);
  });
});
