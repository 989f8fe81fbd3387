import { describe, expect, it } from "vitest";
import { isDrop, type Loader, type RowPlace } from "#contract";
import { makeRow, type Synthetic, type SyntheticRow } from "../support/synthetic.ts";
import { MIX, type MixDataset, toScaled } from "./bench-mix.ts";
import { toBenchSynthetic } from "./bench-rows.ts";

const ROWS = 600;

async function makeRows(dataset: MixDataset, rows = ROWS): Promise<SyntheticRow[]> {
  const { default: synthetic }: { default: Synthetic } = await import(
    new URL(`../synthetic/${dataset.id}.ts`, import.meta.url).href
  );
  const bench = toBenchSynthetic(dataset, synthetic);
  const { config, split } = bench.files[0]!;
  return Array.from({ length: rows }, (_, index) => {
    return makeRow(bench, { config, split, index }, { clean: true }) as SyntheticRow;
  });
}

async function readLoader(id: string): Promise<Loader> {
  return ((await import(new URL(`../../loaders/${id}.ts`, import.meta.url).href)) as { default: Loader }).default;
}

describe.each(MIX)("$id", (dataset) => {
  it("gives the samples that the mix counts on", async () => {
    const loader = await readLoader(dataset.id);
    const { config, split } = { config: loader.configs?.[0] ?? "default", split: loader.splits?.[0] ?? "train" };
    const rows = await makeRows(dataset);
    const made = rows.map((row, index) => {
      const at: RowPlace = { config, split, file: "", row: index };
      return loader.toDraft(loader.row.parse(row), at);
    });
    expect(made.filter((draft) => !Array.isArray(draft))).toHaveLength(ROWS);
    const { samples } = toScaled(dataset, ROWS / dataset.rows);
    expect(made.filter((draft) => !isDrop(draft as never))).toHaveLength(samples);
  });

  it("gives the same rows each time", async () => {
    expect(await makeRows(dataset, 20)).toEqual(await makeRows(dataset, 20));
  });
});

it.each([
  ["quartz/xlam", 1_602],
  ["jasper/openhermes", 1_933],
  ["opal/mmau", 3_299],
])("%s has rows of the real size", async (id, bytes) => {
  const rows = await makeRows(MIX.find((one) => one.id === id)!, 3_000);
  const mean = rows.reduce((sum, row) => sum + Buffer.byteLength(toJson(row)), 0) / rows.length;
  expect(mean / bytes).toBeGreaterThan(0.9);
  expect(mean / bytes).toBeLessThan(1.1);
});

it("repeats hardly a request", async () => {
  for (const [id, column] of [
    ["jasper/ultrachat", "prompt"],
    ["jasper/helpful-instructions", "instruction"],
    ["quartz/xlam", "query"],
  ] as const) {
    const rows = await makeRows(MIX.find((one) => one.id === id)!, 3_000);
    expect(new Set(rows.map((row) => row[column])).size).toBe(rows.length);
  }
});

function toJson(row: SyntheticRow): string {
  return JSON.stringify(row, (_, value) => (typeof value === "bigint" ? String(value) : value));
}
