import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { isLong } from "../support/long.ts";
import { PROJECT, planstream, readManifest, startPlanstream, toFingerprint } from "../support/planstream.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

// The whole command with a model that draws its answers and sends nothing: what is asked, paid, kept and written.

const folder = createTemporaryFolder();
const books = join(folder, "books");
const toArgs = (output: string, llmFolder: string, ...more: string[]) => [
  ...["tier1", "--hub", "sample", "--track", "topaz", "--llm", "all", "--output", join(folder, output)],
  ...["--model", "mock/any", "--price", "mock/any=0.25,2", "--llm-folder", llmFolder, ...more],
];
const run = (output: string, llmFolder: string, ...more: string[]) => planstream(toArgs(output, llmFolder, ...more));

type Sample = { metadata: { extra: { extraction: { method: string; reason?: string } } } };

function listMethods(output: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of readdirSync(join(folder, output, "parts"))) {
    for (const line of readFileSync(join(folder, output, "parts", name), "utf8")
      .trimEnd()
      .split("\n")) {
      const { method, reason } = (JSON.parse(line) as Sample).metadata.extra.extraction;
      const key = reason ? `${method}: ${reason}` : method;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

let reference: Record<string, string>;

beforeAll(async () => {
  const ended = await run("paid", books, "--max-cost", "1", "--workers", "1");
  expect(ended).toMatchObject({ code: 0 });
  reference = toFingerprint(join(folder, "paid"));
});

describe("a paid run", () => {
  test("has the model's plans in it, and what they cost in the manifest and the books", async () => {
    const methods = listMethods("paid");
    expect(methods.get("llm")).toBeGreaterThan(80);
    expect([...methods.keys()].filter((key) => !/^llm$|^rules: /.test(key))).toEqual([]);
    const { cost, settings } = readManifest(join(folder, "paid"));
    expect(cost.calls).toBeGreaterThan(100);
    expect(cost.usd).toBeGreaterThan(0.01);
    expect(cost.replies_sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(settings).toHaveProperty("llm", { mode: "all", model: "mock/any", confidence_min: 2, rank_max: null });
    expect(await planstream(["verify", join(folder, "paid")])).toMatchObject({ code: 0 });
    const spent = await planstream(["spend", books]);
    expect(spent.stdout).toMatch(/^spent \$0\.\d+ of a cap of \$1\.00/);
  });

  test("again on the replies that are there: costs nothing, needs no cap, gives the same bytes", async () => {
    const before = await planstream(["spend", books, "--csv", "--by", "day"]);
    const ended = await run("again", books, "--workers", "2");
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).toContain("model: $0.00 in this run");
    expect(toFingerprint(join(folder, "again"))).toEqual(reference);
    const spent = (text: string) => /(\d+\.\d+)/.exec(text)?.[1];
    const after = await planstream(["spend", books, "--csv", "--by", "day"]);
    expect(spent(after.stdout)).toBe(spent(before.stdout));
  });

  test.runIf(isLong)("killed three times and started again: the same bytes, and no more than the cap", async () => {
    const own = join(folder, "killed-books");
    for (const waitMs of [900, 1_100, 1_300]) {
      const started = startPlanstream(toArgs("killed", own, "--max-cost", "1"));
      await sleep(waitMs);
      started.kill("SIGKILL");
      await started.ended;
    }
    expect(await run("killed", own, "--max-cost", "1")).toMatchObject({ code: 0 });
    expect(toFingerprint(join(folder, "killed"))).toEqual(reference);
  });

  test("says no prompt, no reply and no key in its log", () => {
    const log = readFileSync(join(folder, "paid", ".run/log.jsonl"), "utf8");
    expect(log).not.toMatch(/You read what a user wrote|why_none|intents/);
  });
});

describe("the approval", () => {
  test("a model that costs money, without an amount: exit 3, nothing is sent or written", async () => {
    const own = join(folder, "none");
    const ended = await run("refused", own);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain("mock/any costs money, and no amount was allowed. Nothing was sent.");
    expect(existsSync(own)).toBe(false);
    expect(existsSync(join(folder, "refused", "manifest.json"))).toBe(false);
  });

  test("also with the model a run asks by default, and without its key", async () => {
    const args = ["tier1", "--hub", "sample", "--track", "topaz", "--llm", "all", "--output", join(folder, "default")];
    const ended = await planstream([...args, "--llm-folder", join(folder, "none")], { env: { ANTHROPIC_API_KEY: "" } });
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain("Nothing was sent");
  });

  test("an amount that is too low: exit 4 and what it would take; --partial asks as many rows as fit", async () => {
    const own = join(folder, "low-books");
    const refused = await run("low", own, "--max-cost", "0.05");
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain("Nothing was sent. Raise --max-cost, or take as many rows as fit with --partial.");
    const partial = await run("low", own, "--max-cost", "0.05", "--partial");
    expect(partial).toMatchObject({ code: 0 });
    const methods = listMethods("low");
    expect(methods.get("llm")).toBeGreaterThan(10);
    expect(methods.get("rules: not_chosen")).toBeGreaterThan(40);
    expect(readManifest(join(folder, "low")).cost.usd).toBeLessThan(0.05);
    // More money asks the same rows and more; those that were asked before cost nothing.
    const more = await run("more", own, "--max-cost", "0.08", "--raise-cap", "--partial");
    expect(more).toMatchObject({ code: 0 });
    expect(listMethods("more").get("llm")).toBeGreaterThan(methods.get("llm") as number);
  });

  test("a higher cap than the ledger's must be meant", async () => {
    const ended = await run("higher", books, "--max-cost", "5");
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("Add --raise-cap to raise it");
  });
});

test("an estimate compares models, sends nothing and needs no key", async () => {
  const ended = await planstream(["estimate", "--hub", "sample", "--json"], {
    env: { ANTHROPIC_API_KEY: "", OPENAI_API_KEY: "" },
  });
  expect(ended.code).toBe(0);
  const { models } = JSON.parse(ended.stdout) as {
    models: { model: string; mode: string; rows: number; usd: Record<string, string> }[];
  };
  expect(models.length).toBeGreaterThan(4);
  for (const { rows, usd } of models) {
    expect(rows).toBe(122);
    expect(Number(usd.low)).toBeLessThan(Number(usd.expected));
    expect(Number(usd.expected)).toBeLessThan(Number(usd.high));
    expect(Number(usd.high)).toBeLessThan(Number(usd.worst));
  }
  const direct = models.find(({ mode }) => mode === "direct");
  const batch = models.find(({ mode, model }) => mode === "batch" && model === direct?.model);
  expect(Number(batch?.usd.expected) / Number(direct?.usd.expected)).toBeCloseTo(0.5, 3);
});

test("an estimate without a dataset that can't be read says so to a program, too", async () => {
  const hub = join(folder, "half-a-hub");
  const wildchat = "datasets--allenai--WildChat-1M";
  cpSync(join(PROJECT, "data/sample-hub", wildchat), join(hub, wildchat), { recursive: true });
  const ended = await planstream(["estimate", "--hub", hub, "--track", "topaz", "--json"]);
  expect(ended.code).toBe(5);
  const { models, unread } = JSON.parse(ended.stdout) as { models: { rows: number }[]; unread: string[] };
  expect(models[0]?.rows).toBeGreaterThan(20);
  expect(unread).toEqual([
    expect.stringMatching(/^\[topaz\/lmsys\] left out of the estimate: .*not in this directory/),
  ]);
});

test("without --llm the rules make the plans, for nothing", async () => {
  const ended = await planstream(["tier1", "--hub", "sample", "--track", "topaz", "--output", join(folder, "rules")]);
  expect(ended.code).toBe(0);
  expect([...listMethods("rules").keys()]).toEqual(["rules"]);
  expect(readManifest(join(folder, "rules")).cost).toEqual({ usd: 0, calls: 0 });
});
