import { appendFileSync, cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { addQuarantine } from "../../src/cli/quarantine.ts";
import { openDirectoryHub } from "../../src/hub/directory-hub.ts";
import { runTier1 } from "../../src/run/tier1.ts";
import { runCommand } from "../support/run-command.ts";
import { makeSettings } from "../support/settings.ts";
import { makeFolder, makeProject, toLines, writeDatasetFiles } from "../support/small-project.ts";

const toLoader = (dataset: string) => `import { z } from "zod";
import { defineLoader } from "#contract";
export default defineLoader({
  dataset: "owner/${dataset}", files: "*.jsonl", license: "mit", category: "test", row: z.object({ ask: z.string() }),
  toDraft({ ask }) {
    if (ask.startsWith("!")) throw new Error(ask);
    return { request: ask, nodes: [{ tool: "look", arguments: { ask } }] };
  },
});
`;

// What a row says must not drive the terminal: an escape sequence, a bell, a mark that turns text around.
const NASTY = "!\u001b[2Jgone\u0007 \u202ebackwards\nnext line";
const ROWS = [{ ask: "good" }, { ask: 7 }, { ask: NASTY }, { ask: null }, { ask: "also good" }];

async function makeRun(): Promise<{ root: string; directory: string }> {
  const [root, hub] = [makeProject({ "trial/one.ts": toLoader("one"), "trial/two.ts": toLoader("two") }), makeFolder()];
  writeDatasetFiles(hub, "owner/one", { "rows.jsonl": `${toLines(ROWS)}{"ask":"torn\n` });
  writeDatasetFiles(hub, "owner/two", { "rows.jsonl": toLines([{ ask: "fine" }]) });
  const directory = join(root, "out");
  await runTier1({
    root,
    output: directory,
    hub: openDirectoryHub(hub),
    settings: makeSettings({ quarantine_max: 1 }),
    workers: 1,
    fresh: false,
    update: false,
    reporter: { started() {}, progressed() {}, ended() {}, note() {} },
    signal: new AbortController().signal,
  });
  return { root, directory };
}

const run = (root: string, ...args: string[]) =>
  runCommand((program) => addQuarantine(program, root), ["quarantine", ...args]);

it("list counts rows by loader and reason, the most frequent first, each with its first row", async () => {
  const { root, directory } = await makeRun();
  const { stdout, exitCode } = await run(root, "list", directory);
  expect(exitCode).toBe(0);
  expect(stdout.split("\n")).toEqual([
    "loader     reason        stage   rows  of all  first             why",
    "trial/one  row_schema    row        2  33.3 %  rows.jsonl row 1  ask: expected string, received number",
    "trial/one  bad_json      decode     1  16.7 %  rows.jsonl row 5  not JSON after 12 characters: found the end, expected the rest of the string",
    "trial/one  draft_failed  draft      1  16.7 %  rows.jsonl row 2  Error: !\\u001b[2Jgone\\u0007 \\u202ebackwards\\nnext line",
    "",
    "4 rows of 1 loader are in quarantine.",
    "",
  ]);
  const { rows, loaders, reasons } = JSON.parse((await run(root, "list", directory, "--json")).stdout);
  expect(rows).toBe(4);
  expect(loaders).toEqual([
    { loader: "trial/one", rows_read: 6, quarantined: 4, files: ["quarantine/trial-one.jsonl"] },
    { loader: "trial/two", rows_read: 1, quarantined: 0, files: [] },
  ]);
  expect(reasons[2]).toEqual({
    ...{ loader: "trial/one", reason: "draft_failed", rows: 1, share: 1 / 6, stage: "draft" },
    example: {
      message: `Error: ${NASTY}`,
      file: "rows.jsonl",
      row: 2,
      quarantine: "quarantine/trial-one.jsonl",
      line: 2,
    },
  });
  expect((await run(root, "list", directory, "--loader", "trial/two")).stdout).toBe("Nothing is in quarantine.\n");
});

it("show prints rows whole, and nothing that a terminal would act on", async () => {
  const { root, directory } = await makeRun();
  const { stdout } = await run(root, "show", directory, "--reason", "draft_failed,bad_json");
  expect(stdout.split("\n")).toEqual([
    "trial/one: draft_failed at stage draft, row 2 of rows.jsonl (default/train)",
    "owner/one at cccccccccccc; kept in quarantine/trial-one.jsonl line 2",
    "Error: !\\u001b[2Jgone\\u0007 \\u202ebackwards\\nnext line",
    "{",
    '  "ask": "!\\u001b[2Jgone\\u0007 \\u202ebackwards\\nnext line"',
    "}",
    "",
    "trial/one: bad_json at stage decode, row 5 of rows.jsonl (default/train)",
    "owner/one at cccccccccccc; kept in quarantine/trial-one.jsonl line 4",
    "not JSON after 12 characters: found the end, expected the rest of the string",
    '{"ask":"torn',
    "",
  ]);
  const raw = await run(root, "show", directory, "--json");
  const lines = raw.stdout.trimEnd().split("\n");
  const kept = readFileSync(join(directory, "quarantine", "trial-one.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual(kept.map((line) => JSON.parse(line)));
  expect((await run(root, "show", directory, "--row", "3", "--json")).stdout.trimEnd()).toBe(kept[2]);
  expect((await run(root, "show", directory, "--limit", "1", "--json")).stdout.trimEnd()).toBe(kept[0]);
});

it("reads a folder that is growing, and one that came without its journal; touches neither", async () => {
  const { root, directory } = await makeRun();
  const before = (await run(root, "list", directory)).stdout;
  const growing = `${directory}-growing`;
  cpSync(directory, growing, { recursive: true });
  cpSync(join(growing, "quarantine"), join(growing, ".run", "quarantine"), { recursive: true });
  for (const name of ["quarantine", "parts", "manifest.json"]) rmSync(join(growing, name), { recursive: true });
  // A line that is being written is not yet there.
  const file = join(growing, ".run", "quarantine", "trial-one.jsonl");
  appendFileSync(file, '{"schema":"planstr');
  expect((await run(root, "list", growing)).stdout).toBe(before);
  expect(readFileSync(file, "utf8")).toMatch(/planstr$/);
  const copied = `${directory}-copied`;
  cpSync(directory, copied, { recursive: true });
  rmSync(join(copied, ".run"), { recursive: true });
  expect((await run(root, "list", copied)).stdout).toBe(before);
  expect(existsSync(join(copied, ".run"))).toBe(false);
});

it("says what is not there, and what is", async () => {
  const { root, directory } = await makeRun();
  await expect(run(root, "list", join(root, "nowhere"))).rejects.toThrow(/is no run folder: it has no journal/);
  await expect(run(root, "list", directory, "--loader", "trial/three")).rejects.toThrow(
    "--loader trial/three: this folder has none of that name. There are: trial/one, trial/two.",
  );
  await expect(run(root, "show", directory, "--reason", "bad_jsn")).rejects.toThrow(
    "There are: bad_json, draft_failed, row_schema.",
  );
  await expect(run(root, "show", directory, "--row", "4")).rejects.toThrow("--row 4: no such row is in quarantine.");
  await expect(run(root, "replay", join(root, "nowhere"))).rejects.toThrow(/no run folder that can be replayed/);
  expect(existsSync(join(root, "nowhere"))).toBe(false);
});
