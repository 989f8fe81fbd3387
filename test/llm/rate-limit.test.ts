import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Breaker, createBreaker } from "../../src/llm/breaker.ts";
import { createRateLimit, type Permit, type RateLimit } from "../../src/llm/rate-limit.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const never = new AbortController().signal;
const SMALL = { tokensIn: 100, tokensOut: 100 };

/** Asks for `count` permits; the list grows as they are given. */
function acquireAll(limit: RateLimit, count: number, estimate = SMALL): Permit[] {
  const given: Permit[] = [];
  for (let i = 0; i < count; i++) limit.acquire(estimate, never).then((permit) => given.push(permit));
  return given;
}

const settle = () => vi.advanceTimersByTimeAsync(0);

test("60 requests a minute: the burst at once, then one a second", async () => {
  const given = acquireAll(createRateLimit(1000, { requests: 60 }), 40);
  await settle();
  expect(given.length).toBe(10);
  await vi.advanceTimersByTimeAsync(999);
  expect(given.length).toBe(10);
  await vi.advanceTimersByTimeAsync(1);
  expect(given.length).toBe(11);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(given.length).toBe(40);
  expect(vi.getTimerCount()).toBe(0); // nobody waits, nothing keeps the process alive
});

test("tokens are taken at the estimate and put right by the usage", async () => {
  const limit = createRateLimit(1000, { tokensIn: 6_000 }); // 1,000 at once, 100 a second
  const [first] = [acquireAll(limit, 1, { tokensIn: 1_000, tokensOut: 0 })];
  await settle();
  const later = acquireAll(limit, 1, { tokensIn: 500, tokensOut: 0 });
  await settle();
  expect([first?.length, later.length]).toEqual([1, 0]);
  first?.[0]?.release({ usage: { in: 400, out: 5 } }); // 600 come back
  await settle();
  expect(later.length).toBe(1);
  const more = acquireAll(limit, 1, { tokensIn: 500, tokensOut: 0 });
  await vi.advanceTimersByTimeAsync(3_999); // 100 are left, so 400 must flow in
  expect(more.length).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(more.length).toBe(1);
});

test("a request larger than the burst is sent when the bucket is full, and paid back by waiting", async () => {
  const limit = createRateLimit(1000, { tokensIn: 600 }); // 100 at once, 10 a second
  const given = acquireAll(limit, 2, { tokensIn: 300, tokensOut: 0 });
  await settle();
  expect(given.length).toBe(1);
  await vi.advanceTimersByTimeAsync(29_999); // from -200 to 100
  expect(given.length).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(given.length).toBe(2);
});

