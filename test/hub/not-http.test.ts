import { describe, expect, it, onTestFinished } from "vitest";
import { Governor } from "../../src/hub/governor.ts";
import { openHub } from "../../src/hub/open-hub.ts";
import { COMMIT, DATASET, failureOf } from "./hub-fixture.ts";
import { serveRaw } from "./raw-server.ts";

const BODY = JSON.stringify({ sha: COMMIT });
const GOOD = `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

describe("an answer that is not HTTP", () => {
  for (const [name, answer] of [
    ["another protocol", "hello\r\n\r\n"],
    ["a TLS alert", "\u0015\u0003\u0001\0\u0002\u0002F"],
    ["a length below 0", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"],
    ["a chunk without a length", `${CHUNKED}zz\r\nhello\r\n`],
    ["a NUL in a header", "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n"],
  ] as const) {
    it(`${name}: asked again, and unreachable if it stays`, async () => {
      let asked = 0;
      const port = await serveRaw((socket) => void socket.end(++asked % 3 === 0 ? GOOD : answer, "latin1"));
      const open = (retriesMax: number) => {
        const hub = openHub(`http://127.0.0.1:${port}`, { retriesMax, retryDelayMs: 1, governor: new Governor(8) });
        onTestFinished(() => hub.close());
        return hub;
      };
      expect(await open(2).resolve(DATASET)).toBe(COMMIT);
      const error = await failureOf(open(1).resolve(DATASET));
      expect(error).toMatchObject({ name: "SourceError", failure: "unreachable" });
      expect(error.message).toMatch(/127\.0\.0\.1:\d+ answered what is not HTTP: .* \(2 tries\)/);
      expect(asked).toBe(5);
    });
  }
});
