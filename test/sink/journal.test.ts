import { appendFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DamageError } from "../../src/contract/errors.ts";
import type { JournalEvent } from "../../src/schema/journal.ts";
import { openJournal, readJournal } from "../../src/sink/journal.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

const folder = createTemporaryFolder();
const EVENTS: JournalEvent[] = [
  { event: "retry", loader: "a/b" },
  { event: "loader", loader: "a/b", status: "failed", reason: 'odd "text" ✓', retry: true },
  { event: "round", quotas: { "a/b": 7 } },
];

async function write(name: string): Promise<string> {
  const path = join(folder, name);
  const journal = await openJournal(path);
  await journal.append(EVENTS.slice(0, 1));
  await journal.append(EVENTS.slice(1));
  await journal.close();
  return path;
}

test("gives back what was appended, and goes on", async () => {
  const path = await write("whole");
  const again = await openJournal(path);
  expect(again.events).toEqual(EVENTS);
  await again.append([{ event: "retry", loader: "c/d" }]);
  await again.close();
  expect((await readJournal(path)).events).toEqual([...EVENTS, { event: "retry", loader: "c/d" }]);
});

test("cut at any byte, it holds the whole lines before the cut", async () => {
  const bytes = readFileSync(await write("cut"));
  const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1);
  const path = join(folder, "cut-again");
  for (let length = 0; length <= bytes.length; length++) {
    writeFileSync(path, bytes.subarray(0, length));
    const journal = await openJournal(path);
    const lines = ends.filter((end) => end <= length);
    expect(journal.events).toEqual(EVENTS.slice(0, lines.length));
    // Opening it touches nothing: the start may still be refused for another reason.
    expect(statSync(path).size).toBe(length);
    await journal.trim();
    await journal.close();
    expect(statSync(path).size).toBe(lines.at(-1) ?? 0);
  }
});

test("what is appended after a cut takes the place of what was cut off", async () => {
  const path = await write("appended");
  truncateSync(path, statSync(path).size - 7);
  const journal = await openJournal(path);
  await journal.append([{ event: "retry", loader: "c/d" }]);
  await journal.close();
  expect((await readJournal(path)).events).toEqual([...EVENTS.slice(0, 2), { event: "retry", loader: "c/d" }]);
});

test("one that is not there is made by its first line", async () => {
  const path = join(folder, "none-yet");
  const journal = await openJournal(path);
  expect(journal.events).toEqual([]);
  expect(existsSync(path)).toBe(false);
  await journal.append(EVENTS);
  await journal.close();
  expect((await readJournal(path)).events).toEqual(EVENTS);
});

test("one changed byte anywhere is damage, and the file stays as it was", async () => {
  const bytes = readFileSync(await write("changed"));
  const path = join(folder, "changed-again");
  // The last line end is left out: without it the last line is one that was cut off.
  for (let at = 0; at < bytes.length - 1; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] as number) ^ 1;
    writeFileSync(path, changed);
    await expect(openJournal(path), `byte ${at}`).rejects.toThrow(DamageError);
    expect(readFileSync(path)).toEqual(changed);
  }
});

test("a line taken out or put in twice is damage", async () => {
  const lines = readFileSync(await write("lines"), "utf8")
    .trimEnd()
    .split("\n");
  const path = join(folder, "lines-again");
  for (const wrong of [
    [0, 2],
    [0, 0, 1, 2],
    [1, 0, 2],
    [0, 1, 1, 2],
  ]) {
    writeFileSync(path, "");
    for (const at of wrong) appendFileSync(path, `${lines[at]}\n`);
    await expect(openJournal(path)).rejects.toThrow(/its check does not match/);
  }
  truncateSync(path);
});
