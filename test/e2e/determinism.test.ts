import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { startHubServer } from "../support/hub-server.ts";
import { isLong } from "../support/long.ts";
import { PROJECT, planstream, readManifest, startPlanstream, toFingerprint } from "../support/planstream.ts";
import { createRandom, type Synthetic } from "../support/synthetic.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";
import { writeDataset } from "../support/write-dataset.ts";

const folder = createTemporaryFolder();
const hub = join(folder, "hub");
const ROWS: Readonly<Record<string, number>> = {
  "jasper/gsm8k": 4_000,
  "jasper/math": 700,
  "opal/toolscale": 500,
  "quartz/mobile-actions": 3_000,
  "quartz/xlam": 5_000,
  "jasper/agentharm": 208,
};

const LOADERS = [...Object.keys(ROWS), "ruby/agentharm"].join();
const toArgs = (output: string, ...args: string[]) => [
  "tier1",
  "--hub",
  hub,
  "--loader",
  LOADERS,
  "--output",
  output,
  ...args,
];
const run = (output: string, ...args: string[]) => planstream(toArgs(output, ...args));

const one = (output: string, ...args: string[]) =>
  planstream(["tier1", "--hub", hub, "--loader", "jasper/gsm8k", "--output", output, ...args]);

let reference: Record<string, string>;

beforeAll(async () => {
  for (const [name, rows] of Object.entries(ROWS)) {
    const { default: synthetic } = (await import(join(PROJECT, "test/synthetic", `${name}.ts`))) as {
      default: Synthetic;
    };
    writeDataset(hub, synthetic, { rows, shardRowsMax: 1_500 });
  }
  const output = join(folder, "reference");
  const ended = await run(output, "--workers", "1", "--quarantine-max", "20%");
  expect(ended).toMatchObject({ code: 0 });
  reference = toFingerprint(output);
});

test("any number of workers gives the same bytes", async () => {
  expect(Object.keys(reference).length).toBeGreaterThan(8);
  for (const workers of ["2", "8"]) {
    const output = join(folder, `workers-${workers}`);
    expect(await run(output, "--workers", workers, "--quarantine-max", "20%")).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(reference);
  }
});

test("over HTTP and from the directory: the same bytes", async () => {
  const server = await startHubServer(hub);
  try {
    const output = join(folder, "http");
    const args = ["tier1", "--hub", server.url, "--loader", LOADERS, "--output", output, "--quarantine-max", "20%"];
    expect(await planstream(args)).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(reference);
  } finally {
    await server.close();
  }
});

describe("a run that is cut off", () => {
  test.runIf(isLong)("by kill -9 at random moments, again and again, ends with the same bytes", async () => {
    const output = join(folder, "killed");
    const random = createRandom(20);
    for (let kill = 0; kill < 4; kill++) {
      const workers = String(random.int(1, 3));
      const started = startPlanstream(toArgs(output, "--quarantine-max", "20%", "--workers", workers));
      await sleep(random.int(150, 1_600));
      started.kill("SIGKILL");
      await started.ended;
    }
    expect(await run(output, "--workers", "2", "--quarantine-max", "20%")).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(reference);
  });

  test("by SIGINT stops cleanly, says how to go on, and goes on", async () => {
    const output = join(folder, "interrupted");
    const started = startPlanstream(toArgs(output, "--quarantine-max", "20%"));
    // Interrupted once the first loader has ended: there is something to go on from, and something left.
    await new Promise<void>((heard) => {
      started.child.stderr?.on("data", (chunk: Buffer) => chunk.includes("✓") && heard());
    });
    started.kill("SIGINT");
    const ended = await started.ended;
    expect(ended.code).toBe(130);
    expect(ended.stdout).toContain("the same command goes on from there");
    const resumed = await run(output, "--quarantine-max", "20%");
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.stderr).toMatch(/going on after \d+ rows/);
    expect(toFingerprint(output)).toEqual(reference);
  });
});

describe("a finished folder", () => {
  test("is left alone by the same command", async () => {
    const output = join(folder, "again");
    await run(output, "--quarantine-max", "20%");
    const before = readFileSync(join(output, "run.json"), "utf8");
    const ended = await run(output, "--quarantine-max", "20%");
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain("Nothing to do");
    expect(readFileSync(join(output, "run.json"), "utf8")).toBe(before);
    expect(toFingerprint(output)).toEqual(reference);
  });

  test("refuses other settings and names the difference", async () => {
    const output = join(folder, "settings");
    await one(output, "--limit", "10");
    const ended = await one(output, "--limit", "20");
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("limit was 10, now 20");
    expect(ended.stderr).toContain("--fresh");
    const fresh = await one(output, "--limit", "20", "--fresh");
    expect(fresh.code).toBe(0);
    expect(readManifest(output).totals.rows_read).toBe(20);
  });
});

