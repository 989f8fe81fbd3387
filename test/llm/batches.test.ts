import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { defineLlmTransform } from "../../src/contract/index.ts";
import { BATCH_POLICY, readBatchPolicy } from "../../src/llm/batch-shard.ts";
import { readLedger } from "../../src/llm/ledger.ts";
import { type Llm, type LlmOptions, openLlm } from "../../src/llm/open-llm.ts";
import { openProvider } from "../../src/llm/open-provider.ts";
import type { LedgerEvent } from "../../src/schema/ledger.ts";
import { type LlmServer, type LlmServerOptions, startLlmServer } from "../support/llm-server.ts";
import { askVerb, DOLLAR, toDraft } from "../support/scripted-provider.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

const folder = createTemporaryFolder();
const makeDirectory = () => mkdtemp(join(folder, "llm-"));
const DIALECTS = ["anthropic", "openai"] as const;
type Dialect = (typeof DIALECTS)[number];
const PRICE = { in: 1_001, out: 5_003, tiers: [], tokenizer: "o200k" as const, batch_multiplier: 0.5 };
const ABOUT = { loader: "a/b" };

/** A question whose every answer from the schema fits: bounds are not sent along. */
const askGood = defineLlmTransform({
  ...askVerb,
  reply: z.object({ verb: z.enum(["find", "send"]), isUrgent: z.boolean() }),
  accept: (draft) => draft,
});

const servers: LlmServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
});

async function serve(options: Partial<LlmServerOptions> = {}): Promise<LlmServer> {
  const server = await startLlmServer({ price: PRICE, batchMs: 5, ...options });
  servers.push(server);
  return server;
}

function open(dialect: Dialect, server: LlmServer, directory: string, more: Partial<LlmOptions> = {}): Promise<Llm> {
  const baseUrl = dialect === "openai" ? `${server.url}/v1` : server.url;
  const env = { ANTHROPIC_API_KEY: "test-key", OPENAI_API_KEY: "test-key" };
  return openLlm({
    ...{ directory, run: "test", by: "a test", capNusd: DOLLAR },
    provider: openProvider(dialect, { baseUrl, env }),
    model: `${dialect}/model`,
    prices: {
      schema: "planstream/prices/1",
      as_of: "2026-11-01",
      source: "made for tests",
      models: { [`${dialect}/model`]: PRICE },
    },
    ...more,
    batch: { pollMs: 2, pollMsMax: 10, absentAfterMs: 0, ...more.batch },
  });
}

async function addAll({ batches }: Llm, rows: number): Promise<Record<string, number>> {
  const added: Record<string, number> = {};
  for (let row = 0; row < rows; row++) {
    const what = (await batches?.add(askGood, toDraft(`row ${row}`), ABOUT)) ?? "none";
    added[what] = (added[what] ?? 0) + 1;
  }
  return added;
}

const askAll = (llm: Llm, rows: number) =>
  Promise.all(Array.from({ length: rows }, (_, row) => llm.ask(askGood, toDraft(`row ${row}`), ABOUT)));

async function readEvents(directory: string): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = [];
  await readLedger(join(directory, "ledger.jsonl"), (event) => events.push(event));
  return events;
}

test.each(DIALECTS)(
  "%s: a batch is held for, made, bound, read, and settled row by row at half the price",
  async (dialect) => {
    const server = await serve();
    const directory = await makeDirectory();
    const llm = await open(dialect, server, directory);
    expect(await addAll(llm, 7)).toEqual({ waiting: 7 });
    expect(server.counts).toEqual({ asked: 0, made: 0 });
    expect(await llm.batches?.finish()).toMatchObject({
      sent: 7,
      answered: 7,
      unanswered: 0,
      lost: 0,
      unaffordable: 0,
    });
    expect(server.counts.made).toBe(1);
    const { settledNusd, heldNusd } = llm.books();
    expect([settledNusd, heldNusd]).toEqual([server.bill.nusd, 0]);
    await llm.close();

    const events = await readEvents(directory);
    const kinds = events.map(({ t }) => t);
    expect(kinds).toEqual(["open", "cap", ...Array(7).fill("reserve"), "bind", ...Array(7).fill("settle")]);
    for (const event of events) {
      if (event.t === "reserve") expect(event).toMatchObject({ mode: "batch", shard: "1-1", loader: "a/b" });
      if (event.t === "bind") expect(event).toMatchObject({ ids: ["1-1", "1-2", "1-3", "1-4", "1-5", "1-6", "1-7"] });
      if (event.t === "settle") expect(event.why).toBe("batch");
    }
  },
);

