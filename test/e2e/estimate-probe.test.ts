import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readLedger } from "../../src/llm/ledger.ts";
import { formatUsd } from "../../src/llm/money.ts";
import { type LlmServer, startLlmServer } from "../support/llm-server.ts";
import { isLong } from "../support/long.ts";
import { planstream, startPlanstream } from "../support/planstream.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";
import { writeDataset } from "../support/write-dataset.ts";
import wildchat from "../synthetic/topaz/wildchat.ts";

// `estimate --probe` against a vendor that keeps books of its own: what it costs, what it keeps, what it is worth.

const folder = createTemporaryFolder();
const hub = join(folder, "hub");
writeDataset(hub, wildchat, { rows: 500, clean: true });

const MODEL = "anthropic/claude-to-try";
const PRICE = { in: 1_000, out: 5_000, tiers: [], tokenizer: "claude-3" as const, batch_multiplier: 0.5 };
const prices = join(folder, "prices.json");
const table = { schema: "planstream/prices/1", as_of: "2026-11-01", source: "made to test" };
writeFileSync(prices, JSON.stringify({ ...table, models: { [MODEL]: { ...PRICE, as_of: "given" } } }));

type Options = Omit<Parameters<typeof startLlmServer>[0], "price">;
async function withServer(options: Options, use: (server: LlmServer) => Promise<void>): Promise<void> {
  const server = await startLlmServer({ ...options, price: PRICE });
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

const env = { ANTHROPIC_API_KEY: "test-key" };
const toArgs = (server: LlmServer, books: string, ...more: string[]) => [
  ...["--hub", hub, "--loader", "topaz/wildchat", "--model", MODEL, "--model-url", server.url],
  ...["--prices", prices, "--llm-folder", join(folder, books), ...more],
];
const probe = (server: LlmServer, books: string, ...more: string[]) =>
  planstream(["estimate", ...toArgs(server, books, "--json", ...more)], { env });

type Told = {
  models: { model: string; mode: string; source: string; n: number; rows: number; usd: Record<string, string> }[];
  probe: { chosen: number; replies: number; cached: number; usd: string; budget_usd: string; stopped: string | null };
};
const parse = (stdout: string) => JSON.parse(stdout) as Told;
const toNusd = (usd = "") => Math.round(Number(usd) * 1e9);

const readBooks = async (books: string) => (await readLedger(join(folder, books, "ledger.jsonl"))).fold;

/** Keys of the ledger's holds, and of the replies in the cache. */
async function listKeys(books: string): Promise<{ held: Set<string>; stored: Set<string> }> {
  const held = new Set<string>();
  await readLedger(join(folder, books, "ledger.jsonl"), (event) => {
    if (event.t === "reserve") held.add(event.key);
  });
  const stored = new Set<string>();
  const cache = join(folder, books, "cache");
  for (const name of readdirSync(cache)) {
    for (const line of readFileSync(join(cache, name), "utf8").split("\n")) {
      // A line that a kill has cut off holds no whole object.
      if (line.endsWith("}")) stored.add((JSON.parse(line) as { key: string }).key);
    }
  }
  return { held, stored };
}

test("costs what the ledger says; the run after it pays the rest alone, within the bounds", async () => {
  await withServer({ content: { prose: 0.03 } }, async (server) => {
    const ended = await probe(server, "whole", "--probe", "100", "--probe-budget", "0.5", "--max-cost", "5");
    expect(ended).toMatchObject({ code: 0 });
    const { models, probe: made } = parse(ended.stdout);
    const probed = server.bill.nusd;
    expect(made).toMatchObject({ chosen: 100, replies: 100, cached: 0, budget_usd: "0.50", stopped: null });
    expect(toNusd(made.usd)).toBe(probed);
    expect(await readBooks("whole")).toMatchObject({ settledNusd: probed, heldNusd: 0, capNusd: 5e9 });
    const [direct, batch] = models;
    expect(direct).toMatchObject({ model: MODEL, mode: "direct", source: "probe", n: 100 });
    expect(batch).toMatchObject({ model: MODEL, mode: "batch", source: "probe", n: 100 });

    // Asked again it costs nothing, and says the same.
    const again = parse((await probe(server, "whole", "--probe", "100")).stdout);
    expect(again).toMatchObject({ models, probe: { ...made, cached: 100, usd: "0.00", budget_usd: "0.05" } });

    const output = join(folder, "whole-run");
    const args = toArgs(server, "whole", "--llm", "all", "--output", output, "--max-cost", "5");
    const run = await planstream(["tier1", ...args], { env });
    expect(run).toMatchObject({ code: 0 });
    // The run's own estimate is that of the probe, to the last digit: a cap of its high end would have let it begin.
    expect(run.stderr).toContain("100 replies of earlier runs");
    for (const bound of ["low", "expected", "high"]) {
      expect(run.stderr).toContain(` ${formatUsd(toNusd(direct?.usd[bound]))} `);
    }
    const cost = server.bill.nusd - probed;
    expect(cost).toBeGreaterThan(toNusd(direct?.usd.low));
    expect(cost).toBeLessThan(toNusd(direct?.usd.high));
    expect(toNusd(direct?.usd.high)).toBeLessThan(toNusd(direct?.usd.worst));
    expect((await readBooks("whole")).settledNusd).toBe(server.bill.nusd);
    // No question twice: a second question is another one, since the first answer is in it.
    const requests = server.bill.charges.map(({ request }) => request);
    expect(new Set(requests).size).toBe(requests.length);
    const { held, stored } = await listKeys("whole");
    expect(held).toEqual(stored);
    expect(requests.length).toBe(held.size);
    expect(direct?.rows).toBeGreaterThan(300);
  });
});

test("never spends more than its budget, whatever is lost on the way, and says where it stopped", async () => {
  const faults = { dropBilled: 0.1, errorBilled: 0.05, limited: 0.1, truncatedBilled: 0.05 };
  for (const [name, options] of [
    ["calm", {}],
    ["storm", { faults }],
  ] as const) {
    await withServer(options, async (server) => {
      const over: number[] = [];
      server.bill.onCharge = () => {
        if (server.bill.nusd > 100e6) over.push(server.bill.nusd);
      };
      const more = ["--probe", "200", "--probe-budget", "0.1", "--max-cost", "5"];
      const ended = await probe(server, `budget-${name}`, ...more);
      expect(ended).toMatchObject({ code: 0 });
      const { probe: made } = parse(ended.stdout);
      expect(over).toEqual([]);
      const { settledNusd, heldNusd } = await readBooks(`budget-${name}`);
      expect(settledNusd + heldNusd).toBeLessThanOrEqual(100e6);
      expect(server.bill.nusd).toBeLessThanOrEqual(settledNusd);
      expect(toNusd(made.usd)).toBe(settledNusd);
      expect(made.stopped).toMatch(/^Of the \$0\.10* that may be spent here \$0\.\d+ is left/);
      expect(made.replies).toBeGreaterThan(3);
      expect(made.replies).toBeLessThan(200);
    });
  }
});

test.runIf(isLong)(
  "killed in the middle, it loses no reply that was on disk, and goes on with the same rows",
  async () => {
    await withServer({ delayMs: 30 }, async (server) => {
      const more = ["--probe", "60", "--probe-budget", "1", "--max-cost", "5", "--llm-requests", "4"];
      const started = startPlanstream(["estimate", ...toArgs(server, "killed", ...more)], { env });
      server.bill.onCharge = () => {
        if (server.bill.charges.length === 20) started.kill("SIGKILL");
      };
      expect(await started.ended).toMatchObject({ code: null, stdout: "" });
      const { stored } = await listKeys("killed");
      expect(stored.size).toBeGreaterThan(10);
      expect(stored.size).toBeLessThan(60);

      const ended = await probe(server, "killed", ...more);
      expect(ended).toMatchObject({ code: 0 });
      const { probe: made } = parse(ended.stdout);
      expect(made).toMatchObject({ chosen: 60, replies: 60, stopped: null });
      expect(made.cached).toBeGreaterThan(0);
      const { settledNusd, heldNusd } = await readBooks("killed");
      expect(heldNusd).toBe(0);
      expect(server.bill.nusd).toBeLessThanOrEqual(settledNusd);
      // What was on disk is not held for again: one hold for each of its keys, in the first opening.
      const openings = new Map<string, string[]>();
      await readLedger(join(folder, "killed", "ledger.jsonl"), (event) => {
        if (event.t === "reserve")
          openings.set(event.key, [...(openings.get(event.key) ?? []), event.id.split("-")[0]!]);
      });
      for (const key of stored) expect(openings.get(key)).toEqual(["1"]);
    });
  },
);

test.runIf(isLong)("chooses the same rows whatever is in the cache, and others for another seed", async () => {
  await withServer({}, async (server) => {
    const listRequests = async (books: string, seed: string) => {
      const from = server.bill.charges.length;
      const more = ["--probe", "20", "--probe-budget", "1", "--max-cost", "5", "--seed", seed];
      expect(await probe(server, books, ...more)).toMatchObject({ code: 0 });
      return new Set(server.bill.charges.slice(from).map(({ request }) => request));
    };
    const first = await listRequests("seed-a", "1");
    const same = await listRequests("seed-b", "1");
    const other = await listRequests("seed-c", "2");
    const inBoth = (others: Set<string>) => [...first].filter((request) => others.has(request)).length;
    // Second questions hold the first answer, whose words are the same here.
    expect(same).toEqual(first);
    expect(inBoth(other)).toBeLessThan(first.size / 3);
  });
});

test("interrupted, it says so, and what it has asked is kept", async () => {
  await withServer({ delayMs: 60 }, async (server) => {
    const more = ["--probe", "100", "--probe-budget", "1", "--max-cost", "5", "--llm-requests", "2"];
    const started = startPlanstream(["estimate", ...toArgs(server, "stopped", ...more)], { env });
    server.bill.onCharge = () => {
      if (server.bill.charges.length === 8) started.kill("SIGINT");
    };
    const ended = await started.ended;
    expect(ended).toMatchObject({ code: 130, stdout: "" });
    expect(ended.stderr).toContain("Replies of the probe that were paid for are kept.");
    // What was under way came to its end: nothing is charged that is not stored.
    expect((await readBooks("stopped")).settledNusd).toBe(server.bill.nusd);
    expect((await listKeys("stopped")).stored.size).toBe(server.bill.charges.length);
  });
});

test("a probe needs a cap and a key, and says so before it reads a row", async () => {
  await withServer({}, async (server) => {
    const refused = await probe(server, "no-cap", "--probe", "20");
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("the ledger has no cap yet. Nothing was sent.");
    expect(readdirSync(folder)).not.toContain("no-cap");
    const args = ["estimate", "--hub", hub, "--loader", "topaz/wildchat", "--model", "anthropic/claude-haiku-4-5"];
    const books = ["--accept-old-prices", "--llm-folder", join(folder, "no-key"), "--probe", "20", "--max-cost", "1"];
    const keyless = await planstream([...args, ...books], { env: { ANTHROPIC_API_KEY: "" } });
    expect(keyless.code).toBe(2);
    expect(keyless.stderr).toContain("ANTHROPIC_API_KEY is not set");
    expect(server.counts.asked).toBe(0);
  });
});

test.runIf(isLong)(
  "a partial run counts on the probe: here answers are dearer than is assumed, so fewer rows fit",
  async () => {
    await withServer({}, async (server) => {
      const toChosen = (stderr: string) => Number(/asking about (\d+) of \d+ rows/.exec(stderr)?.[1]);
      const toRun = (books: string) => [
        ...["tier1", ...toArgs(server, books, "--llm", "all", "--output", join(folder, `${books}-run`))],
        ...["--max-cost", "0.6", "--partial"],
      ];
      const assumed = await planstream(toRun("assumed"), { env });
      expect(assumed).toMatchObject({ code: 0 });
      expect(assumed.stderr).toContain("assumptions: no reply yet");
      await probe(server, "probed", "--probe", "60", "--probe-budget", "0.2", "--max-cost", "0.6");
      const before = await readBooks("probed");
      const probed = await planstream(toRun("probed"), { env });
      expect(probed).toMatchObject({ code: 0 });
      expect(probed.stderr).toContain("60 replies of earlier runs");
      const chosen = toChosen(probed.stderr);
      expect(chosen).toBeGreaterThan(20);
      expect(chosen).toBeLessThan(toChosen(assumed.stderr));
      // What fits by the high end of an estimate is what fits: the cap was not reached, and little was left unused.
      const spent = (await readBooks("probed")).settledNusd - before.settledNusd;
      const available = 0.6e9 - before.settledNusd;
      expect(spent).toBeLessThan(available);
      expect(spent).toBeGreaterThan(0.5 * available);
      expect((await readBooks("assumed")).settledNusd).toBeLessThanOrEqual(0.6e9);
    });
  },
);

test("says what an excluded track saves where a model is asked, and nothing of money where none is", async () => {
  const toRun = (name: string, ...more: string[]) => [
    ...["tier1", "--hub", "sample", "--exclude-track", "topaz", "--loader", "jasper/gsm8k,topaz/lmsys"],
    ...["--output", join(folder, name), "--llm-folder", join(folder, "saved"), ...more],
  ];
  const model = ["--model", MODEL, "--prices", prices];
  const asked = await planstream(toRun("asked", "--llm", "all", ...model), { env: { ANTHROPIC_API_KEY: "" } });
  // Nothing is left to ask, so it takes no cap and no key. 1,000,000 × (695 × $1 + 280 × $5) / 1,000,000 = $2,095.
  expect(asked).toMatchObject({ code: 0 });
  expect(asked.stderr).toContain(`topaz left out: 1,000,000 rows, $1,047.50 to $4,190.00 not spent on ${MODEL}`);
  expect(readdirSync(folder)).not.toContain("saved");
  const unasked = await planstream(toRun("unasked"));
  expect(unasked).toMatchObject({ code: 0 });
  expect(`${unasked.stdout}${unasked.stderr}`).not.toMatch(/\$|left out|spent/);
});
