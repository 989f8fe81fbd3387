import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";
import { TIMEOUTS_MS } from "../../src/hub/dispatcher.ts";
import { Governor } from "../../src/hub/governor.ts";
import { ANONYMOUS_QUOTAS } from "../../src/hub/quota.ts";
import { RETRY_POLICY } from "../../src/hub/retry.ts";
import { Transport } from "../../src/hub/transport.ts";
import { COMMIT, CONTENT, DATASET, failureOf, makeCache, openFile, serve } from "./hub-fixture.ts";

const ROOT = join(import.meta.dirname, "../..");

function run(...args: string[]) {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill());
  return child;
}

describe("closing a hub", () => {
  it("rejects what is under way or waits, and nothing is sent any more", async () => {
    const served = await serve(
      { intercept: ({ origin }) => (origin === "cdn" ? new Promise(() => {}) : undefined) },
      {
        governor: new Governor(1),
      },
    );
    const source = await openFile(served);
    const outcomes = [source.read(0, 10), source.read(10, 20)].map(failureOf);
    while (served.server.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    await served.hub.close();
    for (const error of await Promise.all(outcomes)) expect(error.message).toMatch(/was closed while it was read/);
    await expect(source.read(0, 10)).rejects.toThrow("was closed");
    expect(served.server.requests).toHaveLength(2);
  });

  it("rejects a read in the middle of its body", async () => {
    const body = CONTENT["data/plain.jsonl"] as Buffer;
    const headers = { "Content-Length": "5000", "Content-Range": "bytes 0-4999/5000" };
    const half = { status: 206, headers, body: body.subarray(0, 2_500) };
    const served = await serve({ intercept: ({ origin }) => (origin === "cdn" ? half : undefined) });
    const read = failureOf((await openFile(served, "data/plain.jsonl")).read(0, 5_000));
    while (served.server.requests.at(-1)?.status !== 206) await new Promise((resolve) => setTimeout(resolve, 1));
    await served.hub.close();
    expect((await read).message).toMatch(/was closed while it was read/);
  });

  it("lets the process exit, whatever hung or waited", async () => {
    const { server } = await serve({
      intercept: ({ url }) => {
        if (url.includes("/tree/")) return new Promise(() => {});
        return url.includes("/busy") ? { status: 429, headers: { "Retry-After": "3600" } } : undefined;
      },
    });
    const script = `
      import { openHub } from "./src/hub/open-hub.ts";
      const hub = openHub(${JSON.stringify(server.url)});
      const commit = await hub.resolve("${DATASET}");
      const hung = hub.list("${DATASET}", commit).catch((error) => error.message);
      const waits = hub.resolve("${DATASET}", "busy").catch((error) => error.message);
      await new Promise((done) => setTimeout(done, 300));
      await hub.close();
      console.log(commit, (await hung) === (await waits));
    `;
    const child = run("--input-type=module-typescript", "-e", script);
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const [{ value }, [code]] = await Promise.all([lines.next(), once(child, "exit")]);
    expect([value, code]).toEqual([`${COMMIT} true`, 0]);
  });
});

describe("where a hub may lead", () => {
  it("from https to plain http on this machine only", async () => {
    const governor = new Governor(1);
    const hubUrl = new URL("https://hub.example");
    const limits = { quotas: ANONYMOUS_QUOTAS, policy: RETRY_POLICY, timeoutsMs: TIMEOUTS_MS };
    const transport = new Transport({ hubUrl, token: undefined, governor, onRequest: undefined, ...limits });
    onTestFinished(() => transport.close());
    for (const url of ["http://storage.example/x", "http://127.0.0.1.storage.example/x", "ftp://127.0.0.1/x"]) {
      await expect(transport.get(new URL(url), {}, transport.signal)).rejects.toThrow(
        /hub\.example leads to .*: not https/,
      );
    }
  });
});

describe("the test server as a program", () => {
  it("prints its URL and serves the directory until it is told to stop", async () => {
    const child = run("test/support/hub-server.ts", makeCache());
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const { value: url } = await lines.next();
    const info = await (await fetch(`${url}/api/datasets/${DATASET}`)).json();
    expect(info).toMatchObject({ id: DATASET, sha: COMMIT, gated: false });
    expect(await (await fetch(`${url}/api/datasets/${DATASET}/parquet`)).json()).toEqual({
      default: { train: [`${url}/datasets/${DATASET}/resolve/${COMMIT}/data/train-00000-of-00001.parquet`] },
    });
    const readme = await fetch(`${url}/datasets/${DATASET}/resolve/main/README.md`);
    expect(Buffer.from(await readme.arrayBuffer())).toEqual(CONTENT["README.md"]);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});