test.each(DIALECTS)("%s: batch and direct answers serve each other", async (dialect) => {
  const server = await serve();
  const directory = await makeDirectory();
  const llm = await open(dialect, server, directory);
  await addAll(llm, 4);
  await llm.batches?.finish();
  const billed = server.bill.nusd;
  const answers = await askAll(llm, 4);
  // The batch bought them for this very use; what comes after is a saving.
  expect(answers.map(({ uses }) => uses[0]?.cached)).toEqual([false, false, false, false]);
  const again = await askAll(llm, 4);
  expect(again.map(({ uses }) => uses[0]?.cached)).toEqual([true, true, true, true]);
  expect(llm.books()).toMatchObject({ replies: 8, cached: 4, savedNusd: billed });
  expect(server.bill.nusd).toBe(billed);
  await askAll(llm, 6); // two more, directly
  expect(await addAll(llm, 6)).toEqual({ answered: 6 });
  expect(await llm.batches?.finish()).toMatchObject({ sent: 4 });
  expect(server.counts).toEqual({ asked: 2, made: 1 });
  await llm.close();
});

test.each(DIALECTS)(
  "%s: the answer to a batch's making is lost: it is found, and nothing is sent again",
  async (dialect) => {
    const server = await serve({ faults: { createLost: 1 } });
    const directory = await makeDirectory();
    const llm = await open(dialect, server, directory, { batch: { absentAfterMs: 60_000 } });
    await addAll(llm, 5);
    expect(await llm.batches?.finish()).toMatchObject({ sent: 5, answered: 5 });
    expect([server.counts.made, server.bill.charges.length]).toEqual([1, 5]);
    expect(llm.books()).toMatchObject({ settledNusd: server.bill.nusd, heldNusd: 0 });
    await llm.close();
  },
);

test.each(DIALECTS)("%s: nor is it taken for another's, or for one of before with the same rows", async (dialect) => {
  // Slow enough that the lost one can't be read yet when the others can.
  const server = await serve({ faults: { rowExpired: 1 }, batchMs: 150 });
  const directory = await makeDirectory();
  // Of another ledger, as large; and of this one, with the very rows, none of which is answered.
  const other = await open(dialect, server, await makeDirectory());
  await other.batches?.add(askGood, toDraft("another's"), ABOUT);
  await other.batches?.finish();
  await other.close();
  const llm = await open(dialect, server, directory);
  await addAll(llm, 1);
  await llm.batches?.finish();
  expect(server.bill.nusd).toBe(0);
  server.setFaults({ createLost: 1 });
  expect(await addAll(llm, 1)).toEqual({ waiting: 1 });
  await llm.batches?.finish();
  expect(server.bill.charges.length).toBe(1);
  const answered = llm.books().settledNusd;
  expect(answered).toBeGreaterThanOrEqual(server.bill.nusd);
  expect(await addAll(llm, 1)).toEqual({ answered: 1 });
  await llm.close();
});

test.each(DIALECTS)("%s: what was not made is sent again once that is certain", async (dialect) => {
  const server = await serve({ faults: { createErrorUnmade: 1 } });
  const llm = await open(dialect, server, await makeDirectory());
  await addAll(llm, 3);
  const finished = llm.batches?.finish(() => server.setFaults({}));
  expect(await finished).toMatchObject({ sent: 3, answered: 3, unanswered: 0 });
  expect(server.bill.charges.length).toBe(3);
  expect(llm.books()).toMatchObject({ settledNusd: server.bill.nusd, heldNusd: 0 });
  await llm.close();
});