test("limits are learned from headers, and given ones are never raised by them", async () => {
  const learned = createRateLimit(1000);
  const [first] = await Promise.all([learned.acquire(SMALL, never)]);
  first.release({ rate: { requests: { limit: 60, remaining: 2 } } });
  const given = acquireAll(learned, 5);
  await settle();
  expect(given.length).toBe(2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(given.length).toBe(3);

  const low = createRateLimit(1000, { requests: 12 }); // 2 at once
  (await low.acquire(SMALL, never)).release({ rate: { requests: { limit: 6_000, remaining: 5_000 } } });
  const held = acquireAll(low, 5);
  await settle();
  expect(held.length).toBe(1);
});

test("pushback halves what runs at once, once for all that were under way, and holds all back", async () => {
  const limit = createRateLimit(8);
  const given = acquireAll(limit, 40);
  await settle();
  expect(given.length).toBe(8);
  for (const permit of given.splice(0, 8)) permit.release({ pushback: { pauseMs: 2_000 } });
  await vi.advanceTimersByTimeAsync(1_999);
  expect(given.length).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(given.length).toBe(4);
  // Each round that goes well lets one more run.
  for (const permit of given.splice(0, 4)) permit.release({ usage: { in: 1, out: 1 } });
  await settle();
  expect(given.length).toBe(4);
  for (const permit of given.splice(0, 4)) permit.release({ usage: { in: 1, out: 1 } });
  await settle();
  expect(given.length).toBe(5);
  given[0]?.release({ pushback: { pauseMs: 0 } });
  await settle();
  expect(given.length).toBe(5); // 2 may run, 4 do
});

test("one that is aborted leaves the queue to the next", async () => {
  const limit = createRateLimit(1);
  const first = await limit.acquire(SMALL, never);
  const stop = new AbortController();
  const second = limit.acquire(SMALL, stop.signal);
  const third = acquireAll(limit, 1);
  stop.abort(new Error("enough"));
  await expect(second).rejects.toThrow("enough");
  first.release();
  await settle();
  expect(third.length).toBe(1);
  await expect(limit.acquire(SMALL, stop.signal)).rejects.toThrow("enough");
});

const POLICY = { pauseMs: 1_000, pauseMsMax: 3_000, probesMax: 3 };
const GIVEN_UP = new Error("given up");

function openBreaker(): Breaker {
  const breaker = createBreaker(() => GIVEN_UP, POLICY);
  for (let i = 0; i < 5; i++) breaker.report(false, false);
  return breaker;
}

function enterAll(breaker: Breaker, count: number): { isProbe: boolean }[] {
  const entered: { isProbe: boolean }[] = [];
  for (let i = 0; i < count; i++)
    breaker.enter(never).then(
      (entry) => entered.push(entry),
      () => {},
    );
  return entered;
}

test("the breaker opens after five failures in a row, and not when answers come in between", async () => {
  const breaker = createBreaker(() => GIVEN_UP, POLICY);
  for (const isAnswered of [false, false, false, false, true, false, false, false, false, undefined]) {
    expect(await breaker.enter(never)).toEqual({ isProbe: false });
    breaker.report(false, isAnswered);
  }
  breaker.report(false, false);
  const entered = enterAll(breaker, 1);
  await settle();
  expect(entered).toEqual([]);
});

test("one at a time probes, after growing pauses; an answer lets all go", async () => {
  const breaker = openBreaker();
  const entered = enterAll(breaker, 4);
  await vi.advanceTimersByTimeAsync(999);
  expect(entered).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(entered).toEqual([{ isProbe: true }]);
  breaker.report(false, false); // one that was sent before it opened says nothing new
  await vi.advanceTimersByTimeAsync(10_000);
  expect(entered.length).toBe(1); // the first probe is still out
  breaker.report(true, false);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(entered.length).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(entered.length).toBe(2);
  breaker.report(true, true);
  await settle();
  expect(entered.slice(2)).toEqual([{ isProbe: false }, { isProbe: false }]);
  expect(await breaker.enter(never)).toEqual({ isProbe: false });
  expect(vi.getTimerCount()).toBe(0);
});

test("a probe that found nothing out hands over to the next", async () => {
  const breaker = openBreaker();
  const entered = enterAll(breaker, 2);
  await vi.advanceTimersByTimeAsync(1_000);
  breaker.report(true, undefined);
  await settle();
  expect(entered).toEqual([{ isProbe: true }, { isProbe: true }]);
});

test("after the last probe everybody is told that it is given up", async () => {
  const breaker = openBreaker();
  const entered = enterAll(breaker, 3);
  const last = breaker.enter(never).catch((error: unknown) => error);
  for (const pauseMs of [1_000, 2_000, 3_000]) {
    await vi.advanceTimersByTimeAsync(pauseMs);
    breaker.report(true, false);
  }
  expect(entered.length).toBe(3);
  expect(await last).toBe(GIVEN_UP);
  await expect(breaker.enter(never)).rejects.toBe(GIVEN_UP);
  expect(vi.getTimerCount()).toBe(0);
});

test("an aborted waiter is no probe", async () => {
  const breaker = openBreaker();
  const stop = new AbortController();
  const first = breaker.enter(stop.signal);
  const entered = enterAll(breaker, 1);
  stop.abort(new Error("enough"));
  await expect(first).rejects.toThrow("enough");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(entered).toEqual([{ isProbe: true }]);
});
