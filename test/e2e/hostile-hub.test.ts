import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FAULTS, type FaultName } from "../support/hub-fault-kinds.ts";
import { createFaultPlan, type FaultPlan } from "../support/hub-faults.ts";
import { type HubServer, type HubServerOptions, type LoggedRequest, startHubServer } from "../support/hub-server.ts";
import { toParquet, utf8 } from "../support/parquet-writer.ts";
import { type Ended, PROJECT, planstream, readManifest, toFingerprint } from "../support/planstream.ts";
import { copyProject } from "../support/project-copy.ts";
import { toLines, writeDatasetFiles } from "../support/small-project.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

// The whole command against a Hub that misbehaves in every way that the test server knows: the same bytes as from one that
// doesn't, or a loader that fails and says why. Never wrong samples, never a hang, and nothing is left behind.

const folder = createTemporaryFolder();
const hub = join(folder, "hub");
const ENVIRONMENT = { PLANSTREAM_HUB_RETRY_MS: "2", PLANSTREAM_HUB_TIMEOUT_MS: "250" };

const toLoader = (dataset: string, files: string) => `import { z } from "zod";
import { defineLoader } from "#contract";

export default defineLoader({
  dataset: "${dataset}",
  files: "${files}",
  license: "mit",
  category: "function_calling",
  row: z.object({ ask: z.string() }),
  toDraft: ({ ask }) => ({ request: ask, nodes: [{ tool: "look", arguments: { ask } }] }),
});
`;

const LOADERS = { lines: "*.jsonl", table: "data/*.parquet", both: "{*.json,part/*.parquet}" };
const NAMES = Object.keys(LOADERS).map((name) => `quartz/${name}`);
/** Each has a dataset and a loader of its name. */
const STAYING = FAULTS.filter(({ lasts }) => lasts === "stays");

let project: string;
let reference: Record<string, string>;

beforeAll(async () => {
  mkdirSync(hub);
  const rows = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({
      ask: `What is row ${from + i} of ${"many ".repeat(i % 40)}?`,
      other: i,
    }));
  const parquet = (from: number, count: number) =>
    toParquet({ ask: utf8() }, rows(from, count), { codec: "SNAPPY", dictionary: false, rowGroupRows: 500 });
  // The first two are too large to be fetched whole.
  writeDatasetFiles(hub, "rough/lines", {
    "rows.jsonl": toLines(rows(0, 4_000)),
    "few.jsonl": toLines(rows(9_000, 5)),
  });
  writeDatasetFiles(hub, "rough/table", { "data/a.parquet": parquet(0, 4_000), "data/b.parquet": parquet(5_000, 200) });
  writeDatasetFiles(hub, "rough/both", { "one.json": JSON.stringify(rows(0, 50)), "part/c.parquet": parquet(50, 90) });
  const files: Record<string, string> = { ...LOADERS };
  for (const { name } of STAYING) {
    files[name] = "{*.json,part/*.parquet}";
    writeDatasetFiles(hub, `rough/${name}`, {
      "one.json": JSON.stringify(rows(0, 5)),
      "part/c.parquet": parquet(50, 9),
    });
  }
  const loaders = Object.entries(files).map(([name, glob]) => [
    `loaders/quartz/${name}.ts`,
    toLoader(`rough/${name}`, glob),
  ]);
  const ids = Object.keys(files).map((name) => `quartz/${name}`);
  project = copyProject(join(folder, "project"), Object.fromEntries(loaders), ids);
  expect(await run(hub, "reference")).toMatchObject({ code: 0 });
  reference = toFingerprint(join(folder, "reference"));
  expect(readManifest(join(folder, "reference")).totals.samples).toBe(8_345);
});

const run = (address: string, output: string, ...args: string[]): Promise<Ended> =>
  planstream(["tier1", "--hub", address, "--output", join(folder, output), "--workers", "1", ...toLoaders(args)], {
    project,
    env: ENVIRONMENT,
  });

function toLoaders(args: readonly string[]): string[] {
  return args.includes("--loader") ? [...args] : ["--loader", NAMES.join(), ...args];
}

let runs = 0;

/** A run against a server of its own. A socket or a timer that is left over would keep the command from ending. */
async function runAgainst(options: HubServerOptions, ...args: string[]) {
  const server = await startHubServer(hub, options);
  const output = `run-${++runs}`;
  try {
    const ended = await run(server.url, output, ...args);
    return { ended, output: join(folder, output), server };
  } finally {
    await server.close();
  }
}

