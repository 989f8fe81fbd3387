import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { redact, toDiscreetHub } from "../../src/cli/discreet-hub.ts";
import { SourceError } from "../../src/contract/index.ts";
import { openHub } from "../../src/hub/open-hub.ts";
import { type HubServerOptions, startHubServer } from "../support/hub-server.ts";
import { type Ended, planstream, readManifest } from "../support/planstream.ts";
import { copyProject } from "../support/project-copy.ts";
import { makeFolder, toLines, writeDatasetFiles } from "../support/small-project.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

const toLoader = (dataset: string) => `import { z } from "zod";
import { defineLoader } from "#contract";
export default defineLoader({
  dataset: "owner/${dataset}", files: "**/*.jsonl", license: "mit", category: "test", row: z.object({ ask: z.string() }),
  toDraft: ({ ask }) => ({ request: ask, nodes: [{ tool: ask.slice(0, 40), arguments: { ask } }] }),
});
`;

const DATASETS = ["good", "large", "gated", "hidden", "echo", "broken", "away"];
const folder = createTemporaryFolder();
const project = join(folder, "project");
const quick = { PLANSTREAM_HUB_RETRY_MS: "1", PLANSTREAM_HUB_TIMEOUT_MS: "2000" };

beforeAll(() => {
  const loaders = DATASETS.map((name) => [`loaders/quartz/${name}.ts`, toLoader(name)]);
  copyProject(
    project,
    Object.fromEntries(loaders),
    DATASETS.map((name) => `quartz/${name}`),
  );
});

const toArgs = (hub: string, output: string, loaders: readonly string[]) => [
  ...["tier1", "--hub", hub, "--output", output, "--quarantine-max", "100%"],
  ...["--loader", loaders.map((name) => `quartz/${name}`).join()],
];

/** Every file below a folder, by its path in it. */
function readAll(root: string): Map<string, Buffer> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [relative(root, path), readFileSync(path)]));
}

async function serve(hub: string, options: HubServerOptions) {
  const server = await startHubServer(hub, options);
  onTestFinished(() => server.close());
  return server;
}

describe("paths from a hub", () => {
  const OID = "0".repeat(40);
  const toEntry = (path: string) => ({ type: "file", path, size: 20, oid: OID });

  test("that lead out of the dataset fail their loaders, which say so, and the others go on", async () => {
    const paths: Readonly<Record<string, string>> = {
      large: "../../../evil.jsonl",
      gated: "data/../../evil.jsonl",
      hidden: "/etc/evil.jsonl",
      echo: "./evil.jsonl",
      broken: "evil\0.jsonl",
      away: "evil\ud800.jsonl",
    };
    const [hub, output] = [makeFolder(), join(makeFolder(), "run")];
    for (const name of DATASETS) writeDatasetFiles(hub, `owner/${name}`, { "rows.jsonl": toLines([{ ask: name }]) });
    const { url } = await serve(hub, {
      intercept({ url }) {
        const [, name = ""] = /owner\/(\w+)\/tree\//.exec(url) ?? [];
        const path = paths[name];
        return path === undefined ? undefined : { status: 200, body: JSON.stringify([toEntry(path)]) };
      },
    });
    const ended = await planstream(toArgs(url, output, DATASETS), { project, env: quick });
    expect(ended).toMatchObject({ code: 5 });
    const { loaders } = readManifest(output);
    expect(loaders["quartz/good"]).toMatchObject({ status: "ok", samples: 1 });
    for (const name of Object.keys(paths)) {
      const loader = loaders[`quartz/${name}`];
      expect(loader).toMatchObject({ status: "failed", samples: 0, rows_read: 0 });
      expect(loader?.reason).toMatch(new RegExp(`^owner/${name} at c{40} on http:\\S+: not an entry of a listing: `));
    }
    expectOnlyOwnFiles(output);
  });

  test("odd ones that stay below the dataset are read as what they are, and name no file of ours", async () => {
    const [hub, output] = [makeFolder(), join(makeFolder(), "run")];
    const names = ["back\\..\\slash.jsonl", "C:\\drive.jsonl", "con.jsonl", "-rf.jsonl", `${"long".repeat(60)}.jsonl`];
    const files = names.map((name, i) => [name, toLines([{ ask: `question ${i}` }])]);
    writeDatasetFiles(hub, "owner/good", Object.fromEntries(files));
    const { url } = await serve(hub, {});
    expect(await planstream(toArgs(url, output, ["good"]), { project, env: quick })).toMatchObject({ code: 0 });
    const manifest = readManifest(output);
    expect(manifest.totals.samples).toBe(names.length);
    expect(manifest.sources[0]?.files.map(({ path }) => path)).toEqual([...names].sort());
    expectOnlyOwnFiles(output);
  });

  test("a directory's links may lead into its blobs, and nowhere else", async () => {
    const [hub, output] = [makeFolder(), join(makeFolder(), "run")];
    const snapshot = (name: string) => join(hub, `datasets--owner--${name}`, "snapshots", "c".repeat(40));
    for (const name of ["good", "large"]) writeDatasetFiles(hub, `owner/${name}`, { "README.md": "" });
    mkdirSync(join(hub, "datasets--owner--good", "blobs"));
    const inside = toLines([{ ask: "inside" }]);
    const blob = createHash("sha1").update(`blob ${inside.length}\0${inside}`).digest("hex");
    writeFileSync(join(hub, "datasets--owner--good", "blobs", blob), inside);
    symlinkSync(`../../blobs/${blob}`, join(snapshot("good"), "rows.jsonl"));
    writeFileSync(join(hub, "secret.jsonl"), toLines([{ ask: "outside" }]));
    symlinkSync("../../../secret.jsonl", join(snapshot("large"), "rows.jsonl"));
    expect(await planstream(toArgs(hub, output, ["good", "large"]), { project })).toMatchObject({ code: 5 });
    const { loaders } = readManifest(output);
    expect(loaders["quartz/good"]).toMatchObject({ status: "ok", samples: 1 });
    expect(loaders["quartz/large"]).toMatchObject({ status: "failed", samples: 0 });
    expect(loaders["quartz/large"]?.reason).toContain("expected a file inside");
  });

  function expectOnlyOwnFiles(output: string): void {
    const known =
      /^(manifest\.json|README\.md|report\.html|run\.json|(\.run\/)?(parts|quarantine)\/quartz-[a-z]+(-\d{5})?\.jsonl|\.run\/[a-z.-]+)$/;
    expect([...readAll(output).keys()].filter((path) => !known.test(path))).toEqual([]);
    expect(readdirSync(join(output, ".."))).toEqual(["run"]);
    expect(existsSync("/etc/evil.jsonl")).toBe(false);
  }
});

