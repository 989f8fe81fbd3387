import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { addTrace } from "../../src/cli/trace.ts";
import { DefinitionError } from "../../src/contract/index.ts";
import type { Hub } from "../../src/hub/hub.ts";
import { openHub } from "../../src/hub/open-hub.ts";
import { runReplay } from "../../src/run/replay/replay.ts";
import { traceSamples } from "../../src/run/trace/trace-samples.ts";
import { toRowSha256 } from "../../src/schema/provenance.ts";
import type { Sample } from "../../src/schema/sample.ts";
import { toParquet, utf8 } from "../support/parquet-writer.ts";
import { PROJECT } from "../support/planstream.ts";
import { runCommand } from "../support/run-command.ts";
import { runInProcess } from "../support/run-in-process.ts";
import { makeFolder, makeProject, toLines, writeDatasetFiles } from "../support/small-project.ts";

/** Gives two plans for a row whose `ask` begins with "twice". */
const toLoader = (files: string, { tool = "look_up", rest = "" } = {}) => `import { z } from "zod";
import { defineLoader } from "#contract";
export default defineLoader({
  dataset: "owner/rows", files: "${files}", license: "mit", category: "test", row: z.object({ ask: z.string() }), ${rest}
  toDraft({ ask }) {
    const draft = { request: ask, nodes: [{ tool: "${tool}", arguments: { ask } }] };
    return ask.startsWith("twice") ? [draft, { ...draft, request: ask + " again" }] : draft;
  },
});
`;

const ROWS = [
  { ask: "when does the ferry leave" },
  { ask: "twice around the harbour" },
  { ask: "\u001b[31mred\u009b2J" },
];

type Made = { root: string; hub: string; folder: string };

async function make(files: Readonly<Record<string, string | Uint8Array>>, loader: string): Promise<Made> {
  const [hub, folder] = [makeFolder(), join(makeFolder(), "run")];
  const root = makeProject({ "trial/rows.ts": loader });
  writeDatasetFiles(hub, "owner/rows", files);
  await runInProcess(root, hub, folder);
  return { root, hub, folder };
}

const makeLines = () => make({ "rows.jsonl": toLines(ROWS) }, toLoader("*.jsonl"));

async function trace({ root, folder, hub }: Made, id: string, ...flags: string[]) {
  return runCommand((program) => addTrace(program, root), ["trace", folder, id, "--hub", hub, ...flags]);
}

async function traceAsJson(made: Made, id: string) {
  const { stdout, exitCode } = await trace(made, id, "--json");
  return { exitCode, ...JSON.parse(stdout).traces[0] };
}

