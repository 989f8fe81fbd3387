import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { toAncestorCosts } from "../../src/llm/estimate-example.ts";
import { formatUsd } from "../../src/llm/money.ts";
import { findPrice, readBundledPrices } from "../../src/llm/price-table.ts";
import { PROJECT } from "../support/planstream.ts";

const DOC = join(PROJECT, "docs", "costs.md");
const MODELS = [
  ...[
    "anthropic/claude-sonnet-4-5",
    "anthropic/claude-opus-5-5",
    "anthropic/claude-sonnet-5",
    "anthropic/claude-haiku-4-5",
  ],
  ...["openai/gpt-5", "openai/gpt-5-mini", "openai/gpt-6-luna", "openai/gpt-4o-mini", "openai/gpt-5-nano"],
  ...["google/gemini-2.5-flash-lite", "mistral/mistral-small-latest"],
];

it("shows the costs of the example as they are computed (UPDATE_DOCS=1 writes them)", () => {
  const doc = readFileSync(DOC, "utf8");
  const expected = doc.replace(
    /(<!-- ancestor: [^>]*-->\n)[\s\S]*?(<!-- \/ancestor -->)/,
    (_, start, end) => `${start}${toTable()}${end}`,
  );
  if (process.env.UPDATE_DOCS) writeFileSync(DOC, expected);
  expect(expected).toContain("| anthropic/claude-sonnet-4-5 | 3 / 15 | $5,405.10 | $2,702.55 |");
  expect(doc).toBe(expected);
});

function toTable(): string {
  const table = readBundledPrices();
  const rows = toAncestorCosts(table, MODELS).map(({ model, direct, batch }) => {
    const price = findPrice(table, model);
    const rates = `${price.in / 1_000} / ${price.out / 1_000}`;
    return [model, rates, formatUsd(direct), batch === undefined ? "no batches" : formatUsd(batch)];
  });
  const lines = [["model", "$ a million tokens in / out", "direct", "by batch"], ["---", "---", "--:", "--:"], ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
