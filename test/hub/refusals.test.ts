import { describe, expect, it } from "vitest";
import { DefinitionError } from "../../src/contract/errors.ts";
import { openHub } from "../../src/hub/open-hub.ts";
import { COMMIT, DATASET, failureOf, openFile, serve } from "./hub-fixture.ts";

const OWNER = "hf_ownerOfRivers";
const STRANGER = "hf_strangerToRivers";
const server = { token: OWNER, strangerTokens: [STRANGER] };

describe("what the Hub refuses, in words that say what to do", () => {
  it("a gated dataset: its listing is public, its files are not", async () => {
    for (const [token, todo] of [
      [undefined, "then set HF_TOKEN."],
      [STRANGER, "with the account of HF_TOKEN."],
    ] as const) {
      const served = await serve({ ...server, gated: [DATASET] }, { token });
      const error = await failureOf((await openFile(served)).read(0, 10));
      expect(error).toMatchObject({ name: "SourceError", failure: "gated" });
      const page = `${served.server.url}/datasets/${DATASET}`;
      expect(error.message).toBe(`${DATASET} is gated. Accept its terms on the dataset's page (${page}), ${todo}`);
      expect(served.server.requests).toHaveLength(1);
    }
    const served = await serve({ ...server, gated: [DATASET] }, { token: OWNER });
    expect(await (await openFile(served)).read(0, 10)).toHaveLength(10);
  });

  it("a dataset that is private or does not exist, without and with a token", async () => {
    for (const [token, account] of [
      [undefined, "an account"],
      [STRANGER, "another account"],
    ] as const) {
      const { hub, server: started } = await serve({ ...server, private: [DATASET] }, { token });
      for (const dataset of [DATASET, "plan-stream/no_such"]) {
        const error = await failureOf(hub.resolve(dataset));
        expect(error).toMatchObject({ name: "SourceError", failure: "missing" });
        expect(error.message).toBe(
          `${dataset} is missing on ${started.url}, or private: check the name, or set HF_TOKEN of ${account} that may read it.`,
        );
      }
    }
    const { hub } = await serve({ ...server, private: [DATASET] }, { token: OWNER });
    expect(await hub.resolve(DATASET)).toBe(COMMIT);
  });

  it("a token that the hub does not know, and it is not repeated", async () => {
    const { hub } = await serve(server, { token: "hf_madeUpToken" });
    const error = await failureOf(hub.resolve(DATASET));
    expect(error).toMatchObject({ name: "SourceError", failure: "unauthorized" });
    expect(error.message).toMatch(/^plan-stream\/two_rivers: http\S+ refused HF_TOKEN \(401\): check that the token/);
    expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain("madeUpToken");
  });

  it("a revision and a file that are not there", async () => {
    const served = await serve();
    const noBranch = await failureOf(served.hub.resolve(DATASET, "spring"));
    expect(noBranch).toMatchObject({ failure: "missing" });
    expect(noBranch.message).toContain(`${DATASET} has no revision spring`);
    const file = { path: "data/gone.parquet", size: 10, sha256: "0".repeat(64) };
    const noFile = await failureOf(served.hub.open(DATASET, COMMIT, file).read(0, 10));
    expect(noFile).toMatchObject({ failure: "missing" });
    expect(noFile.message).toContain(`${DATASET} does not hold the file data/gone.parquet at revision ${COMMIT}`);
  });
});

describe("what can't be asked at all", () => {
  it("a token that is none: said without repeating it", () => {
    for (const token of ["sk-12345", "hf_a b", "hf_a\nb"]) {
      expect(() => openHub("http://127.0.0.1:1", { token })).toThrow(DefinitionError);
      expect(() => openHub("http://127.0.0.1:1", { token })).toThrow(/^HF_TOKEN is no token of the Hub(?!.*12345)/);
    }
  });

  it("an address with a password, or that is no address", () => {
    expect(() => openHub("https://me:rosebud@hub.example")).toThrow(
      /^The hub's address at hub\.example must be(?!.*rosebud)/,
    );
    expect(() => openHub("https://")).toThrow(DefinitionError);
    expect(() => openHub("http://hub.example")).toThrow(
      /hub\.example would be asked over http.*expected https:\/\/hub\.example/s,
    );
    expect(() => openHub("http://localhost:1")).not.toThrow();
    expect(() => openHub("/no/such/directory")).toThrow("is no directory");
  });

  it("a name that is no dataset's, a moving branch where a commit belongs, a path that leads out", async () => {
    const { hub, server: started } = await serve();
    for (const name of [
      "two_rivers",
      "a/b/c",
      "../b",
      "a/..",
      "a--b/c",
      "a..b/c",
      "a/b ",
      "a/b?x",
      "a/-b",
      "",
      "a/b#",
    ]) {
      await expect(hub.resolve(name)).rejects.toThrow(DefinitionError);
      await expect(hub.list(name, COMMIT)).rejects.toThrow(DefinitionError);
    }
    await expect(hub.resolve(DATASET, "../main")).rejects.toThrow(DefinitionError);
    await expect(hub.list(DATASET, "main")).rejects.toThrow(/is no commit/);
    const out = { path: "../../../api/whoami", size: 1, etag: COMMIT };
    expect(() => hub.open(DATASET, COMMIT, out)).toThrow(/is no path inside a dataset/);
    expect(started.requests).toEqual([]);
  });
});
