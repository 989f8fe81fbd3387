import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { addSpend } from "../../src/cli/spend.ts";
import { toCsvCell } from "../../src/cli/spend-text.ts";
import { type Account, BOOK_KEYS, createBooks } from "../../src/llm/books.ts";
import { openLedger, readLedger } from "../../src/llm/ledger.ts";
import { toCheckedLine } from "../../src/schema/checked-line.ts";
import type { LedgerEvent } from "../../src/schema/ledger.ts";
import { runCommand } from "../support/run-command.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

const folder = createTemporaryFolder();
const KEY = "a".repeat(64);
const at = (day: number) => `2026-11-${String(day).padStart(2, "0")}T23:59:59Z`;
const opened = (run: string, day = 1): LedgerEvent => ({
  t: "open",
  at: at(day),
  ledger: "0123456789abcdef",
  run,
  prices_sha256: KEY,
});
const held = (id: string, nusd: number, rest: Partial<LedgerEvent & { t: "reserve" }> = {}): LedgerEvent => ({
  ...{
    t: "reserve",
    at: at(1),
    id,
    key: KEY,
    nusd,
    model: "openai/gpt-5-mini",
    mode: "direct",
    loader: "topaz/lmsys",
    ...rest,
  },
});
const settled = (
  id: string,
  nusd: number,
  why: "ok" | "free" | "unknown" | "orphan" | "batch",
  day = 1,
): LedgerEvent => ({
  ...{ t: "settle", at: at(day), id, nusd, why },
  ...(why === "ok" && { usage: { in: 100, out: 20, cache_read: 5 } }),
});

/** Two runs over two days: one reply, one free attempt, one lost, one open, one orphan settled a day later. */
const EVENTS: readonly LedgerEvent[] = [
  opened("tier1"),
  { t: "cap", at: at(1), from: null, to: 12_500_000_000, by: "--max-cost" },
  held("1-1", 1_000_000_000),
  settled("1-1", 400_000_001, "ok"),
  held("1-2", 1_000_000_000),
  settled("1-2", 0, "free"),
  held("1-3", 2_000_000_000, { loader: "topaz/wildchat" }),
  settled("1-3", 2_000_000_000, "unknown"),
  held("1-4", 500_000_000, { model: "anthropic/claude-haiku-4-5" }),
  opened("=cmd|'/c calc'!A1", 2),
  settled("1-4", 500_000_000, "orphan", 2),
  held("2-1", 3_000_000_000, { at: at(2), mode: "batch" }),
  { t: "cached", at: at(2), model: "openai/gpt-5-mini", loader: "topaz/lmsys", calls: 7, nusd: 2_800_000_000 },
];

function toBooks(events: readonly LedgerEvent[]) {
  const books = createBooks();
  for (const event of events) books.add(event);
  return books.toBooks();
}

const none: Account = {
  calls: 0,
  reserved: 0,
  open: 0,
  settled: 0,
  unknown: 0,
  cached: 0,
  saved: 0,
  tokens_in: 0,
  tokens_out: 0,
};

it("tells by day what was spent, lost, held and saved; a hold is of the day it was taken", () => {
  const books = toBooks(EVENTS);
  expect(books.cap).toBe(12_500_000_000);
  expect(books.by.day).toEqual([
    {
      name: "2026-11-01",
      account: {
        ...none,
        calls: 4,
        reserved: 4_500_000_000,
        settled: 400_000_001,
        unknown: 2_500_000_000,
        tokens_in: 105,
        tokens_out: 20,
      },
    },
    {
      name: "2026-11-02",
      account: { ...none, calls: 1, reserved: 3_000_000_000, open: 3_000_000_000, cached: 7, saved: 2_800_000_000 },
    },
  ]);
  expect(books.total.spent).toBe(400_000_001 + 2_500_000_000 + 3_000_000_000);
  expect(books.by.model.map(({ name, account }) => [name, account.unknown])).toEqual([
    ["anthropic/claude-haiku-4-5", 500_000_000],
    ["openai/gpt-5-mini", 2_000_000_000],
  ]);
  expect(books.by.loader.map(({ name, account }) => [name, account.calls])).toEqual([
    ["topaz/lmsys", 4],
    ["topaz/wildchat", 1],
  ]);
  expect(books.by.mode.map(({ name, account: { calls, cached } }) => [name, calls, cached])).toEqual([
    ["batch", 1, 0],
    ["cache", 0, 7],
    ["direct", 4, 0],
  ]);
  // The orphan's settlement stands in the second run, its money belongs to the first.
  expect(books.by.run.map(({ account }) => account.unknown)).toEqual([0, 2_500_000_000]);
});

