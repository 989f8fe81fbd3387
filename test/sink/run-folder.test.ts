import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DamageError, DefinitionError } from "../../src/contract/errors.ts";
import { toEmptyMark } from "../../src/sink/output-file.ts";
import { openRunFolder } from "../../src/sink/run-folder.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

const folder = createTemporaryFolder();
const PART = "parts/a-b-00000.jsonl";
const retry = { event: "retry", loader: "a/b" } as const;

/** A folder whose part holds one line, growing. */
async function writeLine(name: string): Promise<{ directory: string; mark: ReturnType<typeof toEmptyMark> }> {
  const directory = join(folder, name);
  const opened = await openRunFolder(directory, { fresh: false });
  const file = await opened.open(toEmptyMark(PART));
  await file.append(Buffer.from('{"a":1}\n'), 1);
  await file.sync();
  await file.close();
  await opened.append([retry]);
  await opened.close();
  return { directory, mark: file.mark };
}

test("recover takes away what no mark tells of, and only after every mark was found true", async () => {
  const { directory, mark } = await writeLine("recovered");
  const growing = join(directory, ".run");
  writeFileSync(join(growing, PART), '{"a":1}\n{"b":');
  writeFileSync(join(growing, "parts/a-b-00001.jsonl"), "{}\n");
  writeFileSync(join(growing, "run.json.tmp"), "{");
  const opened = await openRunFolder(directory, { fresh: false });
  const wrong = { ...mark, path: "parts/a-b-00002.jsonl" };
  await expect(opened.recover([mark, wrong])).rejects.toThrow(DamageError);
  expect(readdirSync(join(growing, "parts")).sort()).toEqual(["a-b-00000.jsonl", "a-b-00001.jsonl"]);
  expect(readFileSync(join(growing, PART), "utf8")).toBe('{"a":1}\n{"b":');
  await opened.recover([mark]);
  await opened.close();
  expect(readdirSync(join(growing, "parts"))).toEqual(["a-b-00000.jsonl"]);
  expect(readFileSync(join(growing, PART), "utf8")).toBe('{"a":1}\n');
  expect(existsSync(join(growing, "run.json.tmp"))).toBe(false);
});

test("a published output grows again in a copy: readers keep theirs until the new one is published", async () => {
  const { directory, mark } = await writeLine("again");
  const texts = { card: "card", report: "report", run: "run", manifest: "manifest" };
  const opened = await openRunFolder(directory, { fresh: false });
  await opened.publish([mark], texts);
  const file = await opened.open(mark);
  await file.append(Buffer.from('{"b":2}\n'), 1);
  await file.close();
  expect(readFileSync(join(directory, PART), "utf8")).toBe('{"a":1}\n');
  expect(opened.locate(file.mark)).toBe(join(directory, ".run", PART));
  await opened.publish([file.mark], texts);
  await opened.close();
  expect(readFileSync(join(directory, PART), "utf8")).toBe('{"a":1}\n{"b":2}\n');
  expect(readdirSync(join(directory, ".run/parts"))).toEqual([]);
});

test("outputs that began to grow and are in no mark any more are gone once a folder is published", async () => {
  const { directory, mark } = await writeLine("begun anew");
  const opened = await openRunFolder(directory, { fresh: false });
  const other = await opened.open(toEmptyMark("parts/a-b-00001.jsonl"));
  await other.append(Buffer.from('{"b":2}\n'), 1);
  await other.close();
  await opened.publish([mark], { card: "card", report: "report", run: "run", manifest: "manifest" });
  await opened.close();
  expect(readdirSync(join(directory, ".run/parts"))).toEqual([]);
  expect(readdirSync(join(directory, "parts"))).toEqual(["a-b-00000.jsonl"]);
});

test("what others have put among the outputs stays, and stops no publication", async () => {
  const { directory, mark } = await writeLine("others");
  mkdirSync(join(directory, "parts/.ipynb_checkpoints"), { recursive: true });
  for (const name of ["notes.txt", "a-b-00007.jsonl"]) writeFileSync(join(directory, "parts", name), "");
  const opened = await openRunFolder(directory, { fresh: false });
  await opened.publish([mark], { card: "card", report: "report", run: "run", manifest: "manifest" });
  await opened.close();
  expect(readdirSync(join(directory, "parts")).sort()).toEqual([".ipynb_checkpoints", "a-b-00000.jsonl", "notes.txt"]);
});

test("--fresh that was cut off is gone on with by the next start, asked or not", async () => {
  const { directory } = await writeLine("cleared");
  writeFileSync(join(directory, ".run/clearing"), "");
  mkdirSync(join(directory, "parts"));
  const opened = await openRunFolder(directory, { fresh: false });
  expect(opened.events).toEqual([]);
  await opened.close();
  expect(readdirSync(directory)).toEqual([".run"]);
  expect(readdirSync(join(directory, ".run")).sort()).toEqual(["lock", "lock.pid"]);
});

test("a manifest over a journal in which a loader is not through, or over none, is damage", async () => {
  const { directory } = await writeLine("lost");
  writeFileSync(join(directory, "manifest.json"), "{}");
  await expect(openRunFolder(directory, { fresh: false })).rejects.toThrow(
    /has lost lines, but .*manifest\.json stands/,
  );
  writeFileSync(join(directory, ".run/journal.jsonl"), "");
  await expect(openRunFolder(directory, { fresh: false })).rejects.toThrow(/is gone or empty/);
  await (await openRunFolder(directory, { fresh: true })).close();
  expect(existsSync(join(directory, "manifest.json"))).toBe(false);
});

test("one process at a time; a lock that is no lock is named", async () => {
  const directory = join(folder, "locked");
  const opened = await openRunFolder(directory, { fresh: false });
  await expect(openRunFolder(directory, { fresh: false })).rejects.toThrow(
    `is in use by another planstream (process ${process.pid})`,
  );
  await opened.close();
  writeFileSync(join(directory, ".run/lock"), "x".repeat(4_096));
  await expect(openRunFolder(directory, { fresh: false })).rejects.toThrow(DefinitionError);
});
