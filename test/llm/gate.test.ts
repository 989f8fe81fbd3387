import fc from "fast-check";
import { expect, test } from "vitest";
import { createGate, type Gate, type Hold } from "../../src/llm/gate.ts";
import type { Ledger, NewLedgerEvent } from "../../src/llm/ledger.ts";
import { addEvent, createLedgerFold, type LedgerFold } from "../../src/llm/ledger-fold.ts";
import { toOrphanEvents } from "../../src/llm/recover.ts";
import type { LedgerEvent } from "../../src/schema/ledger.ts";

const AT = "2026-11-20T12:00:00Z";

/** A ledger whose disk is a list, and whose flushes end when the test says so. */
function createMemoryLedger(capNusd: number, flush: () => Promise<unknown> = async () => {}) {
  const disk: LedgerEvent[] = [
    { t: "open", at: AT, ledger: "0".repeat(16), run: "r", prices_sha256: "0".repeat(64) },
    { t: "cap", at: AT, from: null, to: capNusd, by: "a test" },
  ];
  const fold = readDisk(disk);
  const write = async (event: NewLedgerEvent): Promise<void> => {
    await flush();
    disk.push({ ...event, at: AT });
  };
  const ledger: Ledger = {
    fold,
    opening: 1,
    async hold(event) {
      addEvent(fold, { ...event, at: AT });
      await write(event);
    },
    async append(events) {
      for (const event of events) {
        await write(event);
        addEvent(fold, { ...event, at: AT });
      }
    },
    close: async () => {},
  };
  return { ledger, disk };
}

/** Where a process that starts now would find the ledger. */
function readDisk(disk: readonly LedgerEvent[]): LedgerFold {
  const fold = createLedgerFold();
  for (const event of disk) addEvent(fold, event);
  return fold;
}

/** What a ledger would have charged after a crash right now. */
function chargedAfterCrash(disk: readonly LedgerEvent[]): number {
  const fold = readDisk(disk);
  for (const event of toOrphanEvents(fold, new Map())) addEvent(fold, { ...event, at: AT } as LedgerEvent);
  expect(fold.heldNusd).toBe(0);
  return fold.settledNusd;
}

const request = (nusd: number) => ({ key: "0".repeat(64), nusd, model: "a/b", mode: "direct" as const, loader: "x/y" });

type Call = {
  readonly bound: number;
  readonly share: number;
  readonly fate: "ok" | "free" | "unknown" | "lost for good";
};
const calls = fc.array(
  fc.record({
    bound: fc.integer({ min: 0, max: 100 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    fate: fc.constantFrom<Call["fate"]>("ok", "ok", "ok", "free", "unknown", "lost for good"),
  }),
  { minLength: 1, maxLength: 40 },
);

test("billed <= ledger <= cap after every step of every interleaving, and after a crash at any of them", async () => {
  let [refusals, steps] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), calls, fc.integer({ min: 0, max: 600 }), async (scheduler, list, cap) => {
      let billed = 0;
      // One queue for the disk: a log's flushes end in order.
      let last: Promise<unknown> = Promise.resolve();
      const flush = () => {
        last = last.then(() => scheduler.schedule(Promise.resolve(), "flush"));
        return last;
      };
      const { ledger, disk } = createMemoryLedger(cap, flush);
      const gate = createGate(ledger);
      const check = () => {
        const charged = chargedAfterCrash(disk);
        expect(billed).toBeLessThanOrEqual(charged);
        expect(charged).toBeLessThanOrEqual(cap);
        expect(ledger.fold.settledNusd + ledger.fold.heldNusd).toBeLessThanOrEqual(cap);
      };
      const one = async ({ bound, share, fate }: Call): Promise<void> => {
        const hold = await gate.reserve(request(bound)).catch((error: unknown) => {
          expect(error).toMatchObject({ stop: "cap_reached" });
          return undefined;
        });
        if (hold === undefined) {
          refusals += 1;
          return;
        }
        // The vendor bills when it likes; it may do so and never answer.
        const cost = fate === "free" ? 0 : Math.floor(bound * share);
        await scheduler.schedule(Promise.resolve(), "bill");
        billed += cost;
        check();
        await scheduler.schedule(Promise.resolve(), "answer");
        if (fate === "lost for good") return;
        const why = fate;
        await gate.settle(hold, { nusd: why === "unknown" ? bound : cost, why });
        check();
      };
      const failures: unknown[] = [];
      for (const call of list) one(call).catch((error: unknown) => failures.push(error));
      // Waiters behind requests that never come back stay waiting: the run is cut there, as a crash would.
      for (;;) {
        await new Promise(setImmediate);
        check();
        if (failures.length > 0) throw failures[0];
        if (scheduler.count() === 0) return;
        steps += 1;
        await scheduler.waitOne();
      }
    }),
    { seed: 6, numRuns: 500 },
  );
  expect(refusals).toBeGreaterThan(100);
  expect(steps).toBeGreaterThan(5_000);
});

