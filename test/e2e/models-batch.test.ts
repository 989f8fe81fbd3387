import { existsSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { at, env } from "../support/batch-runs.ts";
import { describeBatchRuns } from "../support/batch-suite.ts";
import { planstream } from "../support/planstream.ts";

// The whole command with --batch, against a server that plays the vendor and keeps its own bill. What is the same of the other
// vendor, and what takes long, is in models-batch.long.test.ts.

describeBatchRuns("anthropic");

describe("--batch is refused, and nothing is sent or written", () => {
  const base = ["tier1", "--hub", "sample", "--track", "topaz", "--batch", "--max-cost", "1"];
  const given = ["--llm", "all", "--price", "mock/any=0.25,2", "--model", "mock/any"];
  test.each([
    ["where no model is asked", [], "--llm none asks none"],
    ["by a model without a price for batches", given, "mock/any has no price for batches"],
    ["by a vendor without batches", ["--llm", "all", "--model", "mock/any", "--prices", "PRICES"], "takes no batches"],
  ] as const)("%s", async (_, more, words) => {
    const output = at("refused");
    const prices = at("prices.json");
    const model = { in: 250, out: 2_000, batch_multiplier: 0.5 };
    const table = {
      schema: "planstream/prices/1",
      as_of: "2026-11-01",
      source: "a test",
      models: { "mock/any": model },
    };
    writeFileSync(prices, JSON.stringify(table));
    const named = more.map((word) => (word === "PRICES" ? prices : word));
    const ended = await planstream([...base, ...named, "--output", output, "--llm-folder", at("refused-books")], {
      env,
    });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(words);
    expect([existsSync(output), existsSync(at("refused-books"))]).toEqual([false, false]);
  });
});
