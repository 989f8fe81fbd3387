import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DamageError, DefinitionError } from "../../src/contract/errors.ts";
import { readLedger } from "../../src/llm/ledger.ts";
import { type Llm, type LlmOptions, openLlm } from "../../src/llm/open-llm.ts";
import { toCheckedLine } from "../../src/schema/checked-line.ts";
import type { LedgerEvent } from "../../src/schema/ledger.ts";
import {
  askVerb,
  createScriptedProvider,
  DOLLAR,
  GOOD,
  PRICES,
  REPLY_NUSD,
  type Script,
  toDraft,
  toLlmOptions,
} from "../support/scripted-provider.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

const folder = createTemporaryFolder();
const makeDirectory = () => mkdtemp(join(folder, "llm-"));

function open(
  directory: string,
  more: Partial<LlmOptions> = {},
  script: Script = () => ({ text: GOOD }),
): Promise<Llm> {
  return openLlm(toLlmOptions(directory, createScriptedProvider(script), more));
}

const askFor = (llm: Llm, request: string) => llm.ask(askVerb, toDraft(request), { loader: "a/b" });

/** The folder's files and what is in them, without the lock. */
function readAll(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) => /jsonl$/.test(name));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(directory, name), "utf8")]));
}

/** Ends the ledger before its last `lines` lines, as if the process had been killed then. */
function cutLedger(directory: string, lines: number): void {
  const path = join(directory, "ledger.jsonl");
  const kept = readFileSync(path, "utf8").trimEnd().split("\n").slice(0, -lines);
  writeFileSync(path, kept.map((line) => `${line}\n`).join(""));
}

test("a second process is kept out, and let in when the first has closed", async () => {
  const directory = await makeDirectory();
  const llm = await open(directory);
  await expect(open(directory)).rejects.toThrow(/in use by another planstream \(process \d+\)/);
  await llm.close();
  await (await open(directory)).close();
});

test("the cap is the ledger's: a restart keeps it, lowering is free, raising must be said", async () => {
  const directory = await makeDirectory();
  await (await open(directory, { capNusd: 10 * DOLLAR })).close();
  const kept = await open(directory, { capNusd: undefined });
  expect(kept.books().capNusd).toBe(10 * DOLLAR);
  await kept.close();
  await (await open(directory, { capNusd: 4 * DOLLAR })).close();
  const before = readAll(directory);
  await expect(open(directory, { capNusd: 10 * DOLLAR })).rejects.toThrow(
    /--max-cost \$10.00 is above the ledger's cap of \$4.00, .* Add --raise-cap/,
  );
  expect(readAll(directory)).toEqual(before);
  await (await open(directory, { capNusd: 10 * DOLLAR, raiseCap: true, by: "Ada: the second batch" })).close();
  const changes: LedgerEvent[] = [];
  await readLedger(join(directory, "ledger.jsonl"), (event) => event.t === "cap" && changes.push(event));
  expect(changes).toMatchObject([
    { from: null, to: 10 * DOLLAR, by: "a test" },
    { from: 10 * DOLLAR, to: 4 * DOLLAR, by: "a test" },
    { from: 4 * DOLLAR, to: 10 * DOLLAR, by: "Ada: the second batch" },
  ]);
});

test("a restart can't reset what was spent", async () => {
  const directory = await makeDirectory();
  for (let run = 1; run <= 3; run++) {
    const llm = await open(directory, { capNusd: 5_000_000 });
    const asked = await Promise.allSettled(Array.from({ length: 5 }, (_, i) => askFor(llm, `row ${run}/${i}`)));
    expect(llm.books().settledNusd).toBe(Math.min(5 * run, 9) * REPLY_NUSD);
    if (run === 3) expect(asked.every(({ status }) => status === "rejected")).toBe(true);
    await llm.close();
  }
});

