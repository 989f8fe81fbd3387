import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Governor } from "../../src/hub/governor.ts";
import { ANONYMOUS_QUOTAS, parseQuotas, type Quota, toLeastMs, toQuotaName } from "../../src/hub/quota.ts";
import { parseRateLimits } from "../../src/hub/rate-limit.ts";
import { PAUSE_MS_MAX, parseRetryAfter } from "../../src/hub/retry-after.ts";

const HUB = new URL("https://hub.example/");
const STORE = new URL("https://store.example/");
const PAUSES = { pauseMs: 1_000, pauseMsMax: 4_000 };
const OPEN: Quota = { requests: 1_000, windowMs: 300_000 };

/** A governor, its way to the hub's API, and a way to run named requests along it. */
function open(requestsMax: number, quota = OPEN) {
  const governor = new Governor(requestsMax);
  const way = governor.toWay(HUB, "api", quota);
  const seen: string[] = [];
  const run = (name: string, along = way) => governor.run(along, async () => void seen.push(name));
  return { governor, way, seen, run };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the governor", () => {
  it("starts requests in the order they came, at most so many at once", async () => {
    const governor = new Governor(2);
    const way = governor.toWay(HUB);
    const started: number[] = [];
    const ends: (() => void)[] = [];
    const runs = [0, 1, 2, 3].map((name) =>
      governor.run(way, () => {
        started.push(name);
        return new Promise<void>((end) => ends.push(end));
      }),
    );
    await vi.advanceTimersByTimeAsync(0);
    expect(started).toEqual([0, 1]);
    ends[1]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(started).toEqual([0, 1, 2]);
    for (const end of ends) end();
    await vi.advanceTimersByTimeAsync(0);
    expect(started).toEqual([0, 1, 2, 3]);
    ends[3]?.();
    await Promise.all(runs);
  });

  it("gives a failed request's place to the next", async () => {
    const { governor, way } = open(1);
    const failing = governor.run(way, () => Promise.reject(new Error("broken")));
    const next = governor.run(way, async () => "next");
    await expect(failing).rejects.toThrow("broken");
    expect(await next).toBe("next");
  });

  it("lets go of a waiter whose signal ends, and keeps no timer then", async () => {
    const { governor, way } = open(1);
    way.bucket.refused(60_000, PAUSES, performance.now());
    const closing = new AbortController();
    const waiting = governor.run(way, async () => "never", closing.signal);
    expect(vi.getTimerCount()).toBe(1);
    closing.abort(new Error("closed"));
    await expect(waiting).rejects.toThrow("closed");
    await expect(governor.run(way, async () => "never", closing.signal)).rejects.toThrow("closed");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("refuses a limit that is none", () => {
    for (const requestsMax of [0, 1.5, Number.NaN]) expect(() => new Governor(requestsMax)).toThrow("requestsMax");
  });
});

describe("a quota", () => {
  it("is spent by all requests that count against it, and full again when its window is over", async () => {
    const { seen, run } = open(8, { requests: 3, windowMs: 10_000 });
    const runs = ["a", "b", "c", "d", "e", "f", "g"].map((name) => run(name));
    await vi.advanceTimersByTimeAsync(9_999);
    expect(seen).toEqual(["a", "b", "c"]);
    await vi.advanceTimersByTimeAsync(2);
    expect(seen).toEqual(["a", "b", "c", "d", "e", "f"]);
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all(runs);
  });

  it("holds back its own requests only", async () => {
    const { governor, way, seen, run } = open(1);
    way.bucket.refused(5_000, PAUSES, performance.now());
    const held = run("api");
    const free = [
      run("resolvers", governor.toWay(HUB, "resolvers", OPEN)),
      run("store", governor.toWay(STORE)),
      run("another hub", governor.toWay(new URL("https://other.example/"), "api", OPEN)),
    ];
    await Promise.all(free);
    expect(seen).toEqual(["resolvers", "store", "another hub"]);
    await vi.advanceTimersByTimeAsync(5_001);
    await held;
  });

  it("holds back until the longest pause is over, in the order in which they came", async () => {
    const { way, seen, run } = open(2);
    const { bucket } = way;
    bucket.refused(1_000, PAUSES, performance.now());
    const runs = ["a", "b", "c"].map((name) => run(name));
    await vi.advanceTimersByTimeAsync(900);
    bucket.refused(500, PAUSES, performance.now()); // up to 1400
    bucket.refused(10, PAUSES, performance.now()); // shorter: changes nothing
    await vi.advanceTimersByTimeAsync(499);
    expect(seen).toEqual([]);
    await vi.advanceTimersByTimeAsync(2);
    await Promise.all(runs);
    expect(seen).toEqual(["a", "b", "c"]);
  });

  it("waits longer after each refusal that doesn't say how long, until one is let through", () => {
    const { bucket } = open(1).way;
    const pauses = [0, 1, 2, 3].map(() => {
      const nowMs = performance.now();
      bucket.refused(undefined, PAUSES, nowMs);
      bucket.refused(undefined, PAUSES, nowMs); // under way at the same time: the same refusal
      const pauseMs = bucket.opensAtMs(nowMs) - nowMs;
      vi.advanceTimersByTime(pauseMs);
      return pauseMs;
    });
    expect(pauses).toEqual([1_000, 2_000, 4_000, 4_000]);
    bucket.granted();
    bucket.refused(undefined, PAUSES, performance.now());
    expect(bucket.opensAtMs(performance.now()) - performance.now()).toBe(1_000);
  });

  it("is what the hub says it is: size, what is left, and when the window ends", async () => {
    const { governor, way, seen, run } = open(8, { requests: 500, windowMs: 300_000 });
    const leave = way.bucket.enter(performance.now());
    way.bucket.learn({ requests: 4, windowMs: 60_000, left: 2, resetMs: 7_000 }, performance.now());
    leave();
    expect(governor.toQuotas(HUB, { api: OPEN, resolvers: OPEN })).toEqual({
      api: { requests: 4, windowMs: 60_000 },
      resolvers: OPEN,
    });
    const runs = ["a", "b", "c", "d", "e", "f", "g"].map((name) => run(name));
    await vi.advanceTimersByTimeAsync(7_900);
    expect(seen).toEqual(["a", "b"]);
    await vi.advanceTimersByTimeAsync(200); // one second is added: the Hub's are rounded
    expect(seen).toEqual(["a", "b", "c", "d", "e", "f"]);
    await vi.advanceTimersByTimeAsync(60_000);
    await Promise.all(runs);
  });

  it("gets nothing back from an answer that was overtaken, and counts what is under way", () => {
    const { bucket } = open(8, { requests: 10, windowMs: 60_000 }).way;
    const nowMs = performance.now();
    const leaves = Array.from({ length: 4 }, () => bucket.enter(nowMs));
    // The hub has counted the first of four: three more are on their way to it.
    bucket.learn({ left: 5, resetMs: 30_000 }, nowMs);
    leaves[0]?.();
    bucket.learn({ left: 4, resetMs: 30_000 }, nowMs);
    leaves[1]?.();
    bucket.learn({ left: 3, resetMs: 30_000 }, nowMs);
    let admitted = 0;
    while (bucket.opensAtMs(nowMs) <= nowMs) {
      bucket.enter(nowMs);
      admitted += 1;
    }
    expect(admitted).toBe(2);
    expect(bucket.opensAtMs(nowMs)).toBe(nowMs + 31_000);
  });
});

describe("a host that fails", () => {
  const fail = (governor: Governor) => {
    const way = governor.toWay(STORE);
    return governor.run(way, async () => way.breaker.failed(performance.now()));
  };

  it("is left alone after ten failures in a row, for a time that grows, with one probe after each", async () => {
    const governor = new Governor(8);
    const startMs = performance.now();
    const timesMs: number[] = [];
    const failing = Array.from({ length: 22 }, () =>
      governor.run(governor.toWay(STORE), async () => {
        timesMs.push(Math.round((performance.now() - startMs) / 100) * 100);
        governor.toWay(STORE).breaker.failed(performance.now());
      }),
    );
    await vi.advanceTimersByTimeAsync(200_000);
    await Promise.all(failing);
    // Sixteen had started when the tenth failed; then they are single.
    expect(timesMs.slice(0, 16)).toEqual(Array(16).fill(0));
    expect(timesMs.slice(16)).toEqual([1_000, 3_000, 7_000, 15_000, 31_000, 61_000]);
  });

  it("is asked by everybody again as soon as it answers one", async () => {
    const governor = new Governor(8);
    for (let i = 0; i < 10; i++) await fail(governor);
    const way = governor.toWay(STORE);
    const ends: (() => void)[] = [];
    const seen: number[] = [];
    const runs = [0, 1, 2].map((name) =>
      governor.run(way, async () => {
        seen.push(name);
        await new Promise<void>((end) => ends.push(end));
        way.breaker.answered();
      }),
    );
    await vi.advanceTimersByTimeAsync(1_100);
    expect(seen).toEqual([0]); // the probe
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(seen).toEqual([0, 1, 2]);
    for (const end of ends) end();
    await Promise.all(runs);
  });

  it("holds up no other host, and a probe that is given up makes room for another", async () => {
    const { governor, seen, run } = open(2);
    for (let i = 0; i < 10; i++) await fail(governor);
    await vi.advanceTimersByTimeAsync(1_001);
    const way = governor.toWay(STORE);
    const given = governor.run(way, () => Promise.reject(new Error("given up")));
    const next = run("store", way);
    await run("hub");
    await expect(given).rejects.toThrow("given up");
    await next;
    expect(seen).toEqual(["hub", "store"]);
  });

  it("is dead after a minute without any answer ever, and then sends away who waits", async () => {
    const governor = new Governor(8);
    const outcomes: string[] = [];
    const way = governor.toWay(STORE);
    const runs = Array.from({ length: 60 }, () =>
      fail(governor).then(
        () => outcomes.push("asked"),
        (error: Error) => outcomes.push(error.message),
      ),
    );
    await vi.advanceTimersByTimeAsync(59_000);
    expect(outcomes.every((outcome) => outcome === "asked")).toBe(true);
    await vi.advanceTimersByTimeAsync(3_000);
    await Promise.all(runs);
    expect(outcomes.filter((outcome) => outcome === "asked")).toHaveLength(22);
    const sentAway = outcomes.filter((outcome) => outcome !== "asked");
    expect(sentAway).toEqual(
      Array(38).fill(expect.stringMatching(/^has answered nothing for 6[12] s \(21 failures in a row\)$/)),
    );
    expect(way.breaker.isDead(performance.now())).toBe(true);
    await vi.advanceTimersByTimeAsync(30_000);
    await governor.run(way, async () => way.breaker.answered());
    expect(way.breaker.isDead(performance.now())).toBe(false);
  });

  it("knows since when nothing has been heard", async () => {
    const governor = new Governor(1);
    const { breaker } = governor.toWay(STORE);
    expect([breaker.hasAnswered, breaker.toSilentMs(performance.now())]).toEqual([false, 0]);
    await fail(governor);
    vi.advanceTimersByTime(5_000);
    await fail(governor);
    expect(breaker.toSilentMs(performance.now())).toBe(5_000);
    breaker.answered();
    expect([breaker.hasAnswered, breaker.toSilentMs(performance.now())]).toEqual([true, 0]);
  });
});

describe("what an answer says of quotas", () => {
  it("reads the Hub's two headers", () => {
    const headers = new Headers({
      RateLimit: '"api";r=489;t=189',
      "RateLimit-Policy": '"fixed window";"api";q=500;w=300',
    });
    const api = { requests: 500, windowMs: 300_000, left: 489, resetMs: 189_000 };
    expect([...parseRateLimits(headers)]).toEqual([["api", api]]);
  });

  it("reads several, keeps to the longest window, and leaves what it can't read", () => {
    const headers = new Headers({
      ratelimit: '"api"; r=0; t=999999, "resolvers";r=2;t=1, "broken";r=-1;t=x',
      "ratelimit-policy": '"api";q=0;w=300, "pages";q=1;w=999999',
    });
    expect([...parseRateLimits(headers)]).toEqual([
      ["pages", { requests: 1, windowMs: 300_000 }],
      ["api", { left: 0, resetMs: 300_000 }],
      ["resolvers", { left: 2, resetMs: 1_000 }],
    ]);
    expect([...parseRateLimits(new Headers())]).toEqual([]);
  });
});

describe("quotas", () => {
  it("are read from a text, the rest kept", () => {
    expect(parseQuotas("api=20/2", ANONYMOUS_QUOTAS, "X")).toEqual({
      api: { requests: 20, windowMs: 2_000 },
      resolvers: { requests: 3_000, windowMs: 300_000 },
    });
    expect(parseQuotas(" resolvers=7 , api=1/1 ", ANONYMOUS_QUOTAS, "X").resolvers).toEqual({
      requests: 7,
      windowMs: 300_000,
    });
    for (const text of ["", "api", "api=0", "api=5/0", "pages=5", "api=5,,", "__proto__=5"]) {
      expect(() => parseQuotas(text, ANONYMOUS_QUOTAS, "X")).toThrow(/^X: expected something like "api=500\/300/);
    }
  });

  it("take their windows' time", () => {
    const quota = { requests: 500, windowMs: 300_000 };
    const cases = [0, 1, 500, 501, 1_000, 1_001, 60_000];
    expect(cases.map((count) => toLeastMs(count, quota))).toEqual([0, 0, 0, 300_000, 300_000, 600_000, 35_700_000]);
  });

  it("count by URL: the API, links to files, nothing else", () => {
    const hub = new URL("https://mirror.example/hf");
    const cases = [
      ["https://mirror.example/hf/api/datasets/a/b", "api"],
      ["https://mirror.example/hf/datasets/a/b/resolve/main/api/x", "resolvers"],
      ["https://mirror.example/hf/docs", undefined],
      ["https://store.example/api/datasets/a/resolve/b", undefined],
    ];
    for (const [url, name] of cases) expect(toQuotaName(new URL(url as string), hub)).toBe(name);
  });
});

describe("how long an answer asks to wait", () => {
  const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);
  const cases: [Record<string, string>, number | undefined][] = [
    [{}, undefined],
    [{ "retry-after": "7" }, 7_000],
    [{ "retry-after": " 0 " }, 0],
    [{ "retry-after": "99999" }, PAUSE_MS_MAX],
    [{ "retry-after": "Fri, 02 Jan 2026 03:05:05 GMT" }, 60_000],
    [{ "retry-after": "Thu, 01 Jan 2026 00:00:00 GMT" }, 0],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "-5" }, undefined],
    [{ "retry-after": "2026-01-02" }, undefined],
    [{ "retry-after": "2", ratelimit: '"api";r=0;t=55' }, 2_000],
  ];
  for (const [headers, waitMs] of cases) {
    it(`${JSON.stringify(headers)} -> ${waitMs}`, () =>
      expect(parseRetryAfter(new Headers(headers), nowMs)).toBe(waitMs));
  }
});
