import { expect, it } from "vitest";
import { estimate } from "../../src/llm/estimate.ts";
import { findPrice, readBundledPrices } from "../../src/llm/price-table.ts";
import { ANSWER_LENGTHS, simulate } from "../support/simulated-answers.ts";

const TRIALS = 100;
const price = findPrice(readBundledPrices(), "anthropic/claude-sonnet-4-5");
const rules = { rows: 2_500, probeRows: 100, price, maxTokens: 4_000 };

/** ESTIMATE_SEED tries other seeds. */
const seed = Number(process.env.ESTIMATE_SEED ?? 1);

it.each(Object.entries(ANSWER_LENGTHS))("holds the actual cost in nine of ten runs: %s", (_, answers) => {
  let [inside, above, spent, expected] = [0, 0, 0, 0];
  for (let trial = 0; trial < TRIALS; trial++) {
    const mode = trial % 2 === 0 ? "direct" : "batch";
    const { census, probe, actual } = simulate(answers, { ...rules, mode, seed: seed * 1_000 + trial });
    const { nusd } = estimate({ census, probe, price, mode, maxTokens: rules.maxTokens, countError: 0 });
    if (nusd.low <= actual && actual <= nusd.high) inside++;
    if (actual > nusd.worst) above++;
    spent += actual;
    expected += nusd.expected;
    expect(nusd.low).toBeLessThanOrEqual(nusd.expected);
    expect(nusd.expected).toBeLessThanOrEqual(nusd.high);
    expect(nusd.high).toBeLessThanOrEqual(nusd.worst);
  }
  expect(inside).toBeGreaterThanOrEqual(85);
  expect(above).toBe(0);
  // Over many runs neither too high nor too low.
  expect(spent / expected).toBeGreaterThan(0.9);
  expect(spent / expected).toBeLessThan(1.1);
});