describe("addresses", () => {
  const ROW = toLines([{ ask: "one" }]);

  test("that are neither https nor on this machine are not followed", async () => {
    const targets: Readonly<Record<string, string>> = {
      large: "file:///etc/passwd",
      gated: "ftp://127.0.0.1/rows",
      hidden: "data:application/json,[]",
      echo: "javascript:alert(1)",
    };
    const [hub, output] = [makeFolder(), join(makeFolder(), "run")];
    for (const name of ["good", ...Object.keys(targets)])
      writeDatasetFiles(hub, `owner/${name}`, { "rows.jsonl": ROW });
    const { url } = await serve(hub, {
      intercept({ url }) {
        const [, name = ""] = /owner\/(\w+)\/resolve\//.exec(url) ?? [];
        const target = targets[name];
        return target === undefined ? undefined : { status: 302, headers: { Location: target } };
      },
    });
    const args = toArgs(url, output, ["good", ...Object.keys(targets)]);
    expect(await planstream(args, { project, env: quick })).toMatchObject({ code: 5 });
    const { loaders } = readManifest(output);
    expect(loaders["quartz/good"]).toMatchObject({ status: "ok", samples: 1 });
    for (const [name, target] of Object.entries(targets)) {
      const protocol = target.slice(0, target.indexOf(":") + 1);
      expect(loaders[`quartz/${name}`]).toMatchObject({ status: "failed", samples: 0 });
      expect(loaders[`quartz/${name}`]?.reason).toMatch(new RegExp(`leads to ${protocol}.*: not https\\.$`));
    }
  });
});

/** The token as it is and as it might be written: base64 at any place of a text, hex, small letters. */
function listForms(token: string): string[] {
  const encoded = [0, 1, 2].flatMap((shift) =>
    // The first and last characters of the base64 depend on what stands around it.
    ["base64", "base64url"].map((form) =>
      Buffer.from(`${" ".repeat(shift)}${token}`)
        .toString(form as BufferEncoding)
        .slice(4, -4),
    ),
  );
  return [token, token.toLowerCase(), encodeURIComponent(token), Buffer.from(token).toString("hex"), ...encoded];
}

