import { describe, expect, it } from "vitest";
import { SourceError } from "../../src/contract/errors.ts";
import { Governor } from "../../src/hub/governor.ts";
import { openHub } from "../../src/hub/open-hub.ts";
import type { InjectedAnswer, LoggedRequest } from "../support/hub-server.ts";
import { COMMIT, CONTENT, DATASET, failureOf, openFile, serve } from "./hub-fixture.ts";

const PARQUET = CONTENT["data/train-00000-of-00001.parquet"] as Buffer;
const TOTAL = PARQUET.length;
const right = { status: 206, headers: { "Content-Range": `bytes 10-29/${TOTAL}` }, body: PARQUET.subarray(10, 30) };

/** Answers the first `times` requests to `origin` with `answer`, then lets the server speak. */
function firstly(times: number, answer: InjectedAnswer, origin: LoggedRequest["origin"] = "cdn") {
  let left = times;
  return (request: LoggedRequest) => (request.origin === origin && left-- > 0 ? answer : undefined);
}

/** Answers every request for a file's bytes. */
function always(answer: InjectedAnswer) {
  return ({ url }: LoggedRequest) => (url.startsWith("/api/") ? undefined : answer);
}

const wrongAnswers: Record<string, InjectedAnswer> = {
  "200 with the whole file instead of 206": { status: 200, body: PARQUET },
  "200 with just the asked bytes": { ...right, status: 200 },
  "206 from another start": { ...right, headers: { "Content-Range": `bytes 11-30/${TOTAL}` } },
  "206 of a file of another size": { ...right, headers: { "Content-Range": `bytes 10-29/${TOTAL + 1}` } },
  "206 without Content-Range": { ...right, headers: {} },
  "206 with a gzip body": { ...right, headers: { ...right.headers, "Content-Encoding": "gzip" } },
  "206 with too few bytes": { ...right, body: PARQUET.subarray(10, 29) },
  "206 with too many bytes": { ...right, body: PARQUET.subarray(10, 31) },
  "416": { status: 416, headers: { "Content-Range": `bytes */${TOTAL}` } },
  "a reset in the middle of the body": { ...right, cutAfterBytes: 7 },
  "a reset before the head": { status: 0, cutAfterBytes: -1 },
  "500": { status: 500 },
  "408": { status: 408 },
};

