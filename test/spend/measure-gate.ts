import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLedger } from "../../src/llm/ledger.ts";
import { createMockProvider } from "../../src/llm/mock-provider.ts";
import { openLlm } from "../../src/llm/open-llm.ts";
import { askIntent, toRow } from "./questions.ts";

// node --expose-gc test/spend/measure-gate.ts [ROWS] [AT_ONCE]: asks the mock model about so many rows (100,000, 16 at
// once), on the real disk, and prints reservations a second and the memory at each tenth.

const rows = Number(process.argv[2] ?? 100_000);
const atOnce = Number(process.argv[3] ?? 16);
const folder = mkdtempSync(join(tmpdir(), "planstream-gate-"));
const llm = await openLlm({
  directory: folder,
  run: "measure",
  provider: createMockProvider(),
  model: "mock/model",
  prices: {
    schema: "planstream/prices/1",
    as_of: "2026-11-01",
    source: "made to measure",
    models: { "mock/model": { in: 1_000, out: 5_000, tiers: [], tokenizer: "o200k" } },
  },
  capNusd: 1_000_000_000_000_000,
  by: "the measurement",
  concurrencyMax: atOnce,
});
const toMib = (bytes: number) => Math.round(bytes / 2 ** 20);
const memory: { rows: number; heapMib: number; rssMib: number }[] = [];
const started = performance.now();
let next = 0;
let answered = 0;
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    while (next < rows) {
      // Row numbers repeat every eleventh time; here each is to be a question of its own.
      const { request = "" } = toRow(1, 0);
      const draft = { request: `${request} ${next++}`, nodes: [] };
      const answer = await llm.ask(askIntent, draft, { loader: "spend/measure" });
      if (answer.kind === "reply") answered += 1;
      if (next % Math.ceil(rows / 10) === 0) note();
    }
  }),
);
const seconds = (performance.now() - started) / 1000;
await llm.close();
const { fold } = await readLedger(join(folder, "ledger.jsonl"));
const held = fold.lastHold[1];
rmSync(folder, { recursive: true, force: true });
const perSecond = Math.round(held / seconds);
process.stdout.write(
  `${memory.map((at) => `${String(at.rows).padStart(8)} rows  heap ${at.heapMib} MiB  rss ${at.rssMib} MiB`).join("\n")}\n` +
    `${held} reservations for ${answered} answers, ${atOnce} at once, each on disk before it was sent: ${perSecond} a second\n`,
);
process.exitCode = perSecond >= 3_000 ? 0 : 1;

function note(): void {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  if (memory.at(-1)?.rows !== next) memory.push({ rows: next, heapMib: toMib(heapUsed), rssMib: toMib(rss) });
}