test("a hold left open is charged in full, once; one whose reply is in the cache, what that cost", async () => {
  const directory = await makeDirectory();
  const llm = await open(directory, {}, ({ messages }) =>
    messages[0]?.content === "lost" ? { kind: "unknown", detail: "reset" } : { text: GOOD },
  );
  await askFor(llm, "kept");
  await askFor(llm, "lost");
  await llm.close();
  cutLedger(directory, 1); // the settlement of "lost", tried twice
  const { fold } = await readLedger(join(directory, "ledger.jsonl"));
  const hold = fold.heldNusd;
  expect([...fold.open.keys()]).toEqual(["1-3"]);
  const again = await open(directory);
  expect(again.books()).toMatchObject({ settledNusd: REPLY_NUSD + 2 * hold, heldNusd: 0, spentNusd: 0 });
  await again.close();

  const other = await makeDirectory();
  const first = await open(other);
  await askFor(first, "kept");
  await first.close();
  cutLedger(other, 1);
  const second = await open(other);
  expect(second.books()).toMatchObject({ settledNusd: REPLY_NUSD, heldNusd: 0 });
  expect(await askFor(second, "kept")).toMatchObject({ kind: "reply", uses: [{ cached: true }] });
  await second.close();
  const third = await open(other);
  expect(third.books()).toMatchObject({ settledNusd: REPLY_NUSD, heldNusd: 0 });
  await third.close();
});

test("a ledger that ends before what the cache was paid with is damaged: nothing is touched or sent", async () => {
  const directory = await makeDirectory();
  const llm = await open(directory);
  await askFor(llm, "one");
  await askFor(llm, "two");
  await llm.close();
  cutLedger(directory, 2); // the whole of the second request
  const before = readAll(directory);
  await expect(open(directory)).rejects.toThrow(DamageError);
  await expect(open(directory)).rejects.toThrow(/ends before hold 1-2, whose reply is in the cache/);
  expect(readAll(directory)).toEqual(before);
});

test("a cache may be taken to another place, without the ledger: its replies cost nothing there", async () => {
  const directory = await makeDirectory();
  const llm = await open(directory);
  await askFor(llm, "one");
  await llm.close();
  const other = await makeDirectory();
  cpSync(join(directory, "cache"), join(other, "cache"), { recursive: true });
  const there = await open(other, { capNusd: undefined });
  expect(await askFor(there, "one")).toMatchObject({ kind: "reply", uses: [{ cached: true }] });
  expect(there.books()).toMatchObject({ settledNusd: 0, savedNusd: REPLY_NUSD });
  await there.close();
});