test.each(DIALECTS)(
  "%s: a batch goes on without us, and the next start has its answers for what they cost",
  async (dialect) => {
    const server = await serve({ batchMs: 100 });
    const directory = await makeDirectory();
    const stop = new AbortController();
    const llm = await open(dialect, server, directory, { signal: stop.signal });
    await addAll(llm, 5);
    await expect(llm.batches?.finish(() => stop.abort(new Error("stopped")))).rejects.toThrow("stopped");
    await llm.close();
    const { fold } = await readLedger(join(directory, "ledger.jsonl"));
    expect([...fold.open.values()].map(({ mode, batch }) => [mode, batch === undefined])).toEqual(
      Array(5).fill(["batch", false]),
    );

    const again = await open(dialect, server, directory);
    expect(await addAll(again, 5)).toEqual({ waiting: 5 });
    expect(await again.batches?.finish()).toMatchObject({ sent: 0, answered: 5 });
    expect(again.books()).toMatchObject({ settledNusd: server.bill.nusd, heldNusd: 0 });
    expect(server.counts.made).toBe(1);
    expect(await addAll(again, 5)).toEqual({ answered: 5 });
    await again.close();
  },
);

test.each(DIALECTS)("%s: what waits for a reply can be told, and where the batches stand", async (dialect) => {
  const server = await serve({ batchMs: 50 });
  const directory = await makeDirectory();
  const stop = new AbortController();
  const llm = await open(dialect, server, directory, { signal: stop.signal });
  const { batches } = llm;
  expect(await batches?.isOpen(askGood, toDraft("row 0"))).toBe(true);
  expect(batches?.stand()).toMatchObject({ queued: 0, out: 0, batches: 0 });
  await addAll(llm, 3);
  expect(batches?.stand()).toMatchObject({ queued: 3, out: 0, batches: 0 });
  const seen: number[] = [];
  batches?.watch(({ out }) => seen.push(out));
  await batches?.finish();
  expect([seen[0], seen.at(-1)]).toEqual([3, 0]);
  expect(batches?.stand()).toMatchObject({ queued: 0, out: 0, sent: 3, answered: 3, unaffordable: 0 });
  expect(await batches?.isOpen(askGood, toDraft("row 0"))).toBe(false);
  await llm.close();
});

test("no more rows are out at once than is said", async () => {
  const server = await serve();
  const llm = await open("anthropic", server, await makeDirectory(), { batch: { shardRowsMax: 4, outRowsMax: 10 } });
  const outs: number[] = [];
  llm.batches?.watch(({ out }) => outs.push(out));
  await addAll(llm, 33);
  expect(await llm.batches?.finish()).toMatchObject({ sent: 33, answered: 33 });
  const most = Math.max(...outs);
  expect(most).toBeGreaterThanOrEqual(8);
  expect(most).toBeLessThanOrEqual(10);
  expect(server.counts.made).toBe(9);
  await llm.close();
});

test.each(DIALECTS)("%s: a row that is lost twice, while others are answered, is not asked again", async (dialect) => {
  const server = await serve({ faults: { rowUnwritten: 1 } });
  const llm = await open(dialect, server, await makeDirectory());
  for (const round of [1, 2]) {
    server.setFaults(round === 1 ? { rowUnwritten: 1 } : {});
    await llm.batches?.add(askGood, toDraft(`another ${round}`), ABOUT);
    await llm.batches?.finish();
  }
  server.setFaults({ rowUnwritten: 1 });
  for (const lost of [1, 2]) {
    expect(await llm.batches?.add(askGood, toDraft("row 0"), ABOUT)).toBe("waiting");
    expect((await llm.batches?.finish())?.lost).toBe(lost + 1);
  }
  expect(await llm.batches?.add(askGood, toDraft("row 0"), ABOUT)).toBe("answered");
  expect(await llm.ask(askGood, toDraft("row 0"), ABOUT)).toMatchObject({ kind: "rules", reason: "outcome_unknown" });
  expect(await llm.batches?.isOpen(askGood, toDraft("another 1"))).toBe(true); // lost once
  await llm.close();
});

