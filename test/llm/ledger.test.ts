import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DamageError } from "../../src/contract/errors.ts";
import { openAppendLog } from "../../src/llm/append-log.ts";
import { type NewLedgerEvent, openLedger, readLedger } from "../../src/llm/ledger.ts";
import { toCheckedLine } from "../../src/schema/checked-line.ts";
import type { LedgerEvent } from "../../src/schema/ledger.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

const folder = createTemporaryFolder();
const KEY = "ab".repeat(32);
const OPENING = { run: "nightly", pricesSha256: "0".repeat(64), now: () => new Date("2026-11-20T09:08:07.654Z") };

type NewReserve = Extract<NewLedgerEvent, { t: "reserve" }>;
const toReserve = (id: string, nusd: number): NewReserve => ({
  ...{ t: "reserve", id, key: KEY, nusd, model: "a/b", mode: "direct", loader: "topaz/x" },
});

/** A ledger with $10 cap, one hold settled for less, one free, one open. */
async function write(name: string): Promise<string> {
  const path = join(folder, name);
  const ledger = await openLedger(path, await readLedger(path), OPENING);
  await ledger.append([{ t: "cap", from: null, to: 10_000, by: "Ada, by --max-cost" }]);
  await ledger.hold(toReserve("1-1", 500));
  await ledger.append([{ t: "settle", id: "1-1", nusd: 120, usage: { in: 20, out: 2 }, why: "ok" }]);
  await ledger.hold(toReserve("1-2", 700));
  await ledger.append([{ t: "settle", id: "1-2", nusd: 0, why: "free" }]);
  await ledger.hold(toReserve("1-3", 900));
  await ledger.close();
  return path;
}

test("a ledger read again stands where it was left, and goes on", async () => {
  const path = await write("whole");
  const events: LedgerEvent[] = [];
  const content = await readLedger(path, (event) => events.push(event));
  expect(content.fold).toMatchObject({
    capNusd: 10_000,
    settledNusd: 120,
    heldNusd: 900,
    openings: 1,
    lastHold: [1, 3],
  });
  expect([...content.fold.open.keys()]).toEqual(["1-3"]);
  expect(events.map(({ t }) => t)).toEqual(["open", "cap", "reserve", "settle", "reserve", "settle", "reserve"]);
  expect(events[0]).toEqual({
    ...{ t: "open", at: "2026-11-20T09:08:07Z", ledger: content.fold.ledger, run: "nightly" },
    prices_sha256: "0".repeat(64),
  });
  const again = await openLedger(path, content, OPENING);
  expect(again.opening).toBe(2);
  await again.hold(toReserve("2-1", 50));
  await again.close();
  expect((await readLedger(path)).fold).toMatchObject({
    heldNusd: 950,
    ledger: events[0]?.t === "open" && events[0].ledger,
  });
});

test("cut at any byte, it stands where its whole lines left it", async () => {
  const bytes = readFileSync(await write("cut"));
  const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1);
  const sums: (readonly [number, number])[] = [
    [0, 0], // nothing, the opening, the cap
    [0, 0],
    [0, 0],
    [0, 500],
    [120, 0],
    [120, 700],
    [120, 0],
    [120, 900],
  ];
  const path = join(folder, "cut-again");
  for (let length = 0; length <= bytes.length; length++) {
    writeFileSync(path, bytes.subarray(0, length));
    const { fold, bytes: kept } = await readLedger(path);
    const lines = ends.filter((end) => end <= length);
    expect([fold.settledNusd, fold.heldNusd], `${length} bytes`).toEqual(sums[lines.length]);
    expect(kept).toBe(lines.at(-1) ?? 0);
    expect(statSync(path).size).toBe(length); // reading touches nothing
  }
});

test("what was cut off is taken away by the next opening", async () => {
  const path = await write("torn");
  const whole = readFileSync(path);
  appendFileSync(path, '{"check":"0123');
  const ledger = await openLedger(path, await readLedger(path), OPENING);
  await ledger.close();
  expect(readFileSync(path).subarray(0, whole.length)).toEqual(whole);
  expect((await readLedger(path)).fold.openings).toBe(2);
});