test("damage in ledger or cache: refused, and nothing is touched", async () => {
  const directory = await makeDirectory();
  const llm = await open(directory);
  for (let i = 0; i < 5; i++) await askFor(llm, `row ${i}`);
  await llm.close();
  const whole = readAll(directory);
  for (const [name, text] of Object.entries(whole)) {
    const path = join(directory, name);
    writeFileSync(path, text.replace(/"at":"2/, '"at":"3'));
    appendFileSync(join(directory, "ledger.jsonl"), '{"torn');
    const before = readAll(directory);
    await expect(open(directory), name).rejects.toThrow(DamageError);
    expect(readAll(directory)).toEqual(before);
    for (const [other, content] of Object.entries(whole)) writeFileSync(join(directory, other), content);
  }
  await (await open(directory)).close();
});

test("a batch's hold stays open over restarts, and counts", async () => {
  const directory = await makeDirectory();
  await (await open(directory, { capNusd: 3_000_000 })).close();
  const path = join(directory, "ledger.jsonl");
  const { check } = await readLedger(path);
  const reserve = { t: "reserve", at: "2026-11-20T12:00:00Z", id: "1-1", key: "0".repeat(64), nusd: 2_000_000 };
  appendFileSync(path, toCheckedLine(check, { ...reserve, model: "a/b", mode: "batch", loader: "a/b" }).line);
  const llm = await open(directory, { capNusd: undefined });
  expect(llm.books()).toMatchObject({ settledNusd: 0, heldNusd: 2_000_000 });
  await expect(askFor(llm, "row")).rejects.toMatchObject({ stop: "cap_reached" });
  await llm.close();
});

test("unknown models, and models that cost nothing elsewhere, are refused before anything is made", async () => {
  const directory = join(await makeDirectory(), "never");
  await expect(open(directory, { model: "scripted/modle" })).rejects.toThrow(/No price is known/);
  const free = { ...PRICES, models: { "scripted/free": { in: 0, out: 0, tiers: [], tokenizer: "o200k" as const } } };
  const remote = { ...createScriptedProvider(() => ({ text: GOOD })), host: "models.example.org:443" };
  await expect(open(directory, { model: "scripted/free", prices: free, provider: remote })).rejects.toThrow(
    DefinitionError,
  );
  expect(existsSync(directory)).toBe(false);
  const trusted = { model: "scripted/free", prices: free, provider: remote, trustZeroPrice: true, capNusd: undefined };
  const llm = await open(directory, trusted);
  expect(await askFor(llm, "row")).toMatchObject({ kind: "reply" });
  expect(llm.books()).toMatchObject({ capNusd: undefined, settledNusd: 0 });
  await llm.close();
});

test("killed at any moment, billed <= ledger <= cap, and no reply on disk is paid for again", async () => {
  const directory = await makeDirectory();
  let billed = 0;
  const copies: { readonly directory: string; readonly billed: number }[] = [];
  const llm = await open(directory, { capNusd: 60_000_000 }, async (_, number) => {
    billed += REPLY_NUSD;
    // A copy of the folder now is what a kill now would leave: the cache first, since the ledger is always ahead of it.
    if (number % 24 === 4) {
      const copy = `${directory}-${number}`;
      cpSync(join(directory, "cache"), join(copy, "cache"), { recursive: true });
      const billedBefore = billed;
      cpSync(join(directory, "ledger.jsonl"), join(copy, "ledger.jsonl"));
      copies.push({ directory: copy, billed: billedBefore });
    }
    await new Promise((done) => setTimeout(done, number % 4));
    if (number % 7 === 3) return { kind: "unknown", detail: "reset" };
    const raw = JSON.stringify({ text: GOOD, stop: "end", usage: { in: 100, out: 50 } });
    return { kind: "reply", raw, reply: { text: GOOD, stop: "end", usage: { in: 100, out: 50 } } };
  });
  await Promise.allSettled(Array.from({ length: 120 }, (_, i) => askFor(llm, `row ${i}`)));
  const books = llm.books();
  expect([billed <= books.settledNusd, books.settledNusd <= 60_000_000, books.heldNusd]).toEqual([true, true, 0]);
  await llm.close();
  expect(copies.length).toBeGreaterThan(3);

  for (const copy of copies) {
    const { bytes } = await readLedger(join(copy.directory, "ledger.jsonl"));
    expect(bytes).toBeGreaterThan(0);
    const stored = Object.entries(readAll(join(copy.directory, "cache"))).flatMap(
      ([, text]) => text.match(/\n/g) ?? [],
    );
    let sent = 0;
    const again = await open(copy.directory, { capNusd: DOLLAR, raiseCap: true }, () => {
      sent += 1;
      return { text: GOOD };
    });
    expect(copy.billed).toBeLessThanOrEqual(again.books().settledNusd);
    expect(again.books().settledNusd).toBeLessThanOrEqual(60_000_000);
    const asked = await Promise.all(Array.from({ length: 120 }, (_, i) => askFor(again, `row ${i}`)));
    expect(asked.filter(({ kind }) => kind === "reply").length).toBeGreaterThan(100);
    expect(sent).toBe(120 - stored.length);
    expect(again.books().spentNusd).toBe(sent * REPLY_NUSD);
    await again.close();
    rmSync(copy.directory, { recursive: true });
  }
});