it("adds up the same by whatever it is told, and nothing gets lost", () => {
  const call = fc.record({
    nusd: fc.nat({ max: 10 ** 9 }),
    model: fc.constantFrom("a/x", "b/y", "__proto__/z"),
    loader: fc.constantFrom("t/one", "__proto__", "constructor"),
    day: fc.integer({ min: 1, max: 3 }),
    end: fc.constantFrom("ok", "free", "unknown", "orphan", "open"),
  });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 40 }), (calls) => {
      const events = calls.flatMap(({ nusd, end, day, ...names }, i): LedgerEvent[] => {
        const cost = end === "free" ? 0 : end === "ok" ? Math.floor(nusd / 2) : nusd;
        const hold = held(`1-${i}`, nusd, { ...names, at: at(day) });
        return end === "open" ? [hold] : [hold, settled(`1-${i}`, cost, end, day)];
      });
      const { total, by } = toBooks([opened("r"), ...events]);
      for (const key of BOOK_KEYS) {
        for (const column of Object.keys(none) as (keyof Account)[]) {
          expect(by[key].reduce((sum, { account }) => sum + account[column], 0)).toBe(total[column]);
        }
      }
      expect(total.reserved).toBe(calls.reduce((sum, { nusd }) => sum + nusd, 0));
      expect(total.open).toBe(calls.reduce((sum, { nusd, end }) => sum + (end === "open" ? nusd : 0), 0));
      expect(total.calls).toBe(calls.length);
    }),
    { seed: 66, numRuns: 200 },
  );
});

function writeLedger(name: string, events: readonly LedgerEvent[]): string {
  const directory = join(folder, name);
  mkdirSync(directory);
  let check = "";
  for (const event of events) {
    const next = toCheckedLine(check, event);
    check = next.check;
    appendFileSync(join(directory, "ledger.jsonl"), next.line);
  }
  return directory;
}

const run = (...args: string[]) => runCommand(addSpend, ["spend", ...args]);

it("prints the books of a ledger without touching it, torn last line and all", async () => {
  const directory = writeLedger("torn", EVENTS);
  const path = join(directory, "ledger.jsonl");
  appendFileSync(path, '{"check":"0000');
  const before = readFileSync(path);
  const { stdout, exitCode } = await run(directory, "--by", "model");
  expect(exitCode).toBe(0);
  const [head, open, unknown, saved, , titles, haiku, mini, all] = stdout.split("\n");
  expect(head).toBe("spent $5.90 of a cap of $12.50, $6.60 left");
  expect(open).toMatch(/^\$3\.00 is held for calls under way/);
  expect(unknown).toMatch(/^\$2\.50 is charged in full/);
  expect(saved).toBe("$2.80 was saved by the cache.");
  expect(titles).toMatch(/^model +calls +tokens in +tokens out +spent +settled +unknown +open +cached +saved$/);
  expect(haiku).toMatch(/^anthropic\/claude-haiku-4-5 +1 +0 +0 +\$0\.50 +\$0\.00 +\$0\.50 +\$0\.00 +0 +\$0\.00$/);
  expect(mini).toMatch(/^openai\/gpt-5-mini +4 +105 +20 +\$5\.40 +\$0\.40 +\$2\.00 +\$3\.00 +7 +\$2\.80$/);
  expect(all).toMatch(/^all +5 +105 +20 +\$5\.90 /);
  expect(readFileSync(path)).toEqual(before);
  expect(existsSync(join(directory, "lock"))).toBe(false);
});

