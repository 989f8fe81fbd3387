import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readLedger } from "../../src/llm/ledger.ts";
import { PROJECT, planstream, readManifest } from "../support/planstream.ts";
import type { Synthetic } from "../support/synthetic.ts";
import { writeDataset } from "../support/write-dataset.ts";
import wildchat from "../synthetic/topaz/wildchat.ts";

// node test/spend/run-mock.ts [--rows N] [--at-once N] [-- options of node]: makes N conversations (100,000; once, below
// data/spend-mock), runs the whole of tier1 on a tenth of them and on all, asking a local model that draws its answers
// about each, and prints reservations a second and peak memory. Every reservation is on disk before its request is sent,
// every reply before it is settled. Fails if the books don't add up or memory grows with the rows.

/** In row groups as the Hub's own library writes them. */
const CHATS: Synthetic = { ...wildchat, format: { ...wildchat.format, rowGroupRows: 1_000 } as Synthetic["format"] };
const FOLDER = join(PROJECT, "data", "spend-mock");
const PRICES = join(FOLDER, "prices.json");
/** Peak memory of all rows over that of a tenth: more would be something that grows with them. */
const GROWTH_MAX = 1.25;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: "string", default: "100000" }, "at-once": { type: "string" } },
});
const rowsAll = Number(values.rows);
if (!Number.isSafeInteger(rowsAll) || rowsAll < 1_000) throw new Error(`--rows ${values.rows}: expected 1,000 or more`);
const atOnce = values["at-once"];
mkdirSync(FOLDER, { recursive: true });
const model = { in: 0, out: 0, tiers: [], tokenizer: "other", local: true, as_of: "given" };
const table = { schema: "planstream/prices/1", as_of: "2026-11-01", source: "a model of our own" };
writeFileSync(PRICES, JSON.stringify({ ...table, models: { "mock/local": model } }));

const [tenth, all] = [await measure(Math.round(rowsAll / 10)), await measure(rowsAll)];
const growth = all.peakBytes / tenth.peakBytes;
process.stdout.write(`Ten times the rows take ${growth.toFixed(2)} times the memory.\n`);
process.exitCode = growth > GROWTH_MAX ? 1 : 0;

async function measure(rows: number): Promise<{ peakBytes: number }> {
  const hub = join(FOLDER, `hub-${rows}`);
  const marker = join(hub, "whole");
  if (!existsSync(marker)) {
    writeDataset(hub, CHATS, { rows, clean: true });
    writeFileSync(marker, "");
  }
  const [output, books] = [join(FOLDER, "run"), join(FOLDER, "books")];
  for (const folder of [output, books]) rmSync(folder, { recursive: true, force: true });
  const args = ["tier1", "--hub", hub, "--loader", "topaz/wildchat", "--output", output, "--llm", "all"];
  const more = ["--model", "mock/local", "--prices", PRICES, "--llm-folder", books];
  const ended = await planstream([...args, ...more, ...(atOnce ? ["--llm-requests", atOnce] : [])], {
    nodeOptions: positionals,
  });
  if (ended.code !== 0) throw new Error(ended.stderr);
  const holds = await countHolds(join(books, "ledger.jsonl"));
  const { totals } = readManifest(output);
  const run = JSON.parse(readFileSync(join(output, "run.json"), "utf8")) as { peak_rss_bytes: number; wall_s: number };
  for (const folder of [output, books]) rmSync(folder, { recursive: true, force: true });
  process.stdout.write(
    `${totals.rows_read} conversations, ${totals.samples} samples in ${run.wall_s.toFixed(1)} s: ${holds} reservations, ` +
      `${Math.round(holds / run.wall_s)} a second; peak ${(run.peak_rss_bytes / 1e6).toFixed(0)} MB ` +
      `(load average ${loadavg()[0]?.toFixed(1)})\n`,
  );
  return { peakBytes: run.peak_rss_bytes };
}

/** The ledger's reservations, each of which must be settled, for a reply. */
async function countHolds(path: string): Promise<number> {
  let [held, settled] = [0, 0];
  const { fold } = await readLedger(path, (event) => {
    if (event.t === "reserve") held += 1;
    if (event.t === "settle" && event.why === "ok") settled += 1;
  });
  if (held === settled && fold.open.size === 0) return held;
  throw new Error(`${held} reservations, ${settled} settled for a reply, ${fold.open.size} open`);
}