describe("the token", () => {
  const token = `hf_${randomBytes(18).toString("hex")}Xy`;
  const forms = listForms(token);
  const findLeaks = (texts: ReadonlyMap<string, Buffer | string>) =>
    [...texts].flatMap(([name, text]) => {
      const buffer = Buffer.from(text as string);
      return forms.filter((form) => buffer.includes(form)).map((form) => `${name}: ${form}`);
    });

  test("is found by this test in every form", () => {
    for (const text of [token, `Bearer ${token}`, Buffer.from(`user:${token}`).toString("base64"), `x${token}`]) {
      expect(findLeaks(new Map([["text", text]]))).not.toEqual([]);
    }
    expect(findLeaks(new Map([["text", Buffer.from(`:${token}@`).toString("base64")]]))).not.toEqual([]);
  });

  /** A hub with every kind of refusal, some of which give back what they were sent. */
  async function serveRefusals(hub: string) {
    for (const name of DATASETS) {
      const rows =
        name === "large"
          ? Array.from({ length: 50 }, (_, i) => ({ ask: `q ${i} ${"x".repeat(3_000)}` }))
          : [{ ask: name }, { ask: 7 }];
      writeDatasetFiles(hub, `owner/${name}`, { "rows.jsonl": toLines(rows) });
    }
    const echo = { "X-Error-Code": token, "X-Error-Message": `Bearer ${token}`, "X-Request-Id": token };
    const elsewhere = await serve(hub, {});
    const server = await serve(hub, {
      token: "hf_theOwnersAlone",
      strangerTokens: [token],
      gated: ["owner/gated"],
      private: ["owner/hidden"],
      intercept: ({ url, origin }) => {
        if (origin === "cdn") return undefined;
        if (url.startsWith("/datasets/owner/echo"))
          return { status: 400, headers: echo, body: JSON.stringify({ error: `Bearer ${token}` }) };
        if (url.startsWith("/api/datasets/owner/broken")) return { status: 500, headers: echo, body: token };
        if (!url.startsWith("/datasets/owner/away")) return undefined;
        return { status: 302, headers: { Location: `${elsewhere.url}/${token}/rows?token=${token}` } };
      },
    });
    return { server, elsewhere };
  }

  async function runWithToken(args: (url: string) => readonly string[], env: Record<string, string> = {}) {
    const hub = makeFolder();
    const { server, elsewhere } = await serveRefusals(hub);
    const ended = await planstream(args(server.url), { project, env: { ...quick, HF_TOKEN: token, ...env } });
    return { ended, server, elsewhere };
  }

  const toTexts = ({ stdout, stderr }: Ended, output?: string): Map<string, Buffer | string> =>
    new Map<string, Buffer | string>([["stdout", stdout], ["stderr", stderr], ...(output ? readAll(output) : [])]);

  test("goes to the hub alone, and into nothing that a run writes or says", async () => {
    const output = join(makeFolder(), "run");
    const { ended, server, elsewhere } = await runWithToken((url) => toArgs(url, output, DATASETS));
    expect(ended.code).toBe(5);
    const { loaders } = readManifest(output);
    const statuses = DATASETS.map((name) => loaders[`quartz/${name}`]?.status);
    expect(statuses).toEqual(["ok", "ok", "gated", "failed", "failed", "failed", "failed"]);
    // It was sent, or nothing would be proved; but not to another origin.
    expect(server.requests.filter(({ origin, authorization }) => origin === "hub" && !authorization)).toEqual([]);
    expect(server.requests.filter(({ origin }) => origin === "cdn").length).toBeGreaterThan(0);
    expect(elsewhere.requests.length).toBeGreaterThan(0);
    const strangers = [...elsewhere.requests, ...server.requests.filter(({ origin }) => origin === "cdn")];
    expect(strangers.filter(({ authorization }) => authorization)).toEqual([]);
    const texts = toTexts(ended, output);
    for (const name of [
      "manifest.json",
      "README.md",
      "report.html",
      "run.json",
      ".run/journal.jsonl",
      ".run/log.jsonl",
    ]) {
      expect([...texts.keys()]).toContain(name);
    }
    expect(String(texts.get(".run/log.jsonl"))).toContain("hf_…");
    expect(findLeaks(texts)).toEqual([]);
  });

  test("is in no other command's output, as text or as JSON", async () => {
    const output = join(makeFolder(), "run");
    await runWithToken((url) => toArgs(url, output, ["good"]));
    for (const command of [
      ["schedule", "--loader", DATASETS.map((name) => `quartz/${name}`).join()],
      ["schedule", "--files", "--json", "--loader", "quartz/echo,quartz/away"],
      ["trace", output, "good:default/train:0"],
      ["trace", output, "good:default/train:0", "--json"],
      ["loaders", "new", "quartz/more", "--dataset", "owner/echo"],
      ["verify", output, "--source", "--json"],
      ["tier1", "--output", output, "--loader", "quartz/echo"],
    ]) {
      const { ended } = await runWithToken((url) => [...command, "--hub", url]);
      expect(ended.stdout + ended.stderr).not.toBe("");
      expect(findLeaks(toTexts(ended))).toEqual([]);
    }
  });

  test("is not in what Node says of its connections", async () => {
    const output = join(makeFolder(), "run");
    const env = { NODE_DEBUG: "undici,fetch,http,https,net,tls" };
    const { ended } = await runWithToken((url) => toArgs(url, output, ["good", "gated", "hidden"]), env);
    expect(ended).toMatchObject({ code: 5, stderr: expect.stringMatching(/^(UNDICI|NET) \d+: /m) });
    expect(findLeaks(toTexts(ended, output))).toEqual([]);
  });

  test("is not in what a crash says", async () => {
    const output = join(makeFolder(), "run");
    const crash = join(makeFolder(), "crash.mjs");
    writeFileSync(
      crash,
      `process.stdout.write = () => { throw new Error("crashed with " + process.env.HF_TOKEN, { cause: process.env }); };`,
    );
    const { ended } = await runWithToken((url) => toArgs(url, output, ["good"]), { NODE_OPTIONS: `--import ${crash}` });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("this is a bug in planstream: Error: crashed with hf_…");
    expect(findLeaks(toTexts(ended, output))).toEqual([]);
  });

  test("is struck out of a hub's failures and of nothing else", async () => {
    const message = `the host ${token.toLowerCase()}.example answered ${token}`;
    const failing = toDiscreetHub(
      { ...openHub(makeFolder()), resolve: () => Promise.reject(new SourceError("unreachable", message)) },
      token,
    );
    const failure = await failing.resolve("owner/rows").catch((error: unknown) => error);
    expect(failure).toMatchObject({ failure: "unreachable", message: "the host hf_….example answered hf_…" });
    expect(redact("nothing of it", token)).toBe("nothing of it");
    expect(redact("a text", undefined)).toBe("a text");
  });
});

