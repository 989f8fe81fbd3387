import { describe, expect, it } from "vitest";
import type { SliceResult, SliceTask } from "../../src/pool/slice-task.ts";
import { sumCounts } from "../../src/schema/tally.ts";
import { cutLines, findEscape, findLineFault } from "../support/check-lines.ts";
import {
  importSynthetic,
  isSound,
  listLoaderNames,
  makePoisonFile,
  type PoisonFormat,
} from "../support/poison-files.ts";
import { runFile } from "../support/poison-slices.ts";

// Poisoned rows of every loader, in every format that holds them, through the worker's own code.

const SEED = 20_261_120;
const ROWS = 60;
const builtIn = Reflect.ownKeys(Object.prototype);

describe.each(listLoaderNames())("%s", async (name) => {
  const synthetic = await importSynthetic(name);
  const { kind } = synthetic.format;
  const formats: PoisonFormat[] = kind === "parquet" ? ["parquet", "json-lines"] : [kind];
  const { config, split } = synthetic.files[0]!;

  it.each(formats)("accounts for each row, and writes what any parser reads the same way: %s", async (format) => {
    const { bytes } = makePoisonFile(synthetic, { config, split, rows: ROWS, seed: SEED, format });
    const results = await runAll(name, bytes);
    const counted = results.reduce((sum, { tally }) => sum + tally.rows_read, 0);
    expect(counted).toBe(ROWS);
    const places: number[] = [];
    for (const { tally, samples, quarantine } of results) {
      expect(tally.samples + sumCounts(tally.dropped) + sumCounts(tally.quarantined)).toBe(
        tally.rows_read + tally.added,
      );
      expect(Object.keys(tally.quarantined)).not.toContain("draft_failed");
      expect(Object.keys(tally.quarantined)).not.toContain("derive_failed");
      for (const line of cutLines(samples)) {
        const { row, value } = readPlace(line);
        expect([findLineFault(line), findEscape(value, name, row)]).toEqual([undefined, undefined]);
        places.push(row);
      }
      for (const line of cutLines(quarantine)) {
        expect(findLineFault(line)).toBeUndefined();
        places.push(readPlace(line).row);
      }
    }
    expect(new Set(places).size).toBe(places.length);
    const dropped = results.reduce((sum, { tally }) => sum + sumCounts(tally.dropped), 0);
    expect(places.length + dropped).toBe(ROWS);
    expect(Reflect.ownKeys(Object.prototype)).toEqual(builtIn);
  });

  it.each(formats)("makes the same of sound rows without the poison around them: %s", async (format) => {
    const options = { config, split, rows: ROWS, seed: SEED, format };
    const beside = readSound(await runAll(name, makePoisonFile(synthetic, options).bytes));
    const alone = readSound(await runAll(name, makePoisonFile(synthetic, { ...options, healthy: true }).bytes));
    expect(beside).toEqual(alone);
    expect(alone.length).toBeGreaterThan(ROWS / 8);
  });

  it.skipIf(kind !== "json-lines" && kind !== "parquet")("makes the same of each row in whichever order", async () => {
    const { bytes } = makePoisonFile(synthetic, { config, split, rows: ROWS, seed: SEED + 1, format: "json-lines" });
    const forward = readLines(await runAll(name, bytes));
    const backward = readLines(await runAll(name, bytes, toReversed));
    expect(backward).toEqual(forward);
  });
});

async function runAll(
  name: string,
  bytes: Uint8Array,
  change?: (task: SliceTask) => SliceTask,
): Promise<SliceResult[]> {
  const outcomes = await runFile(name, bytes, change);
  return outcomes.map((outcome) => {
    if (outcome.kind === "done") return outcome;
    throw new Error(`a slice did not end: ${JSON.stringify(outcome)}`);
  });
}

function readPlace(line: Uint8Array): { row: number; value: unknown } {
  const value = JSON.parse(Buffer.from(line).toString("utf8")) as {
    source?: { row: number };
    metadata?: { source: { row: number } };
  };
  return { value, row: (value.source ?? value.metadata!.source).row };
}

function readSound(results: readonly SliceResult[]): string[] {
  const lines = results.flatMap(({ samples }) => cutLines(samples));
  return lines.filter((line) => isSound(readPlace(line).row)).map((line) => Buffer.from(line).toString("utf8"));
}

/** Samples and quarantine by row. */
function readLines(results: readonly SliceResult[]): string[] {
  const lines = results.flatMap(({ samples, quarantine }) => [...cutLines(samples), ...cutLines(quarantine)]);
  const placed = lines.map((line) => ({ row: readPlace(line).row, text: Buffer.from(line).toString("utf8") }));
  return placed.sort((a, b) => a.row - b.row).map(({ text }) => text);
}

/** The same rows from the last to the first. */
function toReversed(task: SliceTask): SliceTask {
  const { payload } = task;
  if (payload.kind !== "text") throw new TypeError("only rows of text can be put in another order");
  const count = payload.rowIndexes.length;
  const bounds = payload.bounds.map((_, i) => payload.bounds[2 * (count - 1 - (i >> 1)) + (i & 1)] as number);
  return { ...task, payload: { ...payload, bounds, rowIndexes: payload.rowIndexes.toReversed() } };
}
