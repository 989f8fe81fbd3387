import { hash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDiff } from "../../src/cli/diff.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { DamageError } from "../../src/contract/index.ts";
import { diffFolders, type LoaderDiff } from "../../src/run/diff/diff-folders.ts";
import { createSampleTable, HASH_BYTES } from "../../src/run/diff/sample-table.ts";
import { runCommand } from "../support/run-command.ts";
import { runInProcess } from "../support/run-in-process.ts";
import { makeFolder, makeProject, toLines, writeDatasetFiles } from "../support/small-project.ts";

const toLoader = (name: string, tool = "look_up") => `import { z } from "zod";
import { defineLoader, drop } from "#contract";
export default defineLoader({
  dataset: "owner/${name}", files: "*.jsonl", license: "mit", category: "test", row: z.object({ ask: z.string() }),
  toDraft: ({ ask }) => ask === "" ? drop("no_question") : { request: ask, nodes: [{ tool: "${tool}", arguments: { ask } }] },
});
`;

const ask = (text: unknown) => ({ ask: text });
const ROWS = [ask("one"), ask("two"), ask(""), ask(3), ask("four")];
const COMMITS = { before: "a".repeat(40), after: "b".repeat(40) };

type Side = { rows?: readonly unknown[]; commit?: string; tool?: string; limit?: number; without?: boolean };

/** A run folder of two loaders: `still` is the same on every side, `moving` is what the side says. */
async function makeSide({ rows = ROWS, commit = COMMITS.before, tool, limit, without }: Side): Promise<string> {
  const [hub, folder] = [makeFolder(), join(makeFolder(), "run")];
  const moving = { "trial/moving.ts": toLoader("moving", tool) };
  const root = makeProject({ "trial/still.ts": toLoader("still"), ...(without ? {} : moving) });
  writeDatasetFiles(hub, "owner/still", { "rows.jsonl": toLines([ask("always")]) });
  writeDatasetFiles(hub, "owner/moving", { "rows.jsonl": toLines(rows) }, commit);
  await runInProcess(root, hub, folder, { limit: limit ?? null });
  return folder;
}

async function diffSides(left: Side, right: Side) {
  const diff = await diffFolders(await makeSide(left), await makeSide(right));
  const still = diff.loaders.find(({ loader }) => loader === "trial/still");
  expect(still).toMatchObject({ same: true, by_id: { same: 1, added: 0, removed: 0, changed: 0 } });
  return { diff, moving: diff.loaders.find(({ loader }) => loader === "trial/moving") as LoaderDiff };
}

const ID = "moving:default/train:";
const NONE = { added: 0, removed: 0, changed: 0, changed_in_provenance_only: 0, changed_by: {} };