it("writes exact amounts as JSON", async () => {
  const { stdout } = await run(writeLedger("json", EVENTS), "--json");
  const books = JSON.parse(stdout) as {
    cap_usd: string;
    total: Record<string, unknown>;
    by: Record<string, unknown[]>;
  };
  expect(books.cap_usd).toBe("12.50");
  expect(books.total).toEqual({
    ...{ calls: 5, tokens_in: 105, tokens_out: 20, cached: 7, spent_usd: "5.900000001", settled_usd: "0.400000001" },
    ...{ unknown_usd: "2.50", open_usd: "3.00", reserved_usd: "7.50", saved_usd: "2.80" },
  });
  expect(Object.keys(books.by)).toEqual(["run", "model", "mode", "loader", "day"]);
  expect(books.by.day?.[0]).toMatchObject({ day: "2026-11-01", calls: 4, unknown_usd: "2.50" });
});

it("writes no sign that a terminal acts on", async () => {
  const events = [opened("tier1\u001b[31m,\r\nred"), held("1-1", 1)];
  const { stdout } = await run(writeLedger("signs", events), "--csv", "--by", "run");
  expect(stdout.split("\r\n")[1]).toMatch(/^run,"tier1\\u001b\[31m,\\r\\nred",1,/);
});

it("writes CSV that a spreadsheet does not take for a formula", async () => {
  const { stdout } = await run(writeLedger("csv", EVENTS), "--csv", "--by", "run");
  expect(stdout.split("\r\n")).toEqual([
    "group,name,calls,tokens_in,tokens_out,cached,spent_usd,settled_usd,unknown_usd,open_usd,reserved_usd,saved_usd",
    "run,'=cmd|'/c calc'!A1,1,0,0,7,3.00,0.00,0.00,3.00,3.00,2.80",
    "run,tier1,4,105,20,0,2.900000001,0.400000001,2.50,0.00,4.50,0.00",
    "",
  ]);
});

it.each([
  ["plain", "plain"],
  ["a,b", '"a,b"'],
  ['say "no"', '"say ""no"""'],
  ["two\r\nlines", '"two\r\nlines"'],
  ["=1+1", "'=1+1"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t=1"],
  [" =1,2", '"\' =1,2"'],
  ["\uff1d1", "'\uff1d1"],
  ["2026-11-01", "2026-11-01"],
])("writes the cell %j as %j", (cell, text) => {
  expect(toCsvCell(cell)).toBe(text);
});

it("names what is wrong: no ledger, a changed one, no such group", async () => {
  await expect(run(join(folder, "nowhere"))).rejects.toThrow(/nowhere\/ledger\.jsonl is not there: no model was asked/);
  const directory = writeLedger("changed", EVENTS);
  const path = join(directory, "ledger.jsonl");
  writeFileSync(path, readFileSync(path, "utf8").replace("400000001", "400000000"));
  await expect(run(directory)).rejects.toMatchObject({ name: "DamageError" });
  await expect(run(directory, "--by", "colour")).rejects.toThrow(/"colour" is none of run, model, mode, loader, day/);
});

it("reads a ledger that a run is writing, and what the run holds", async () => {
  const directory = join(folder, "live");
  mkdirSync(directory);
  const path = join(directory, "ledger.jsonl");
  const now = () => new Date("2026-11-03T10:00:00Z");
  const ledger = await openLedger(path, await readLedger(path), { run: "tier1", pricesSha256: KEY, now });
  try {
    await ledger.append([{ t: "cap", from: null, to: 5_000_000_000, by: "--max-cost" }]);
    const hold = { id: "1-1", key: KEY, nusd: 2_000_000_000, model: "a/b", mode: "direct" as const, loader: "t/one" };
    await ledger.hold({ t: "reserve", ...hold });
    expect((await run(directory)).stdout).toMatch(/^spent \$2\.00 of a cap of \$5\.00, \$3\.00 left\n\$2\.00 is held/);
    await ledger.append([{ t: "settle", id: "1-1", nusd: 250_000_000, why: "ok", usage: { in: 9, out: 1 } }]);
    expect((await run(directory)).stdout).toMatch(/^spent \$0\.25 of a cap of \$5\.00, \$4\.75 left\n\nrun /);
  } finally {
    await ledger.close();
  }
});

it("says that nothing can be asked while there is no cap", async () => {
  const { stdout } = await run(writeLedger("capless", EVENTS.slice(0, 1)), "--by", "day");
  expect(stdout).toContain("spent $0.00; no cap is set, so nothing that costs can be asked\n");
});