describe("answers that another try mends", () => {
  for (const [name, answer] of Object.entries(wrongAnswers)) {
    it(`${name}: read again, and the bytes are the file's`, async () => {
      const served = await serve({ intercept: firstly(2, answer) });
      const source = await openFile(served);
      expect(Buffer.from(await source.read(10, 30))).toEqual(PARQUET.subarray(10, 30));
      expect(served.server.requests.filter(({ origin }) => origin === "cdn")).toHaveLength(3);
    });

    it(`${name}, for ever: an error that says host, tries and what came`, async () => {
      const served = await serve({ intercept: always(answer) }, { retriesMax: 2 });
      const source = await openFile(served);
      const error = await failureOf(source.read(10, 30));
      expect(error).toBeInstanceOf(SourceError);
      expect(["unreachable", "garbled"]).toContain((error as SourceError).failure);
      expect(error.message).toContain(`${DATASET} ${source.path}: 127.0.0.1:`);
      expect(error.message).toContain("(3 tries)");
      expect(served.server.requests).toHaveLength(3);
    });
  }

  it("a burst of 503 while resolving and listing: asked again", async () => {
    const { hub, server } = await serve({ intercept: firstly(4, { status: 503 }, "hub") });
    expect(await hub.resolve(DATASET)).toBe(COMMIT);
    expect(await hub.list(DATASET, COMMIT)).toHaveLength(6);
    expect(server.requests.map(({ status }) => status)).toEqual([503, 503, 503, 503, 200, 200]);
  });

  it("503 for ever: unreachable, and a later call tries anew", async () => {
    let isDown = true;
    const intercept = () => (isDown ? { status: 503 } : undefined);
    const { hub, server } = await serve({ intercept }, { retriesMax: 1 });
    const error = await failureOf(hub.resolve(DATASET));
    expect(error).toMatchObject({ name: "SourceError", failure: "unreachable" });
    expect(error.message).toMatch(/^plan-stream\/two_rivers: 127\.0\.0\.1:\d+ answered 503 \(2 tries\)/);
    expect(server.requests).toHaveLength(2);
    isDown = false;
    expect(await hub.resolve(DATASET)).toBe(COMMIT);
  });

  it("a host that never answers: ten tries; one that did: sixteen", async () => {
    let isDown = true;
    const { hub, server } = await serve({ intercept: () => (isDown ? { status: 502 } : undefined) });
    await expect(hub.resolve(DATASET)).rejects.toThrow("(10 tries)");
    expect(server.requests).toHaveLength(10);
    isDown = false;
    await hub.resolve(DATASET);
    isDown = true;
    await expect(hub.list(DATASET, COMMIT)).rejects.toThrow("(16 tries)");
  });

  it("a hub that is gone: many requests are told so by a few probes, and it is asked again when it is back", async () => {
    let isDown = true;
    const { hub, server } = await serve({ intercept: () => (isDown ? { status: 503 } : undefined) });
    const revisions = Array.from({ length: 40 }, (_, i) => `branch-${i}`);
    const errors = await Promise.all(revisions.map((revision) => failureOf(hub.resolve(DATASET, revision))));
    expect(new Set(errors.map((error) => (error as SourceError).failure))).toEqual(new Set(["unreachable"]));
    const sentAway = errors.filter(({ message }) =>
      /has answered nothing for \d+ s \(\d+ failures in a row\)/.test(message),
    );
    expect(sentAway.length).toBeGreaterThan(20);
    // Without a common knowledge of the host it would be ten for each.
    expect(server.requests.length).toBeLessThan(100);
    isDown = false;
    await new Promise((resolve) => setTimeout(resolve, 150)); // longer than the longest pause
    expect(await hub.resolve(DATASET)).toBe(COMMIT);
  });

  it("no read takes longer than the limit of all its tries together", async () => {
    const { hub } = await serve(
      { intercept: () => ({ status: 503, headers: { "Retry-After": "3600" } }) },
      { wholeMs: 60 },
    );
    const error = await failureOf(hub.resolve(DATASET));
    expect(error).toMatchObject({ name: "SourceError", failure: "unreachable" });
    expect(error.message).toMatch(
      /two_rivers: not read within 0 seconds, in [12] tries; the last of them: 127.*answered 503/,
    );
  });

  it("nobody listening: unreachable", async () => {
    const { server } = await serve();
    await server.close();
    const hub = openHub(server.url, { retriesMax: 1, retryDelayMs: 1, governor: new Governor(8) });
    const error = await failureOf(hub.resolve(DATASET));
    expect(error).toMatchObject({ name: "SourceError", failure: "unreachable" });
    expect(error.message).toMatch(/127\.0\.0\.1:\d+ failed with ECONNREFUSED \(2 tries\)/);
    await hub.close();
  });

  it("no head in time: unreachable", async () => {
    const intercept = () => new Promise<undefined>(() => {});
    const { hub } = await serve({ intercept }, { retriesMax: 0, timeoutsMs: { connect: 50, headers: 50 } });
    await expect(hub.resolve(DATASET)).rejects.toThrow(/took too long to answer in full \(1 try\)/);
  });
});

describe("429", () => {
  it("holds back every request of the process until Retry-After is over", async () => {
    const times: number[] = [];
    const refuse = firstly(1, { status: 429, headers: { "Retry-After": "1" } });
    const intercept = (request: LoggedRequest) => {
      if (request.origin === "cdn") times.push(performance.now());
      return refuse(request);
    };
    const served = await serve({ intercept });
    const source = await openFile(served);
    const refused = source.read(0, 10);
    while (times.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    while (served.server.requests.at(-1)?.status !== 429) await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setTimeout(resolve, 50)); // the refusal has reached the reader
    const others = Array.from({ length: 5 }, (_, i) => source.read(i, i + 1));
    await Promise.all([refused, ...others]);
    expect(times).toHaveLength(7);
    const firstMs = times[0] as number;
    expect(Math.min(...times.slice(1).map((timeMs) => timeMs - firstMs))).toBeGreaterThanOrEqual(990);
  });
});