describe("two runs", () => {
  it("that made the same are the same", async () => {
    const { diff, moving } = await diffSides({}, {});
    expect(diff).toMatchObject({ same: true, settings: {}, moved: [] });
    expect(moving).toMatchObject({ same: true, dropped: {}, quarantined: {}, source: {} });
    expect(moving.by_id).toEqual({ ...NONE, same: 3, examples: { added: [], removed: [], changed: [] } });
  });

  it("of two commits with the same rows differ by where the rows lie alone", async () => {
    const { diff, moving } = await diffSides({}, { commit: COMMITS.after });
    expect(diff.same).toBe(false);
    expect(moving.source).toEqual({ revision: { from: COMMITS.before, to: COMMITS.after } });
    expect(moving.by_id).toMatchObject({
      same: 0,
      changed: 3,
      changed_in_provenance_only: 3,
      changed_by: { provenance: 3 },
    });
    expect(moving.by_id.examples.changed).toEqual([`${ID}0`, `${ID}1`, `${ID}4`]);
  });

  it("of other rows: samples added, removed and changed, and the reasons that rows were left out for", async () => {
    const rows = [ask("one"), ask("TWO"), ask("three"), ask(""), ask(""), ask("six")];
    const { diff, moving } = await diffSides({}, { rows });
    expect(moving.by_id).toEqual({
      same: 1,
      added: 2,
      removed: 1,
      changed: 1,
      changed_in_provenance_only: 0,
      changed_by: { row: 1, calls: 1, metadata: 1 },
      examples: { added: [`${ID}2`, `${ID}5`], removed: [`${ID}4`], changed: [`${ID}1`] },
    });
    expect(moving.rows_read).toEqual({ from: 5, to: 6 });
    expect(moving.dropped).toEqual({ no_question: { from: 1, to: 2 } });
    expect(moving.quarantined).toEqual({ row_schema: { from: 1, to: 0 } });
    expect(Object.keys(moving.source)).toEqual(["files"]);
    expect(diff.totals).toMatchObject({ samples: { from: 4, to: 5 }, quarantined: { from: 1, to: 0 } });
  });

  it("of other code: its digest, the calls, and the shares of the tools", async () => {
    const { diff, moving } = await diffSides({}, { tool: "search" });
    expect(Object.keys(moving.source)).toEqual(["code_sha256"]);
    expect(moving.by_id).toMatchObject({ changed: 3, changed_in_provenance_only: 0, changed_by: { calls: 3 } });
    const tools = diff.moved.filter(({ distribution }) => distribution === "tools");
    expect(tools).toEqual([
      { distribution: "tools", value: "look_up", from: { count: 4, share: 1 }, to: { count: 1, share: 0.25 } },
      { distribution: "tools", value: "search", from: { count: 0, share: 0 }, to: { count: 3, share: 0.75 } },
    ]);
  });

  it("with other settings, and with a loader that only one of them had", async () => {
    const { diff } = await diffSides({}, { limit: 2 });
    expect(diff.settings).toEqual({ limit: { from: null, to: 2 } });
    const { moving } = await diffSides({}, { without: true });
    expect(moving).toMatchObject({
      status: { from: "ok", to: undefined },
      samples: { from: 3, to: undefined },
      by_id: { removed: 3, same: 0 },
    });
  });
});

describe("what of a sample has changed", () => {
  const change = async (from: string, to: string) => {
    const [left, right] = [await makeSide({}), await makeSide({})];
    const part = "parts/trial-moving-00000.jsonl";
    const text = readFileSync(join(right, part), "utf8").replace(from, to);
    writeFileSync(join(right, part), text);
    const manifest = readFileSync(join(right, "manifest.json"), "utf8");
    const stated = JSON.parse(manifest).parts.find(({ path }: { path: string }) => path === part).sha256;
    writeFileSync(join(right, "manifest.json"), manifest.replaceAll(stated, hash("sha256", text, "hex")));
    const { loaders } = await diffFolders(left, right);
    return loaders.find(({ loader }) => loader === "trial/moving")?.by_id;
  };

  it.each([
    ["tiers", '"provenance_tier":1', '"provenance_tier":2'],
    ["scope", '"scope_volume":1', '"scope_volume":7'],
    ["edges", '"edges":"none"', '"edges":"data"'],
    ["calls", '"arguments":{"ask":"one"}', '"arguments":{"ask":"uno"}'],
    ["metadata", '"category":"test"', '"category":"tests"'],
  ])("%s", async (aspect, from, to) => {
    expect(await change(from, to)).toMatchObject({ same: 2, changed: 1, changed_by: { [aspect]: 1 } });
  });

  it("counts a hash that nothing explains as provenance", async () => {
    const found = await change('"provenance_hash":"', '"provenance_hash":"0000');
    expect(found).toMatchObject({ changed: 1, changed_by: { provenance: 1 } });
  });
});