test("one changed byte anywhere is damage", async () => {
  const bytes = readFileSync(await write("changed"));
  const path = join(folder, "changed-again");
  // The last line end is left out: without it the last line is one that was cut off.
  for (let at = 0; at < bytes.length - 1; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] as number) ^ 1;
    writeFileSync(path, changed);
    await expect(readLedger(path), `byte ${at}`).rejects.toThrow(DamageError);
    expect(readFileSync(path)).toEqual(changed);
  }
});

test("a line taken out, put in twice or moved is damage", async () => {
  const lines = readFileSync(await write("lines"), "utf8")
    .trimEnd()
    .split("\n");
  for (const order of [
    [1, 2, 3, 4, 5, 6],
    [0, 1, 3, 4, 5, 6],
    [0, 1, 2, 2, 3, 4, 5, 6],
    [0, 1, 2, 3, 3, 4, 5, 6],
    [0, 1, 2, 4, 3, 5, 6],
  ]) {
    const path = join(folder, "lines-again");
    writeFileSync(path, order.map((at) => `${lines[at]}\n`).join(""));
    await expect(readLedger(path)).rejects.toThrow(/line \d+: its check does not match/);
  }
});

const OPEN: LedgerEvent = {
  ...{ t: "open", at: "2026-11-20T09:08:07Z", ledger: "0123456789abcdef", run: "r", prices_sha256: "0".repeat(64) },
};
const at = OPEN.at;

test.each<[string, LedgerEvent[], RegExp]>([
  ["a hold settled twice", [settle("1-1"), settle("1-1")], /there is no open hold 1-1/],
  ["a hold that never was", [settle("1-7")], /there is no open hold 1-7/],
  ["a hold's number used again", [{ ...toReserve("1-1", 1), at }], /hold 1-1 comes after 1-1/],
  ["a hold of another opening", [{ ...toReserve("2-1", 1), at }], /hold 2-1 is not of opening 1/],
  ["a cap that was another", [{ t: "cap", at, from: 7, to: 8, by: "x" }], /it changes a cap of 7, which there was not/],
  ["another ledger's lines", [{ ...OPEN, ledger: "f".repeat(16) }], /it is of ledger f+/],
  ["negative money", [{ ...settle("1-1"), nusd: -5 }], />=0/],
])("with checks that fit, %s is damage still", async (_, events, message) => {
  const path = join(folder, "folded");
  let [text, check] = ["", ""];
  for (const event of [OPEN, { ...toReserve("1-1", 5), at }, ...events]) {
    const next = toCheckedLine(check, event);
    check = next.check;
    text += next.line;
  }
  writeFileSync(path, text);
  await expect(readLedger(path)).rejects.toThrow(DamageError);
  await expect(readLedger(path)).rejects.toThrow(message);
});

function settle(id: string): Extract<LedgerEvent, { t: "settle" }> {
  return { t: "settle", at, id, nusd: 5, why: "ok" };
}

test("appends made at once share a flush and stay in order", async () => {
  const path = join(folder, "log");
  const log = await openAppendLog(path, 0);
  const starts = await Promise.all(Array.from({ length: 100 }, (_, i) => log.append(`line ${i}\n`)));
  const bytes = readFileSync(path, "utf8");
  expect(bytes).toBe(Array.from({ length: 100 }, (_, i) => `line ${i}\n`).join(""));
  for (const [i, start] of starts.entries()) expect(bytes.slice(start).startsWith(`line ${i}\n`)).toBe(true);
  expect((await log.read(starts[42] as number, 7)).toString()).toBe("line 42");
  await log.close();
});

test("after a write that failed no later one is said to be on disk", async () => {
  const log = await openAppendLog("/dev/full", 0);
  const [first, second] = await Promise.allSettled([log.append("a\n"), log.append("b\n")]);
  expect([first, second]).toMatchObject([{ reason: { code: "ENOSPC" } }, { reason: { code: "ENOSPC" } }]);
  await expect(log.append("c\n")).rejects.toMatchObject({ code: "ENOSPC" });
  await log.close();
});