describe("answers that no try mends", () => {
  it("a redirect that leaves http and https", async () => {
    const away = await serve({ intercept: always({ status: 302, headers: { Location: "file:///etc/passwd" } }) });
    await expect((await openFile(away)).read(0, 10)).rejects.toThrow("leads to file://: not https");
    expect(away.server.requests).toHaveLength(1);
  });

  it("a redirect to plain http on another machine: nothing is asked there", async () => {
    const away = await serve({ intercept: always({ status: 302, headers: { Location: "http://192.0.2.1/a" } }) });
    const error = await failureOf((await openFile(away)).read(0, 10));
    expect(error).toMatchObject({ name: "SourceError", failure: "garbled" }); // a login page does this, and passes
    expect(error.message).toContain("leads to http://192.0.2.1: not https");
    expect(away.server.requests).toHaveLength(1);
  });

  it("an address that never gave an answer of the Hub: garbled, and says what is wrong", async () => {
    for (const [body, words] of [
      ["<html>", /expected JSON/],
      ['{"files":[]}', /expected string/],
    ] as const) {
      const { hub, server } = await serve({ intercept: () => ({ status: 200, body }) });
      const error = await failureOf(hub.resolve(DATASET));
      expect(error).toMatchObject({ name: "SourceError", failure: "garbled" });
      expect(error.message).toMatch(words);
      expect(error.message).toContain("Check that the address is a Hugging Face hub's.");
      expect(server.requests).toHaveLength(6);
    }
  });

  it("a listing of nothing but brackets, or of a million wrong entries: refused before it takes seconds to read", async () => {
    for (const [body, words] of [
      ["[".repeat(5_000_000) + "]".repeat(5_000_000), /expected JSON: nested deeper than 120 levels/],
      [`[${"{},".repeat(5_000_000)}{}]`, /expected JSON: about 1000000\d values; at most 5000000 are read/],
      [
        `[${"0,".repeat(4_000_000)}0]`,
        /^[^✖]*✖ Invalid input: expected object, received number\n {2}→ at \[0\]\. Check/,
      ],
    ] as const) {
      const { hub } = await serve({
        intercept: ({ url }) => (url.includes("/tree/") ? { status: 200, body } : undefined),
      });
      const error = await failureOf(hub.list(DATASET, COMMIT));
      expect(error).toMatchObject({ name: "SourceError", failure: "garbled" });
      expect(error.message).toMatch(words);
    }
  });

  it("a listing with entries that can't be: garbled, and says what is wrong", async () => {
    const entry = { type: "file", oid: "0".repeat(40), size: 1, path: "a" };
    const listings: [unknown[], RegExp][] = [
      [[{ ...entry, path: "../../secret" }], /at path/],
      [[{ ...entry, size: -1 }], /at size/],
      [[{ ...entry, size: 2 ** 53 - 1 }], /Too big.*at size/s],
      [[{ ...entry, lfs: { oid: "0".repeat(64), size: 2 ** 53 - 1 } }], /Too big.*at lfs.size/s],
      [[entry, { ...entry, size: 2 }], /names "a" twice, each time as another file/],
    ];
    for (const [entries, words] of listings) {
      const body = JSON.stringify(entries);
      const { hub } = await serve({
        intercept: ({ url }) => (url.includes("/tree/") ? { status: 200, body } : undefined),
      });
      const error = await failureOf(hub.list(DATASET, COMMIT));
      expect(error).toMatchObject({ name: "SourceError", failure: "garbled" });
      expect(error.message).toMatch(words);
    }
  });

  it("a moved answer to a question about a commit: garbled", async () => {
    const { hub } = await serve({ intercept: () => ({ status: 200, body: `{"sha":"${"e".repeat(40)}"}` }) });
    await expect(hub.resolve(DATASET, COMMIT)).rejects.toThrow(
      `asked for commit ${COMMIT}, received ${"e".repeat(40)}`,
    );
  });
});