const PART = "parts/trial-rows-00000.jsonl";
const readSamples = (folder: string, part = PART): Sample[] =>
  readFileSync(join(folder, part), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("a sample's way back", () => {
  it("matches for the first and the last sample of every part of the bundled sample", async () => {
    const folder = join(makeFolder(), "run");
    const sampleHub = join(PROJECT, "data", "sample-hub");
    const { parts } = await runInProcess(PROJECT, sampleHub, folder);
    expect(parts.length).toBeGreaterThanOrEqual(22);
    const hub = openHub(sampleHub);
    for (const { path } of parts) {
      const samples = readSamples(folder, path);
      for (const sample of [samples[0], samples.at(-1)] as Sample[]) {
        const { original_id: id, metadata, execution_plan } = sample;
        const loader = `${metadata.track}/${metadata.loader}`;
        const [traced, ...others] = await traceSamples({ root: PROJECT, directory: folder, hub, id, loader });
        expect(others).toEqual([]);
        expect(traced).toMatchObject({ verdict: "match", found: { sample, loader }, remade: { sample } });
        expect(traced?.remade?.draft?.nodes).toHaveLength(execution_plan.nodes.length);
        expect(traced?.checks.every(({ result }) => result === "match")).toBe(true);
        expect(traced?.checks).toHaveLength(3 + execution_plan.nodes.length);
      }
    }
  });

  it("says where the row lies, reads it again, and shows what each stage did", async () => {
    const made = await makeLines();
    const { stdout, exitCode } = await trace(made, "rows:default/train:0");
    expect(exitCode).toBe(EXIT.done);
    expect(stdout).toContain(`sample   ${PART} line 1\n`);
    expect(stdout).toContain(`dataset  owner/rows at ${"c".repeat(40)}, licence mit\n`);
    expect(stdout).toMatch(/file +rows\.jsonl, \d+ bytes, sha256 [0-9a-f]{64}\n/);
    expect(stdout).toContain("row      0 of json-lines, bytes 0 to 35\n");
    expect(stdout).toContain('row\n  {\n    "ask": "when does the ferry leave"\n  }\n');
    expect(stdout).toMatch(
      /stage fill, version 1\n {2}plan +edgeList +- +→ +\[\]\n(.*\n)* {2}n0 +provenanceTier +- +→ +1\n/,
    );
    expect(stdout).toMatch(new RegExp(`match +row_sha256 +${toRowSha256(ROWS[0] as { ask: string })}\n`));
    expect(stdout).toMatch(/\nmatch: the row gives this sample, and every hash is right\n$/);
  });

  it("finds a sample by a node's id and by the first digits of a provenance hash, and checks that node", async () => {
    const made = await makeLines();
    const [sample] = readSamples(made.folder);
    const stored = sample?.execution_plan.nodes[0]?.provenance_hash as string;
    for (const id of ["rows:default/train:0:n0", stored, stored.slice(0, 12)]) {
      const { exitCode, checks, node, ...traced } = await traceAsJson(made, id);
      expect([exitCode, node, traced.id]).toEqual([EXIT.done, 0, "rows:default/train:0"]);
      expect(checks.at(-1)).toEqual({ what: "provenance_hash", node: 0, result: "match", stored, found: stored });
    }
    await expect(trace(made, "rows:default/train:0:n1")).rejects.toThrow(/has no sample "rows:default\/train:0:n1"/);
  });

  it("tells the drafts of one row apart", async () => {
    const made = await makeLines();
    const first = await traceAsJson(made, "rows:default/train:1#0");
    const second = await traceAsJson(made, "rows:default/train:1#1");
    expect([first.verdict, second.verdict]).toEqual(["match", "match"]);
    expect(first.row).toEqual(second.row);
    expect(first.remade.draft.request).toBe("twice around the harbour");
    expect(second.remade.draft.request).toBe("twice around the harbour again");
    expect(second.remade.stages).toHaveLength(1);
  });

  it("names the row group of a parquet file, and reads no more of it than needed", async () => {
    const rows = Array.from({ length: 900 }, (_, i) => ({ ask: `question ${i} ${"x".repeat(2_000 + (i % 7))}` }));
    const parquet = toParquet({ ask: utf8() }, rows, { codec: "UNCOMPRESSED", dictionary: false, rowGroupRows: 100 });
    const made = await make({ "rows.parquet": parquet }, toLoader("*.parquet"));
    const { hub, read } = countReads(made.hub);
    const id = "rows:default/train:250";
    const [traced] = await traceSamples({ root: made.root, directory: made.folder, hub, id });
    expect(traced?.verdict).toBe("match");
    expect(traced?.row).toEqual({
      format: "parquet",
      rowGroup: { index: 2, rows: [200, 300] },
      value: rows[250],
    });
    // One row group of nine, the footer, and at most the group after it.
    expect(read()).toBeLessThan(0.45 * parquet.length);
  });

  it("goes to a late row of a text file by the journal, and from the beginning without it", async () => {
    const rows = Array.from({ length: 6_000 }, (_, i) => ({ ask: `question ${i} ${"x".repeat(2_000)}` }));
    const text = toLines(rows);
    const made = await make({ "rows.jsonl": text }, toLoader("*.jsonl"));
    const options = { root: made.root, directory: made.folder, id: "rows:default/train:5990" };
    const near = countReads(made.hub);
    expect((await traceSamples({ ...options, hub: near.hub }))[0]?.row).toMatchObject({ value: rows[5990] });
    expect(near.read()).toBeLessThan(0.5 * text.length);
    rmSync(join(made.folder, ".run"), { recursive: true });
    const far = countReads(made.hub);
    expect((await traceSamples({ ...options, hub: far.hub }))[0]).toMatchObject({ verdict: "match" });
    expect(far.read()).toBeGreaterThan(0.9 * text.length);
  });

  it("follows a row of a fallback dataset, and says in whose place it was read", async () => {
    const [hub, folder] = [makeFolder(), join(makeFolder(), "run")];
    const root = makeProject({ "trial/rows.ts": toLoader("*.jsonl", { rest: 'fallbackDataset: "owner/other",' }) });
    writeDatasetFiles(hub, "owner/other", { "rows.jsonl": toLines(ROWS) });
    await runInProcess(root, hub, folder);
    const { stdout, exitCode } = await trace({ root, hub, folder }, "rows:default/train:0");
    expect(exitCode).toBe(EXIT.done);
    expect(stdout).toMatch(/dataset +owner\/other at c{40}, licence mit, in place of owner\/rows\n/);
  });
});

it("follows a sample that a replay of the quarantine made, with the code that made it", async () => {
  const made = await makeLines();
  const stricter = 'row: z.object({ ask: z.string().startsWith("when") })';
  const root = makeProject({
    "trial/rows.ts": toLoader("*.jsonl").replace("row: z.object({ ask: z.string() })", stricter),
  });
  const folder = join(makeFolder(), "run");
  await runInProcess(root, made.hub, folder);
  const hub = openHub(made.hub);
  const signal = new AbortController().signal;
  const options = { output: folder, hub, workers: 1, loaders: [], reasons: [], offline: false, note() {}, signal };
  await runReplay({ ...options, root: made.root });
  expect(readSamples(folder).map(({ original_id }) => original_id.slice(-3))).toEqual(["n:0", "1#0", "1#1", "n:2"]);
  const [before] = await traceSamples({ root, directory: folder, hub, id: "rows:default/train:0" });
  const [after] = await traceSamples({ root: made.root, directory: folder, hub, id: "rows:default/train:2" });
  expect([before?.verdict, after?.verdict]).toEqual(["match", "match"]);
  expect(before?.code.made).toBe(before?.code.now);
  expect(after?.code.made).toBe(after?.code.now);
  expect(after?.code.made).not.toBe(before?.code.made);
});

describe("what does not fit", () => {
  it("a row that was changed in the source: both hashes, and exit code 6", async () => {
    const made = await makeLines();
    const [sample] = readSamples(made.folder);
    const changed = { ask: "when does the ferry LEAVE" };
    writeDatasetFiles(made.hub, "owner/rows", { "rows.jsonl": toLines([changed, ...ROWS.slice(1)]) });
    const { stdout, exitCode } = await trace(made, "rows:default/train:0");
    expect(exitCode).toBe(EXIT.damaged);
    const stored = sample?.metadata.source.row_sha256;
    expect(stdout).toMatch(new RegExp(`mismatch +row_sha256 +is ${stored}, but ${toRowSha256(changed)} was found\n`));
    expect(stdout).toMatch(/mismatch +file +[0-9a-f]{64}: it has the sha256 /);
    expect(stdout).toMatch(
      /mismatch +sample +the line that today's code makes differs: byte \d+ differs: found "l", expected "L"\n/,
    );
    expect(stdout).toMatch(/\nmismatch: see above/);
  });

  it("an argument that was changed in the folder: its node's hash, and the byte of the line", async () => {
    const made = await makeLines();
    const path = join(made.folder, PART);
    writeFileSync(path, readFileSync(path, "utf8").replace('"ask":"when', '"ask":"When'));
    const { exitCode, checks, verdict } = await traceAsJson(made, "rows:default/train:0");
    expect([exitCode, verdict]).toEqual([EXIT.damaged, "mismatch"]);
    const results = checks.map(({ what, result }: { what: string; result: string }) => `${what} ${result}`);
    expect(results).toEqual(["file match", "row_sha256 match", "sample mismatch", "provenance_hash mismatch"]);
  });

  it("a row that is gone from the source can't be checked: exit code 5, and the rest is shown", async () => {
    const made = await makeLines();
    writeDatasetFiles(made.hub, "owner/rows", { "rows.jsonl": toLines(ROWS.slice(0, 1)) });
    const { stdout } = await trace(made, "rows:default/train:2");
    expect(stdout).toContain("not read again: row 2 of rows.jsonl is not in the source, which ends before it.");
    // The file itself is another one than was pinned.
    expect(stdout).toMatch(/mismatch +file /);
  });

  it("no hub: what the folder knows is shown, exit code 5", async () => {
    const made = await makeLines();
    const { stdout, exitCode } = await trace({ ...made, hub: makeFolder() }, "rows:default/train:0");
    expect(exitCode).toBe(EXIT.someFailed);
    expect(stdout).toContain("not read again: owner/rows is not in this directory");
    expect(stdout).toMatch(/unchecked +row_sha256 +owner\/rows is not in this directory/);
    expect(stdout).toMatch(/match +provenance_hash of n0 +[0-9a-f]{64}\n/);
    expect(stdout).toMatch(/\nunchecked: nothing is wrong, but not everything could be checked/);
  });

  it("other code: the same sample still matches, another one is unchecked, a gone loader too", async () => {
    const made = await makeLines();
    const id = "rows:default/train:0";
    const commented = makeProject({ "trial/rows.ts": `${toLoader("*.jsonl")}// a word\n` });
    const same = await traceAsJson({ ...made, root: commented }, id);
    expect([same.exitCode, same.verdict]).toEqual([EXIT.done, "match"]);
    expect(same.code.now).not.toBe(same.code.made);

    const renamed = makeProject({ "trial/rows.ts": toLoader("*.jsonl", { tool: "search" }) });
    const other = await traceAsJson({ ...made, root: renamed }, id);
    expect([other.exitCode, other.verdict]).toEqual([EXIT.someFailed, "unchecked"]);
    const { why } = other.checks.find(({ what }: { what: string }) => what === "sample");
    expect(why).toMatch(
      /^the loader's code has changed since\. The line that today's code makes differs: byte \d+ differs/,
    );

    const gone = await traceAsJson({ ...made, root: makeProject({ "trial/other.ts": toLoader("*.jsonl") }) }, id);
    expect([gone.exitCode, gone.verdict, gone.code.now]).toEqual([EXIT.someFailed, "unchecked", undefined]);
    expect(gone.row.unread).toContain("there is no such loader any more");
  });

  it("no sample of that id, no such loader, no run: said in words", async () => {
    const made = await makeLines();
    const message = async (...args: string[]): Promise<string> => {
      const [id = "", ...flags] = args;
      const error = await trace(made, id, ...flags).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(DefinitionError);
      return error.message;
    };
    expect(await message("rows:default/train:77")).toMatch(
      /has no sample "rows:default\/train:77" \(looked in the parts of trial\/rows\)/,
    );
    expect(await message("xlam:default/train:0")).toMatch(
      /an id begins with its loader's name and a colon, and the loaders are rows\.$/,
    );
    expect(await message("rows:default/train:0", "--loader", "trial/none")).toMatch(
      /has no such loader\. It has trial\/rows\.$/,
    );
    await expect(trace({ ...made, folder: makeFolder() }, "rows:default/train:0")).rejects.toThrow(
      /is not a run folder/,
    );
  });
});

it("shows a row's control characters as escapes, and long rows whole with --full", async () => {
  const made = await makeLines();
  const { stdout } = await trace(made, "rows:default/train:2");
  expect(stdout).toContain('"ask": "\\u001b[31mred\\u009b2J"');
  // Nothing but line feeds.
  expect(stdout.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);

  const long = "a very long question ".repeat(40);
  const other = await make({ "rows.jsonl": toLines([{ ask: long }]) }, toLoader("*.jsonl"));
  expect((await trace(other, "rows:default/train:0")).stdout).not.toContain(long);
  expect((await trace(other, "rows:default/train:0", "--full")).stdout).toContain(JSON.stringify(long));
});

/** A hub that counts the bytes that are read of it. */
function countReads(directory: string): { hub: Hub; read: () => number } {
  const hub = openHub(directory);
  let bytes = 0;
  const counting: Hub = {
    ...hub,
    open(dataset, revision, file) {
      const source = hub.open(dataset, revision, file);
      return {
        ...source,
        read(start, end) {
          bytes += end - start;
          return source.read(start, end);
        },
      };
    },
  };
  return { hub: counting, read: () => bytes };
}