describe("the command", () => {
  it("says in words what differs, and ends with 0", async () => {
    const [from, to] = [
      await makeSide({}),
      await makeSide({ rows: [ask("one"), ask("TWO"), ask("")], tool: "\u001b[1m" }),
    ];
    const { stdout, exitCode } = await runCommand(addDiff, ["diff", from, to]);
    expect(exitCode).toBe(EXIT.done);
    expect(stdout).toContain(`From ${from} to ${to}:\n`);
    expect(stdout).toMatch(/trial\/moving +0 +0 +1 +2 +0\n/);
    expect(stdout).toMatch(/ rows_read +5 +→ +3\n/);
    expect(stdout).toMatch(/ quarantined: row_schema +1 +→ +0 +\(-1\)\n/);
    expect(stdout).toMatch(/ changed: calls +2\n/);
    expect(stdout).toContain(`  removed:\n    ${ID}4\n`);
    expect(stdout).toContain("\n1 loader is the same.\n");
    // A tool's name is the row's: nothing in it reaches the terminal as it is.
    expect(stdout).toContain("\\u001b[1m");
    expect(stdout).not.toContain("\u001b");
  });

  it("says so if nothing differs, and gives a program all of it", async () => {
    const [from, to] = [await makeSide({}), await makeSide({})];
    const text = await runCommand(addDiff, ["diff", from, to]);
    expect(text.stdout).toBe(`The same: ${from} and ${to} made the same samples from the same sources.\n`);
    const { stdout, exitCode } = await runCommand(addDiff, ["diff", from, to, "--json"]);
    expect(exitCode).toBe(EXIT.done);
    expect(JSON.parse(stdout)).toMatchObject({ schema: "planstream/diff/1", same: true });
  });

  it("doesn't call folders the same because their manifests are", async () => {
    const [from, to] = [await makeSide({}), await makeSide({})];
    const part = join(to, "parts/trial-moving-00000.jsonl");
    writeFileSync(part, readFileSync(part).subarray(1));
    await expect(diffFolders(from, to)).rejects.toThrow(/is not the part that the manifest tells of/);
    rmSync(part);
    await expect(diffFolders(from, to)).rejects.toThrow(/is gone\. `planstream verify/);
  });

  it("refuses a folder without a finished run, and parts that are not samples", async () => {
    const [from, to] = [await makeSide({}), await makeSide({ commit: COMMITS.after })];
    await expect(diffFolders(from, makeFolder())).rejects.toThrow(/is not a run folder/);
    const part = join(to, "parts/trial-moving-00000.jsonl");
    const [first = "", ...rest] = readFileSync(part, "utf8").split("\n");
    writeFileSync(part, [first, first, ...rest].join("\n"));
    const repeated = diffFolders(from, to);
    await expect(repeated).rejects.toThrow(DamageError);
    await expect(repeated).rejects.toThrow(/line 2: "moving:default\/train:0" stands there a second time/);
    writeFileSync(part, ["{}", ...rest].join("\n"));
    await expect(diffFolders(from, to)).rejects.toThrow(/line 1: not a sample\. `planstream verify/);
    writeFileSync(join(to, "manifest.json"), "{");
    await expect(diffFolders(from, to)).rejects.toThrow(/is no manifest of this version of planstream/);
  });
});

it("the table of samples holds what a Map holds", () => {
  const toHash = (text: string) => hash("sha256", text, "buffer").subarray(0, HASH_BYTES);
  // Few slots apart at the start, so that runs of taken slots and growing are met.
  const ids = fc.uniqueArray(fc.nat(100_000), { maxLength: 400 });
  const property = fc.property(ids, ids, (added, asked) => {
    const table = createSampleTable();
    const map = new Map<number, number>();
    for (const id of added) {
      const place = { part: id % 3, offset: id * 2 ** 20, bytes: id };
      expect(table.add(toHash(`id ${id}`), toHash(`line ${id}`), place)).toBe(true);
      map.set(id, map.size);
    }
    expect(table.size).toBe(map.size);
    for (const id of [...added, ...asked]) {
      const number = table.find(toHash(`id ${id}`));
      expect(number).toBe(map.get(id));
      if (number === undefined) continue;
      expect(table.placeOf(number)).toEqual({ part: id % 3, offset: id * 2 ** 20, bytes: id });
      expect(table.isSameLine(number, toHash(`line ${id}`))).toBe(true);
      expect(table.isSameLine(number, toHash(`line ${id + 1}`))).toBe(false);
      expect(table.add(toHash(`id ${id}`), toHash("other"), { part: 0, offset: 0, bytes: 0 })).toBe(false);
    }
    const marked = new Set(asked.filter((id) => map.has(id)));
    for (const id of marked) expect(table.mark(map.get(id) as number)).toBe(true);
    for (const id of marked) expect(table.mark(map.get(id) as number)).toBe(false);
    expect([...table.listUnmarked()]).toEqual(added.flatMap((id, number) => (marked.has(id) ? [] : [number])));
  });
  fc.assert(property, { seed: 2027, numRuns: 40 });
  const large = createSampleTable();
  for (let i = 0; i < 70_000; i++) large.add(toHash(`${i}`), toHash("line"), { part: 0, offset: i, bytes: 1 });
  expect([large.size, large.placeOf(large.find(toHash("69999")) as number).offset]).toEqual([70_000, 69_999]);
});