test("--target shares samples over the loaders, and short ones give their share back", async () => {
  const output = join(folder, "target");
  expect(await run(output, "--target", "4001", "--quarantine-max", "20%")).toMatchObject({ code: 0 });
  const { totals, loaders } = readManifest(output);
  expect(totals.samples).toBe(4_001);
  const samples = Object.fromEntries(Object.entries(loaders).map(([id, loader]) => [id, loader.samples]));
  // 4,001 over 7 is 571 and 4 over; agentharm (twice 208) and toolscale have less, and what they leave is shared again.
  const short = ["jasper/agentharm", "ruby/agentharm", "opal/toolscale"];
  for (const id of short) expect(loaders[id]?.rows_read).toBe(ROWS[id] ?? 208);
  const rest = 4_001 - short.reduce((sum, id) => sum + (samples[id] as number), 0);
  const others = ["jasper/gsm8k", "jasper/math", "quartz/mobile-actions", "quartz/xlam"];
  const made = others.map((id) => samples[id] as number);
  expect(made.reduce((sum, count) => sum + count, 0)).toBe(rest);
  // math has fewer than a share, too; the other three divide what is left, give or take a round's remainders.
  expect(loaders["jasper/math"]?.rows_read).toBe(ROWS["jasper/math"]);
  const large = [made[0], made[2], made[3]] as number[];
  expect(Math.max(...large) - Math.min(...large)).toBeLessThanOrEqual(3);
  const again = join(folder, "target-again");
  expect(await run(again, "--target", "4001", "--quarantine-max", "20%", "--workers", "1")).toMatchObject({ code: 0 });
  expect(toFingerprint(again)).toEqual(toFingerprint(output));
});

describe("damage", () => {
  test("a part that was changed by hand while the run was off is refused, and nothing is touched", async () => {
    const output = join(folder, "damaged");
    const started = startPlanstream(toArgs(output, "--quarantine-max", "20%"));
    // By the end of a later loader the first one's lines are journaled.
    await new Promise<void>((heard) => {
      started.child.stderr?.on("data", (chunk: Buffer) => chunk.includes("✓ jasper/math") && heard());
    });
    started.kill("SIGKILL");
    await started.ended;
    const part = join(output, ".run", "parts", "jasper-agentharm-00000.jsonl");
    const bytes = readFileSync(part);
    bytes[100] = (bytes[100] as number) ^ 1;
    writeFileSync(part, bytes);
    const ended = await run(output, "--quarantine-max", "20%");
    expect(ended.code).toBe(6);
    expect(ended.stderr).toContain("jasper-agentharm-00000.jsonl");
    expect(readFileSync(part)).toEqual(bytes);
  });

  test("a journal that was changed by hand is refused", async () => {
    const output = join(folder, "damaged-journal");
    await one(output, "--limit", "10");
    const journal = join(output, ".run", "journal.jsonl");
    writeFileSync(journal, readFileSync(journal, "utf8").replace('"rows_read":10', '"rows_read":11'));
    const ended = await one(output, "--limit", "10");
    expect(ended.code).toBe(6);
    expect(ended.stderr).toMatch(/journal\.jsonl line \d: its check does not match/);
  });
});

test("two processes on one folder: the second is refused", async () => {
  const output = join(folder, "locked");
  const first = startPlanstream(toArgs(output, "--quarantine-max", "20%"));
  await new Promise<void>((heard) => {
    first.child.stderr?.on("data", (chunk: Buffer) => chunk.includes("✓") && heard());
  });
  const second = await run(output, "--quarantine-max", "20%");
  expect(second.code).toBe(2);
  expect(second.stderr).toContain("in use by another planstream");
  expect((await first.ended).code).toBe(0);
  expect(toFingerprint(output)).toEqual(reference);
});

test.skipIf(!existsSync("/proc/self"))("a folder that can't be made is said at once", async () => {
  const ended = await run("/proc/planstream/run");
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/^planstream: ENOENT: .*mkdir '\/proc\/planstream'/);
});

test("somebody else's folder is not written into, not even by --fresh", async () => {
  const output = join(folder, "foreign");
  mkdirSync(output);
  copyFileSync(join(import.meta.dirname, "determinism.test.ts"), join(output, "letter.txt"));
  const ended = await run(output, "--fresh");
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain("letter.txt");
  rmSync(output, { recursive: true });
});
