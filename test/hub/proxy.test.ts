import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Governor } from "../../src/hub/governor.ts";
import { openHub } from "../../src/hub/open-hub.ts";
import { readProxies } from "../../src/hub/proxies.ts";
import { DATASET, failureOf } from "./hub-fixture.ts";
import { serveRaw } from "./raw-server.ts";

/** A hub that is reached through a proxy at a port of this machine. */
function openBehind(port: number) {
  vi.stubEnv("HTTPS_PROXY", `http://user:secret@127.0.0.1:${port}`);
  vi.stubEnv("https_proxy", undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  const timeoutsMs = { connect: 50, headers: 50, body: 50, whole: 200 };
  const hub = openHub("https://hub.example", { retriesMax: 2, retryDelayMs: 1, governor: new Governor(8), timeoutsMs });
  onTestFinished(() => hub.close());
  return hub;
}

/** A hub that is reached through a proxy, which answers each CONNECT so; with how often it was asked. */
async function behindProxy(answer: string | undefined) {
  const asked: string[] = [];
  const port = await serveRaw((socket, first) => {
    asked.push(first.split("\r\n")[0] as string);
    if (answer !== undefined) socket.end(answer);
  });
  return { hub: openBehind(port), asked };
}

describe("a proxy on the way to the hub", () => {
  for (const [name, answer, words] of [
    ["never answers", undefined, /hub\.example took too long to answer in full \(3 tries\)/],
    ["hangs up", "", /hub\.example failed with \w+ \(3 tries\)/],
    ["has no way", "HTTP/1.1 502 Bad Gateway\r\n\r\n", /the proxy on the way answered 502 \(3 tries\)/],
    ["speaks no HTTP", "hello\r\n\r\n", /hub\.example answered what is not HTTP: .* \(3 tries\)/],
  ] as const) {
    it(`that ${name}: asked again, within the limits on time`, async () => {
      const { hub, asked } = await behindProxy(answer);
      const error = await failureOf(hub.resolve(DATASET));
      expect(error).toMatchObject({ name: "SourceError", failure: "unreachable" });
      expect(error.message).toMatch(words);
      expect(asked).toEqual(Array.from({ length: 3 }, () => "CONNECT hub.example:443 HTTP/1.1"));
    });
  }

  it("that isn't there: named, without its password, in the hub's place", async () => {
    const closed = createServer();
    await once(closed.listen(0, "127.0.0.1"), "listening");
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, "close");
    const error = await failureOf(openBehind(port).resolve(DATASET));
    expect(error).toMatchObject({ name: "SourceError", failure: "unreachable" });
    expect(error.message).toBe(
      `${DATASET}: hub.example can't be reached: the proxy on the way, 127.0.0.1:${port} (HTTPS_PROXY), failed with ECONNREFUSED ` +
        "(3 tries). Check the network, or try again later.",
    );
  });

  it("that wants to know who asks: said so, and not asked again", async () => {
    const { hub, asked } = await behindProxy("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    const error = await failureOf(hub.resolve(DATASET));
    expect(error).toMatchObject({ name: "SourceError", failure: "unreachable" });
    expect(error.message).toContain("the proxy on the way answered 407: put its user and password into HTTPS_PROXY.");
    expect(asked).toHaveLength(1);
  });
});

describe("the address of a proxy", () => {
  for (const [value, expected] of [
    [undefined, ""],
    ["", ""],
    [" ", ""],
    ["proxy.example:3128", "http://proxy.example:3128/"],
    ["10.0.0.1:3128", "http://10.0.0.1:3128/"],
    ["http://user:pass%25@proxy.example", "http://user:pass%25@proxy.example/"],
    ["socks5://proxy.example:1080", "socks5://proxy.example:1080"],
  ] as const) {
    it(`${JSON.stringify(value)} -> ${expected}`, () => {
      expect(readProxies({ HTTPS_PROXY: value })).toEqual({ httpProxy: "", httpsProxy: expected });
      expect(readProxies({ http_proxy: value, HTTP_PROXY: "http://other.example" }).httpProxy).toBe(
        value === undefined ? "http://other.example/" : expected,
      );
    });
  }

  for (const value of [
    "http://user:secret@proxy.example:99999",
    "http://user:secret%@proxy.example",
    "ftp://secret.example",
    "http://",
  ]) {
    it(`${value} is none, and is not shown`, () => {
      vi.stubEnv("HTTPS_PROXY", value);
      vi.stubEnv("https_proxy", undefined);
      onTestFinished(() => void vi.unstubAllEnvs());
      expect(() => openHub("https://hub.example")).toThrow(
        /^HTTPS_PROXY is no proxy's address: expected http:[^%]*%-escapes\.$/,
      );
    });
  }
});