test.each(["0", "1.5", "-3", "soon", "1000000"])("PLANSTREAM_BATCH_POLL_MS=%s is refused", (text) => {
  expect(() => readBatchPolicy({ PLANSTREAM_BATCH_POLL_MS: text })).toThrow(`PLANSTREAM_BATCH_POLL_MS=${text}`);
});

test("PLANSTREAM_BATCH_POLL_MS scales all times alike", () => {
  expect(readBatchPolicy({})).toEqual(BATCH_POLICY);
  expect(readBatchPolicy({ PLANSTREAM_BATCH_POLL_MS: "50" })).toEqual({
    ...BATCH_POLICY,
    pollMs: 50,
    pollMsMax: 1_200,
    absentAfterMs: 9_000,
  });
});

test.each([
  ["rowErrored", "anthropic", { unanswered: 4, lost: 0 }, 0],
  ["rowErrored", "openai", { unanswered: 0, lost: 4 }, 1],
  ["rowExpired", "anthropic", { unanswered: 4, lost: 0 }, 0],
  ["rowExpired", "openai", { unanswered: 4, lost: 0 }, 0],
  ["rowCanceled", "anthropic", { unanswered: 4, lost: 0 }, 0],
  ["rowCanceled", "openai", { unanswered: 4, lost: 0 }, 0],
  ["rowUnwritten", "anthropic", { unanswered: 0, lost: 4 }, 1],
  ["rowUnwritten", "openai", { unanswered: 0, lost: 4 }, 1],
] as const)(
  "rows that are %s by %s: given back by their own word, else charged in full",
  async (fault, dialect, counts, share) => {
    const server = await serve({ faults: { [fault]: 1 } });
    const directory = await makeDirectory();
    const llm = await open(dialect, server, directory);
    await addAll(llm, 4);
    expect(await llm.batches?.finish()).toMatchObject({ sent: 4, answered: 0, ...counts });
    const held = (await readEvents(directory)).reduce(
      (sum, event) => sum + (event.t === "reserve" ? event.nusd : 0),
      0,
    );
    expect(llm.books()).toMatchObject({ settledNusd: share * held, heldNusd: 0 });
    expect(llm.books().settledNusd).toBeGreaterThanOrEqual(server.bill.nusd);
    server.setFaults({});
    expect(await addAll(llm, 4)).toEqual({ waiting: 4 });
    expect(await llm.batches?.finish()).toMatchObject({ answered: 4 });
    await llm.close();
  },
);

test("a batch that is refused as a whole costs nothing, and its rows can be added again", async () => {
  const server = await serve({ faults: { batchFailed: 1 } });
  const llm = await open("openai", server, await makeDirectory());
  await addAll(llm, 3);
  expect(await llm.batches?.finish()).toMatchObject({ sent: 3, unanswered: 3 });
  expect([llm.books().settledNusd, llm.books().heldNusd, server.bill.nusd]).toEqual([0, 0, 0]);
  server.setFaults({});
  expect(await addAll(llm, 3)).toEqual({ waiting: 3 });
  expect(await llm.batches?.finish()).toMatchObject({ answered: 3 });
  await llm.close();
});

