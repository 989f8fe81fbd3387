import { expect, it } from "vitest";
import { toEstimateJson, toEstimateText, toProbeText, toSavedText } from "../../src/cli/estimate-text.ts";
import { estimate } from "../../src/llm/estimate.ts";
import { createCensus } from "../../src/llm/estimate-census.ts";
import { assumeCosts } from "../../src/llm/estimate-example.ts";
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
  expect(models[0]).toMatchObject({ model, mode: "direct", rows: 1_200, cached: 1, source: "probe", n: 20 });
  const { usd } = models[0] as { usd: Record<string, string> };
  expect(Object.keys(usd)).toEqual(["low", "expected", "high", "worst"]);
  for (const amount of Object.values(usd)) expect(amount).toMatch(/^\d+\.\d{2,9}$/);
});

it("names the replies of earlier runs as such", () => {
  const earlier = estimate({ ...input, probe, origin: "ledger", mode: "direct" });
  expect(toEstimateText([{ model, mode: "direct", estimate: earlier }])).toContain(
    " 20 replies of earlier runs, 2.4 % asked twice",
  );
});

const PROBE = {
  model,
  chosen: 100,
  replies: 100,
  cached: 0,
  nusd: 31_000_000,
  budgetNusd: 50_000_000,
  stopped: undefined,
};

it("says what a probe did and cost, and why it stopped", () => {
  expect(toProbeText(PROBE)).toBe(
    `probe of ${model}: 100 replies for 100 rows chosen; it cost $0.031 of a budget of $0.05`,
  );
  const early = toProbeText({ ...PROBE, replies: 7, cached: 2, stopped: "Of the $0.05 nothing is left." });
  expect(early.split("\n")).toEqual([
    `probe of ${model}: 7 replies for 100 rows chosen (2 of them from the cache, free); it cost $0.031 of a budget of $0.05`,
    "It stopped before its last row. Of the $0.05 nothing is left.",
    "7 replies are too few to go by; it takes 10. They are kept: a higher --probe-budget goes on from there.",
  ]);
  expect(toEstimateJson([], { probe: PROBE })).toMatchObject({
    probe: { chosen: 100, replies: 100, usd: "0.031", budget_usd: "0.05", stopped: null },
  });
});

it("says what leaving a track out has saved, as an estimate", () => {
  const price = findPrice(readBundledPrices(), "anthropic/claude-sonnet-4-5");
  const nusd = assumeCosts(price, 860_000, { some: false });
  const line = { track: "topaz", model: "anthropic/claude-sonnet-4-5", rows: 860_000, unknown: [], nusd };
  // Half and twice the ancestor's $5,405.10.
  expect(toSavedText(line)).toBe(
    "topaz left out: 860,000 rows, $2,702.55 to $10,810.20 not spent on anthropic/claude-sonnet-4-5 (estimated without reading them: rows as the loaders declare them, 695 tokens in and 280 out assumed)",
  );
  expect(toSavedText({ ...line, unknown: ["topaz/new"] })).toContain(
    "rows and those of topaz/new, which are not known,",
  );
  expect(assumeCosts(price, 860_000, { some: true })).toEqual({ low: 0, high: nusd.high });
  expect(toEstimateJson([], { saved: [line] })).toMatchObject({
    left_out: [{ track: "topaz", rows: 860_000, usd: { low: "2702.55", high: "10810.20" } }],
  });
});