const plan = (kinds: readonly FaultName[], seed: number, share = 0.5) =>
  createFaultPlan({ seed, kinds, share, burst: 1 });

describe("a fault that passes gives the same bytes", () => {
  const passing = FAULTS.filter(({ lasts }) => lasts === "passes").map(({ name }) => name);
  // Several kinds a run, since a run takes a second: each kind alone is in test/hub/fault-kinds.test.ts.
  const groups = Array.from({ length: 4 }, (_, group) => passing.filter((_, i) => i % 4 === group));
  test.each(groups.map((kinds) => [kinds.join(), kinds] as const))("%s", async (_, kinds) => {
    const faults = plan(kinds, 1);
    const { ended, output } = await runAgainst({ faults, pageSize: 2 });
    expect(ended).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(reference);
    expect([...faults.counts.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5);
  });
});

describe("a fault that stays fails its loader, in the right words, and no other", () => {
  let output: string;
  let ended: Ended;

  beforeAll(async () => {
    // One run: the fault of each dataset is the one that the dataset is named by.
    const plans = new Map(STAYING.map(({ name }) => [name as string, plan([name], 1, 1)]));
    const none = plan([], 1);
    const faults: FaultPlan = {
      ...none,
      choose: (request, answer) =>
        (plans.get(/rough\/([\w-]+)/.exec(request.url)?.[1] ?? "") ?? none).choose(request, answer),
    };
    const loaders = [...NAMES, ...STAYING.map(({ name }) => `quartz/${name}`)].join();
    ({ ended, output } = await runAgainst({ faults }, "--loader", loaders));
  });

  test.each(STAYING.map((fault) => [fault.name, fault] as const))("%s", (name, { expected }) => {
    if (expected === "same") throw new Error(`${name} stays and is expected to change nothing`);
    const { status, reason, samples } = readManifest(output).loaders[`quartz/${name}`] ?? {};
    expect([status, samples]).toEqual([expected.failure === "gated" ? "gated" : "failed", 0]);
    expect(reason).toMatch(expected.words);
  });

  test("the others are made, and the exit code tells", () => {
    expect(ended.code).toBe(5);
    expect(ended.stderr).not.toMatch(/unhandled|rejection|TypeError/i);
    const parts = Object.entries(reference).filter(([path]) => path.startsWith("parts/"));
    expect(parts).toHaveLength(3);
    expect(toFingerprint(output)).toMatchObject(Object.fromEntries(parts));
  });
});

test("a login page in the place of every file costs none of them: the same command makes them once it is gone", async () => {
  let isBehindLogin = true;
  const login = { status: 200, headers: { "content-type": "text/html" }, body: "<!DOCTYPE html><h1>Log in</h1>" };
  const server = await startHubServer(hub, {
    intercept: ({ url }) => (isBehindLogin && url.includes("/resolve/") ? login : undefined),
  });
  try {
    const output = join(folder, "login");
    expect(await run(server.url, "login")).toMatchObject({ code: 5 });
    const { loaders, totals } = readManifest(output);
    for (const id of NAMES) {
      expect(loaders[id]).toMatchObject({ status: "failed", rows_read: 0, quarantined: {} });
      expect(loaders[id]?.reason).toMatch(/answered 200 with .*Look for a proxy on the way that changes answers\.$/);
    }
    expect(totals).toMatchObject({ rows_read: 0, quarantined: 0 });
    isBehindLogin = false;
    expect(await run(server.url, "login")).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(reference);
  } finally {
    await server.close();
  }
});

test.each(["small", "large"])("a %s file of a directory that is damaged fails its loader", async (size) => {
  const directory = join(folder, `damaged-${size}`);
  const commit = writeDatasetFiles(directory, "rough/lines", { "README.md": "" });
  const dataset = join(directory, "datasets--rough--lines");
  const right = readFileSync(
    join(hub, `datasets--rough--lines/snapshots/${commit}`, size === "small" ? "few.jsonl" : "rows.jsonl"),
  );
  const blob = createHash("sha256").update(right).digest("hex");
  const damaged = Buffer.from(right);
  damaged.write("Whut", damaged.lastIndexOf("What")); // valid JSON all the same
  mkdirSync(join(dataset, "blobs"));
  writeFileSync(join(dataset, "blobs", blob), damaged);
  symlinkSync(`../../blobs/${blob}`, join(dataset, "snapshots", commit, "rows.jsonl"));
  const output = `damaged-${size}-run`;
  expect(await run(directory, output, "--loader", "quartz/lines")).toMatchObject({ code: 5 });
  const { status, reason, samples } = readManifest(join(folder, output)).loaders["quartz/lines"] ?? {};
  expect(status).toBe("failed");
  expect(reason).toMatch(/the hash .*It is damaged: get it anew with hf download .* --force-download\./);
  if (size === "small") expect(samples).toBe(0);
});

test("a Hub that fails three of ten requests: the same bytes, whatever the seed", async () => {
  for (const seed of [11, 12]) {
    const faults = createFaultPlan({ seed, share: 0.3 });
    const { ended, output, server } = await runAgainst({ faults, pageSize: 2 });
    expect(ended).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(reference);
    const faulty = server.requests.filter(({ fault }) => fault !== undefined).length;
    expect(faulty / server.requests.length).toBeGreaterThan(0.15);
  }
});

test("a Hub that lies about content: the same bytes, or a loader that failed for it", async () => {
  const lies = FAULTS.filter(({ lasts }) => lasts === "lies").map(({ name }) => name);
  for (const seed of [1, 2]) {
    const { ended, output } = await runAgainst({ faults: createFaultPlan({ seed, kinds: lies, share: 0.25 }) });
    if (ended.code === 0) expect(toFingerprint(output)).toEqual(reference);
    const { loaders } = readManifest(output);
    expect([0, 5]).toContain(ended.code);
    const same = toFingerprint(output);
    for (const id of NAMES) {
      const { status, reason } = loaders[id] ?? {};
      const path = `parts/${id.replace("/", "-")}-00000.jsonl`;
      if (status === "ok") expect([path, same[path]]).toEqual([path, reference[path]]);
      else
        expect(reason).toMatch(
          /sent a file with|sent other bytes|have the hash|not a readable parquet file|begins with/,
        );
    }
  }
});

test("quotas are kept to, as the Hub tells them, so that it refuses nothing", async () => {
  const quotas = { api: { requests: 6, windowS: 1 }, resolvers: { requests: 4, windowS: 1 } };
  const { ended, output, server } = await runAgainst({ quotas, pageSize: 1 });
  expect(ended).toMatchObject({ code: 0 });
  expect(toFingerprint(output)).toEqual(reference);
  const api = server.requests.filter(({ url }) => url.startsWith("/api/")).length;
  expect(api).toBeGreaterThan(8);
  // Before the first answer nobody knows the quota: what was under way by then may be refused.
  expect(server.refused.api).toBeLessThanOrEqual(8 - quotas.api.requests);
  expect(server.refused.resolvers).toBeLessThanOrEqual(8 - quotas.resolvers.requests);
});

test("the schedule foretells the requests of a run, by quota", async () => {
  const count = ({ requests }: HubServer) => {
    const of = (keep: (request: LoggedRequest) => boolean) => requests.filter(keep).length;
    return {
      api: of(({ url }) => url.startsWith("/api/")),
      resolvers: of(({ url }) => url.includes("/resolve/")),
      storage: of(({ origin }) => origin === "cdn"),
    };
  };
  const { ended, server } = await runAgainst({});
  expect(ended).toMatchObject({ code: 0 });
  const asked = await startHubServer(hub);
  try {
    const args = ["schedule", "--hub", asked.url, "--loader", NAMES.join(), "--json"];
    const { stdout } = await planstream(args, { project, env: ENVIRONMENT });
    expect(JSON.parse(stdout).quotas).toEqual({
      requests: count(server),
      api: { requests: 500, window_seconds: 300 },
      resolvers: { requests: 3_000, window_seconds: 300 },
      least_seconds: 0,
    });
  } finally {
    await asked.close();
  }
});

describe("the server as a program", () => {
  let child: ChildProcess;
  afterAll(() => void child.kill());

  test("takes faults, seed and share, tells its URL, and a run against it gives the same bytes", async () => {
    const args = ["test/support/hub-server.ts", hub, "--faults", "passing", "--seed", "5", "--share", "0.3", "--json"];
    child = spawn(process.execPath, args, { cwd: PROJECT, stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface(child.stdout as NodeJS.ReadableStream)[Symbol.asyncIterator]();
    const { url } = JSON.parse((await lines.next()).value as string) as { url: string };
    expect(await run(url, "program")).toMatchObject({ code: 0 });
    expect(toFingerprint(join(folder, "program"))).toEqual(reference);
  });
});