test.each(DIALECTS)(
  "%s: no batch holds more than its share of the room, and rows that can't be paid for are told",
  async (dialect) => {
    const server = await serve();
    const directory = await makeDirectory();
    const capNusd = 8_000_000;
    const llm = await open(dialect, server, directory, { capNusd, batch: { shardRowsMax: 100 } });
    await addAll(llm, 60);
    const { answered = 0, unaffordable = 0 } = (await llm.batches?.finish()) ?? {};
    expect([answered + unaffordable, unaffordable > 0, answered > 5]).toEqual([60, true, true]);
    const { settledNusd, heldNusd } = llm.books();
    expect([settledNusd, heldNusd]).toEqual([server.bill.nusd, 0]);
    await llm.close();

    // Replays the ledger: each shard against the room as it was before it.
    let room = 0;
    const shards = new Map<string, { room: number; nusd: number; rows: number }>();
    const holds = new Map<string, number>();
    for (const event of await readEvents(directory)) {
      if (event.t === "cap") room = event.to;
      if (event.t === "reserve") {
        holds.set(event.id, event.nusd);
        const shard = shards.get(event.shard ?? "") ?? { room, nusd: 0, rows: 0 };
        shards.set(event.shard ?? "", { ...shard, nusd: shard.nusd + event.nusd, rows: shard.rows + 1 });
        room -= event.nusd;
      }
      if (event.t === "settle") room += (holds.get(event.id) ?? 0) - event.nusd;
    }
    expect(shards.size).toBeGreaterThan(3);
    for (const shard of shards.values()) {
      expect(shard.rows === 1 || shard.nusd <= shard.room * 0.2).toBe(true);
      expect(shard.nusd).toBeLessThanOrEqual(shard.room);
    }
  },
);

test("what a batch may cost is in the ledger before the batch is asked for", async () => {
  const server = await serve();
  const directory = await makeDirectory();
  const provider = openProvider("openai", { baseUrl: `${server.url}/v1`, env: { OPENAI_API_KEY: "test-key" } });
  const { batches } = provider;
  if (batches === undefined) throw new Error("no batches");
  const heldAtCreate: number[][] = [];
  const watched = {
    ...batches,
    async create(...args: Parameters<typeof batches.create>) {
      const { fold } = await readLedger(join(directory, "ledger.jsonl"));
      heldAtCreate.push([fold.open.size, args[1].length, fold.heldNusd]);
      return batches.create(...args);
    },
  };
  const llm = await open("openai", server, directory, { provider: { ...provider, batches: watched } });
  await addAll(llm, 6);
  await llm.batches?.finish();
  expect(heldAtCreate.map(([open, rows]) => [open, rows])).toEqual([[6, 6]]);
  expect(heldAtCreate[0]?.[2]).toBeGreaterThanOrEqual(server.bill.nusd);
  await llm.close();
});

test("a lost batch whose results are empty is charged in full: nothing tells that it was another's", async () => {
  const server = await serve({ faults: { createLost: 1, rowUnwritten: 1 } });
  const directory = await makeDirectory();
  const llm = await open("anthropic", server, directory);
  await addAll(llm, 2);
  expect(await llm.batches?.finish()).toMatchObject({ sent: 2, answered: 0, unanswered: 0, lost: 2 });
  expect(server.bill.charges.length).toBe(2);
  expect(llm.books().settledNusd).toBeGreaterThanOrEqual(server.bill.nusd);
  await llm.close();
});

test("without a cap no batch is made", async () => {
  const server = await serve();
  const llm = await open("anthropic", server, await makeDirectory(), { capNusd: undefined });
  await addAll(llm, 2);
  await expect(llm.batches?.finish()).rejects.toMatchObject({ name: "BudgetError", stop: "not_approved" });
  expect(server.counts).toEqual({ asked: 0, made: 0 });
  await llm.close();
});

test.each(DIALECTS)("%s: looks, lists and results that fail are tried again, for nothing", async (dialect) => {
  const server = await serve({
    seed: 5,
    faults: { lookError: 0.4, listError: 0.4, resultsError: 0.4, resultsCut: 0.5, uploadLost: 0.4, createLimited: 0.3 },
  });
  const llm = await open(dialect, server, await makeDirectory(), { batch: { shardRowsMax: 8 } });
  await addAll(llm, 40);
  expect(await llm.batches?.finish()).toMatchObject({ sent: 40, answered: 40, lost: 0 });
  expect([server.bill.charges.length, llm.books().settledNusd]).toEqual([40, server.bill.nusd]);
  await llm.close();
});
