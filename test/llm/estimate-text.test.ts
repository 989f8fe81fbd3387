import { expect, it } from "vitest";
import { toEstimateJson, toEstimateText, toSavedText } from "../../src/cli/estimate-text.ts";
import { estimate } from "../../src/llm/estimate.ts";
import { createCensus } from "../../src/llm/estimate-census.ts";
import { findPrice, readBundledPrices } from "../../src/llm/price-table.ts";

const census = createCensus();
for (let row = 0; row < 1_200; row++) census.add({ tokensIn: 695, tokensInMax: 2_800 });
census.addCached();
const probe = Array.from({ length: 20 }, () => ({ tokensIn: 695, usage: { in: 695, out: 280 } }));
const model = "anthropic/claude-haiku-4-5";
const input = {
  census: census.toCensus(),
  price: findPrice(readBundledPrices(), model),
  maxTokens: 280,
  countError: 0.15,
};
const lines = [
  { model, mode: "direct" as const, estimate: estimate({ ...input, probe, mode: "direct" }) },
  { model, mode: "batch" as const, estimate: estimate({ ...input, probe: [], mode: "batch" }) },
];

it("prints a line for each model and mode, and what the words mean", () => {
  const [head, , titles, direct, batch, , notes] = toEstimateText(lines).split("\n");
  expect(head).toBe("1,200 rows to ask, 1 in the cache (free)");
  expect(titles).toMatch(/^model +mode +tokens in +tokens out +low +expected +high +worst +from$/);
  // 1,200 × (695 × $1 + 280 × $5) / 1,000,000 = $2.51, and a little for second questions.
  expect(direct).toMatch(
    /^anthropic\/claude-haiku-4-5 +direct +834,000 +336,000 +\$2\.\d\d +\$2\.6\d +\$3\.\d\d +\$[\d.]+ +probe of 20 rows, 2\.4 % asked twice$/,
  );
  expect(batch).toMatch(/ batch .* assumptions: no reply yet$/);
  expect(notes).toMatch(/^Nine runs in ten cost between low and high\./);
  expect(toEstimateText([])).toBe("no model to estimate\n");
});

it("gives a program exact dollars", () => {
  const { models } = toEstimateJson(lines) as { models: Record<string, unknown>[] };
  expect(models).toHaveLength(2);
  expect(models[0]).toMatchObject({ model, mode: "direct", rows: 1_200, cached: 1, source: "probe", probe_rows: 20 });
  const { usd } = models[0] as { usd: Record<string, string> };
  expect(Object.keys(usd)).toEqual(["low", "expected", "high", "worst"]);
  for (const amount of Object.values(usd)) expect(amount).toMatch(/^\d+\.\d{2,9}$/);
});

it("says what leaving a track out has saved", () => {
  const nusd = { low: 4_900_000_000_000, expected: 5_405_000_000_000, high: 6_000_000_000_000, worst: 9e13 };
  expect(toSavedText("topaz", { rows: 860_000, nusd })).toBe(
    "topaz left out: 860,000 rows, $4,900.00 to $6,000.00 not spent",
  );
});