describe("what rows say on a terminal", () => {
  test("is shown as escapes: in the summary, in failures, in verify, in JSON", async () => {
    const [hub, output] = [makeFolder(), join(makeFolder(), "run")];
    const nasty = "\u001b]0;owned\u0007\u009b31m\u202e";
    const rows = [{ ask: nasty }, { ask: { [nasty]: nasty } }, { [nasty]: nasty }];
    writeDatasetFiles(hub, "owner/good", { [`${nasty}.jsonl`]: toLines(rows), "b.jsonl": `{"ask":"${nasty}` });
    const run = await planstream(toArgs(hub, output, ["good"]), { project });
    expect(run.stdout).toContain("quartz/good");
    const part = join(output, "parts", "quartz-good-00000.jsonl");
    writeFileSync(part, readFileSync(part, "utf8").replaceAll('"category":"test"', `"category":"\u009b31m"`));
    const options = { project };
    const ends = [
      run,
      await planstream(["verify", output], options),
      await planstream(["verify", output, "--json"], options),
      await planstream(["report", output], options),
      await planstream(["schedule", "--files", "--hub", hub, "--loader", "quartz/good"], options),
      await planstream(["schedule", "--files", "--json", "--hub", hub, "--loader", "quartz/good"], options),
      await planstream(["quarantine", "list", output], options),
      await planstream(["trace", output, `good:default/train:1/0${nasty}`, "--hub", hub], options),
      await planstream(["trace", output, "good:default/train:1/0", "--hub", hub], options),
      await planstream(["tier1", "--hub", hub, "--output", nasty, "--loader", `quartz/${nasty}`], options),
    ];
    for (const { stdout, stderr } of ends) {
      expect(stdout + stderr).not.toBe("");
      expect((stdout + stderr).replaceAll("\n", "")).not.toMatch(
        /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
      );
    }
    expect(ends[1]).toMatchObject({ code: 6, stdout: expect.stringContaining("\\u009b31m") });
    expect(JSON.parse(ends[2]?.stdout as string).findings.length).toBeGreaterThan(0);
  });

  test("has one door to stdout", () => {
    const sources = readdirSync(join(project, "src"), { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
    const writing = sources.filter((name) =>
      /stdout\.write|console\./.test(readFileSync(join(project, "src", name), "utf8")),
    );
    expect(writing).toEqual(["cli/print.ts"]);
  });
});
