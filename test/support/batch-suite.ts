import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { toCost } from "../../src/llm/prices.ts";
import { openReplyCache, scanCache } from "../../src/llm/reply-cache.ts";
import {
  assertDone,
  at,
  type Dialect,
  env,
  interrupt,
  isBound,
  listBilledTwice,
  priceOf,
  readBooks,
  run,
  runBatch,
  serve,
  toArgs,
  toSamples,
} from "./batch-runs.ts";
import type { LlmServer } from "./llm-server.ts";
import { isLong } from "./long.ts";
import { planstream, readManifest, toFingerprint } from "./planstream.ts";

/** What must be true of a run with --batch, whoever the vendor is. */
export function describeBatchRuns(dialect: Dialect): void {
  describe(dialect, () => {
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
        expect(Math.round(cost.usd * 1e9)).toBe(
          Math.round((Number(total.settled_usd) + Number(total.saved_usd)) * 1e9),
        );
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

    test.runIf(isLong)(
      "killed when the answer to a batch's making was lost: the batch is found, not sent again",
      async () => {
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
      },
    );

    test.runIf(isLong)("rows that expire or are canceled go with the next batch", async () => {
      const server = await serve(dialect, { faults: { rowExpired: 0.3, rowCanceled: 0.1 } });
      const name = named("expired");
      const ended = await runBatch(dialect, server, name);
      assertDone(ended);
      expect(ended.stderr).toMatch(/came back without an answer/);
      expect(toSamples(name)).toEqual(direct);
      expect(listBilledTwice(server)).toEqual([]);
      // Chance may let the last few come back unanswered twice. Then they are asked directly, and that is said.
      expect(/asked directly/.test(ended.stderr)).toBe(server.counts.asked > 0);
      expect((await readBooks(name)).settledNusd).toBe(server.bill.nusd);
    });
  });
}
