import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import {
  assertDone,
  at,
  env,
  GONE_MS,
  interrupt,
  isBound,
  listBilledTwice,
  listLines,
  readBooks,
  run,
  runBatch,
  serve,
  toArgs,
  toSamples,
} from "../support/batch-runs.ts";
import { describeBatchRuns } from "../support/batch-suite.ts";
import { startHubServer } from "../support/hub-server.ts";
import { PROJECT, planstream, toFingerprint } from "../support/planstream.ts";

// What may befall a run with --batch: interrupts, rows that no batch answers, money that ends, targets and parts.

describeBatchRuns("openai");

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
