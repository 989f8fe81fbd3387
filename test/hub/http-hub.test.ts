import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Governor } from "../../src/hub/governor.ts";
import { openHub } from "../../src/hub/open-hub.ts";
import { COMMIT, CONTENT, DATASET, gitOid, openFile, serve, sha256 } from "./hub-fixture.ts";

const PATHS = Object.keys(CONTENT).sort();
const PARQUET = CONTENT["data/train-00000-of-00001.parquet"] as Buffer;

describe("a hub over HTTP", () => {
  it("resolves main and a commit to the same commit, each asked once", async () => {
    const { hub, server } = await serve();
    expect(
      await Promise.all([hub.resolve(DATASET), hub.resolve(DATASET, "main"), hub.resolve(DATASET, COMMIT)]),
    ).toEqual([COMMIT, COMMIT, COMMIT]);
    expect(await hub.resolve(DATASET)).toBe(COMMIT);
    expect(server.requests).toHaveLength(2);
  });

  it("lists files sorted, with the size and the one hash the Hub knows them by", async () => {
    const { hub } = await serve();
    const expected = PATHS.map((path) => {
      const bytes = CONTENT[path] as Buffer;
      const identity = path === "README.md" ? { etag: gitOid(bytes) } : { sha256: sha256(bytes) };
      return { path, size: bytes.length, ...identity };
    });
    expect(await hub.list(DATASET, COMMIT)).toEqual(expected);
  });

  it("gives the same listing page by page, asked once", async () => {
    const whole = await serve();
    const { hub, server } = await serve({ pageSize: 2 });
    expect(await hub.list(DATASET, COMMIT)).toEqual(await whole.hub.list(DATASET, COMMIT));
    expect(await hub.list(DATASET, COMMIT, (path) => path === "README.md")).toHaveLength(1);
    expect(server.requests).toHaveLength(5); // 6 files and 2 folders, 2 a page, and the info, which names all files
  });

  it("equals the directory that it serves: commit, listing and every byte", async () => {
    const { hub, directory } = await serve();
    const local = openHub(directory);
    const files = await hub.list(DATASET, await hub.resolve(DATASET));
    expect(files).toEqual(await local.list(DATASET, await local.resolve(DATASET)));
    for (const file of files) {
      const [far, near] = [hub.open(DATASET, COMMIT, file), local.open(DATASET, COMMIT, file)];
      expect(Buffer.from(await far.read(0, file.size))).toEqual(CONTENT[file.path]);
      expect(Buffer.from(await near.read(0, file.size))).toEqual(CONTENT[file.path]);
    }
  });

  it("reads any range, in any order and at once, as the file's own bytes in a buffer of its own", async () => {
    const source = await openFile(await serve());
    const range = fc.tuple(fc.nat(PARQUET.length), fc.nat(PARQUET.length)).map(([a, b]) => (a < b ? [a, b] : [b, a]));
    await fc.assert(
      fc.asyncProperty(fc.array(range, { minLength: 1, maxLength: 12 }), async (ranges) => {
        const reads = await Promise.all(ranges.map(([start, end]) => source.read(start as number, end as number)));
        for (const [at, [start, end]] of ranges.entries()) {
          expect(Buffer.from(reads[at] as Uint8Array).equals(PARQUET.subarray(start, end))).toBe(true);
          expect(reads[at]?.buffer.byteLength).toBe((end as number) - (start as number));
        }
      }),
      { seed: 7, numRuns: 25 },
    );
  });

  it("refuses a range outside the file and asks nothing for an empty one", async () => {
    const served = await serve();
    const source = await openFile(served);
    expect(await source.read(5, 5)).toEqual(new Uint8Array(0));
    expect(await (await openFile(served, "data/empty.jsonl")).read(0, 0)).toEqual(new Uint8Array(0));
    await expect(source.read(0, source.size + 1)).rejects.toThrow(RangeError);
    await expect(source.read(2, 1)).rejects.toThrow(RangeError);
    expect(served.server.requests).toEqual([]);
  });

  it("asks the hub once per file, then one request per range from the signed URL, without encoding", async () => {
    const served = await serve();
    const source = await openFile(served);
    for (let start = 0; start < 30; start++) await source.read(start * 100, start * 100 + 100);
    const [first, ...others] = served.server.requests;
    expect(first).toMatchObject({ origin: "hub", status: 302, range: "bytes=0-99", acceptEncoding: "identity" });
    expect(others.map(({ origin, status }) => `${origin} ${status}`)).toEqual(Array(30).fill("cdn 206"));
    // Each asks for the end of the one before, too, and compares.
    expect(others[2]?.range).toBe("bytes=100-299");
    // Sequential requests share a connection; a second one may open while the first is being handed back.
    expect(served.server.connections.cdn).toBeLessThanOrEqual(2);
  });

  it("resolves again when the signed URL has expired, once", async () => {
    const served = await serve();
    const source = await openFile(served);
    await source.read(0, 10);
    served.server.expireLinks();
    expect(Buffer.from(await source.read(10, 20))).toEqual(PARQUET.subarray(10, 20));
    await source.read(20, 30);
    expect(served.server.requests.map(({ origin, status }) => `${origin} ${status}`)).toEqual([
      "hub 302",
      "cdn 206",
      "cdn 403",
      "hub 302",
      "cdn 206",
      "cdn 206",
    ]);
  });

  it("asks the hub for another link when the signed one's host is in trouble", async () => {
    let broken = 0;
    const intercept = ({ origin }: { origin: string }) => {
      return origin === "cdn" && broken-- > 0 ? { status: 503 } : undefined;
    };
    const served = await serve({ intercept });
    const source = await openFile(served);
    await source.read(0, 10);
    broken = 2;
    expect(Buffer.from(await source.read(10, 20))).toEqual(PARQUET.subarray(10, 20));
    const story = served.server.requests.map(({ origin, status }) => `${origin} ${status}`);
    expect(story).toEqual(["hub 302", "cdn 206", "cdn 503", "cdn 503", "hub 302", "cdn 206"]);
  });

  it("reads a file that the hub serves itself, with one request per range", async () => {
    const served = await serve({ redirect: false });
    const source = await openFile(served);
    await source.read(0, 10);
    expect(Buffer.from(await source.read(10, 20))).toEqual(PARQUET.subarray(10, 20));
    expect(served.server.requests.map(({ origin, status }) => `${origin} ${status}`)).toEqual(["hub 206", "hub 206"]);
  });

  it("sends the token to the hub's origin only and shows neither it nor a signature", async () => {
    const token = "hf_secretRiver";
    const reports: unknown[] = [];
    const served = await serve({ token, gated: [DATASET] }, { token, onRequest: (report) => reports.push(report) });
    await served.hub.resolve(DATASET);
    const source = await openFile(served);
    await source.read(0, 10);
    await source.read(10, 20);
    expect(served.server.requests.map(({ origin, authorization }) => [origin, authorization])).toEqual([
      ["hub", true],
      ["cdn", false],
      ["cdn", false],
    ]);
    expect(reports).toHaveLength(5);
    expect(JSON.stringify(reports)).not.toMatch(/secretRiver|sig=/);
  });

  it("keeps the token from a next page that another origin serves", async () => {
    const token = "hf_secretRiver";
    const entry = { type: "file", oid: COMMIT, size: 1 };
    const served = await serve(
      {
        intercept: ({ origin, url }) => {
          if (origin === "cdn") return { status: 200, body: JSON.stringify([{ ...entry, path: "b" }]) };
          if (url.includes("/revision/")) return { status: 200, body: JSON.stringify({ sha: COMMIT }) };
          const link = `<${served.server.cdnUrl}/more>; rel="next"`;
          return url.includes("/tree/")
            ? { status: 200, headers: { Link: link }, body: JSON.stringify([{ ...entry, path: "c" }]) }
            : undefined;
        },
      },
      { token },
    );
    expect((await served.hub.list(DATASET, COMMIT)).map(({ path }) => path)).toEqual(["b", "c"]);
    expect(served.server.requests.map(({ authorization }) => authorization)).toEqual([true, false, true]);
  });

  it("never has more requests under way than the governor allows", async () => {
    let now = 0;
    let most = 0;
    const intercept = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now -= 1;
      return undefined;
    };
    const served = await serve({ intercept }, { governor: new Governor(3) });
    const source = await openFile(served);
    await Promise.all(Array.from({ length: 20 }, (_, i) => source.read(i, i + 1)));
    expect(most).toBe(3);
  });
});