test("a gate that only looks before it sends would fail this", async () => {
  // The same model with check-then-act: the harness is able to fail.
  let [settled, billed] = [0, 0];
  const naive = async (cost: number): Promise<void> => {
    if (settled >= 100) return;
    await Promise.resolve();
    billed += cost;
    await Promise.resolve();
    settled += cost;
  };
  await Promise.all(Array.from({ length: 16 }, () => naive(30)));
  expect(billed).toBe(480);
});

async function open(cap: number): Promise<{ gate: Gate; ledger: Ledger; disk: LedgerEvent[] }> {
  const { ledger, disk } = createMemoryLedger(cap);
  return { gate: createGate(ledger), ledger, disk };
}

test("waits for room that others may give back, first come first served", async () => {
  const { gate, ledger } = await open(100);
  const first = await gate.reserve(request(60));
  const order: string[] = [];
  const second = gate.reserve(request(70)).then((hold) => {
    order.push("second");
    return hold;
  });
  const third = gate.reserve(request(10)).then(() => order.push("third"));
  await new Promise(setImmediate);
  expect(order).toEqual([]);
  await gate.settle(first, { nusd: 20, why: "ok" });
  await Promise.all([second, third]);
  expect(order).toEqual(["second", "third"]);
  expect(ledger.fold).toMatchObject({ settledNusd: 20, heldNusd: 80 });
});

test("refuses at once what can't fit whatever others give back, and goes on with what does", async () => {
  const { gate } = await open(100);
  const first = await gate.reserve(request(60));
  await expect(gate.reserve(request(101))).rejects.toMatchObject({ stop: "cap_reached" });
  await gate.settle(first, { nusd: 60, why: "ok" });
  await expect(gate.reserve(request(41))).rejects.toMatchObject({ stop: "cap_reached" });
  expect((await gate.reserve(request(40))).nusd).toBe(40);
});

test("what batches hold is not waited for", async () => {
  const { gate } = await open(100);
  await gate.reserve({ ...request(60), mode: "batch" });
  await expect(gate.reserve(request(50))).rejects.toMatchObject({ stop: "cap_reached" });
});

test("a waiter that is aborted leaves, and does not hold up the next", async () => {
  const { gate } = await open(100);
  const first = await gate.reserve(request(60));
  const stop = new AbortController();
  const second = gate.reserve(request(90), stop.signal);
  const third = gate.reserve(request(40));
  stop.abort(new Error("enough"));
  await expect(second).rejects.toThrow("enough");
  expect((await third).nusd).toBe(40);
  await expect(gate.reserve(request(1), stop.signal)).rejects.toThrow("enough");
  await gate.settle(first, { nusd: 1, why: "ok" });
});

test("a ledger that can't be written stops everything, and keeps what is held", async () => {
  const { ledger } = await open(100);
  const full = Object.assign(new Error("no space left"), { code: "ENOSPC" });
  const gate = createGate({ ...ledger, append: () => Promise.reject(full) });
  const hold: Hold = await gate.reserve(request(10));
  await expect(gate.settle(hold, { nusd: 5, why: "ok" })).rejects.toBe(full);
  await expect(gate.reserve(request(1))).rejects.toBe(full);
  expect(ledger.fold).toMatchObject({ settledNusd: 0, heldNusd: 10 });
  const other = createGate({ ...ledger, hold: () => Promise.reject(full) });
  await expect(other.reserve(request(1))).rejects.toBe(full);
  await expect(other.reserve(request(1))).rejects.toBe(full);
});
