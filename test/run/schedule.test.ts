import { describe, expect, it, onTestFinished } from "vitest";
import { SourceError } from "../../src/contract/index.ts";
import type { Hub } from "../../src/hub/hub.ts";
import { openHub } from "../../src/hub/open-hub.ts";
import { openSchedule } from "../../src/run/open-schedule.ts";
import { type OpenedFile, type OpenedLoader, toSchedule } from "../../src/run/schedule.ts";
import { startHubServer } from "../support/hub-server.ts";
import { toParquet, utf8 } from "../support/parquet-writer.ts";
import { makeSettings } from "../support/settings.ts";
import { makeFolder, makeProject, toLines, writeDatasetFiles } from "../support/small-project.ts";

const SETTINGS = makeSettings();

const file = (path: string, more: Partial<OpenedFile> = {}): OpenedFile => ({
  path,
  config: "default",
  split: "train",
  size: 1_000_000,
  format: "parquet",
  slices: 2,
  bytes: 700,
  rows: 30,
  openReads: 2,
  ...more,
});

const loader = (id: string, more: Partial<OpenedLoader> = {}): OpenedLoader => ({
  id,
  dataset: "o/n",
  revision: "a".repeat(40),
  entries: 3,
  samplesMax: undefined,
  files: [file("a.parquet"), file("b.parquet", { rows: 12, slices: 1, bytes: 50 })],
  filesBeyondLimit: 0,
  ...more,
});

describe("toSchedule", () => {
  it("sums up files, and counts requests", () => {
    const { rows, totals } = toSchedule([loader("t/a", { entries: 2_001 })], null);
    expect(rows[0]).toMatchObject({ loader: "t/a", status: "runs", slices: 3, bytes: 750, rows: 42, rowsMax: 42 });
    // Info and three pages; a signed link and two reads for each file, one read for each slice.
    expect(rows[0]?.requests).toEqual({ listing: 4, reading: 2 + 4 + 3 });
    expect(totals).toEqual({
      loaders: 1,
      files: 2,
      slices: 3,
      bytes: 750,
      rowsKnown: 42,
      loadersWithUnknownRows: 0,
      rowsMax: 42,
      requests: 13,
    });
  });

  it("sorts by loader and lists a dataset once for two loaders of it", () => {
    const { rows, totals } = toSchedule(
      [loader("t/b"), loader("t/a"), loader("t/c", { revision: "b".repeat(40) })],
      null,
    );
    expect(rows.map((row) => row.loader)).toEqual(["t/a", "t/b", "t/c"]);
    expect(totals.requests).toBe(2 * 2 + 3 * 9);
  });

  it("knows no rows of a loader with a file that doesn't tell, and no bound without a limit", () => {
    const text = loader("t/a", {
      files: [file("a.parquet"), file("b.jsonl", { format: "json-lines", rows: undefined })],
    });
    const { rows, totals } = toSchedule([text, loader("t/b")], null);
    expect(rows.map((row) => [row.rows, row.rowsMax])).toEqual([
      [null, null],
      [42, 42],
    ]);
    expect(totals).toMatchObject({ rowsKnown: 42, loadersWithUnknownRows: 1, rowsMax: null });
  });

  it("caps rows by the limit", () => {
    const text = loader("t/a", { files: [file("b.jsonl", { rows: undefined })] });
    const { rows, totals } = toSchedule([text, loader("t/b"), loader("t/c", { files: [file("c")] })], 40);
    expect(rows.map((row) => row.rowsMax)).toEqual([40, 40, 30]);
    expect(totals.rowsMax).toBe(110);
  });

  it("fails a loader for a file that can't be read, and keeps the others of it", () => {
    const damaged = {
      path: "x.json",
      config: "default",
      split: "train",
      size: 9,
      problem: "x.json: a web page",
      openReads: 1,
    };
    const { rows, totals } = toSchedule([loader("t/a", { files: [file("a.parquet"), damaged] })], null);
    expect(rows[0]).toMatchObject({
      status: "failed",
      reason: "1 of 2 files can't be read: x.json: a web page",
      slices: 2,
    });
    expect(rows[0]?.rows).toBeNull();
    expect(totals.loaders).toBe(0);
  });

  it("has a row for what doesn't run", () => {
    const { rows, totals } = toSchedule(
      [
        { id: "t/a", status: "excluded" },
        { id: "t/b", status: "disabled", reason: "its licence forbids training" },
        { id: "t/c", dataset: "o/n", status: "gated", reason: "o/n is gated" },
      ],
      5,
    );
    expect(rows.map(({ loader: id, status, reason, dataset }) => [id, status, reason, dataset])).toEqual([
      ["t/a", "excluded", undefined, undefined],
      ["t/b", "disabled", "its licence forbids training", undefined],
      ["t/c", "gated", "o/n is gated", "o/n"],
    ]);
    expect(totals).toMatchObject({ loaders: 0, files: 0, requests: 0, rowsMax: 0 });
  });
});

const toLoader = (dataset: string, files: string, more = "") => `import { z } from "zod";
import { defineLoader } from "#contract";
export default defineLoader({
  dataset: "${dataset}", files: "${files}", license: "mit", category: "test", row: z.object({ text: z.string() }), ${more}
  toDraft: ({ text }) => ({ nodes: [{ tool: "say", arguments: { text } }] }),
});
`;

function makeHub(): { hub: Hub; folder: string; reads: [path: string, start: number, end: number][] } {
  const folder = makeFolder();
  const parquet = (rows: number) =>
    toParquet(
      { text: utf8() },
      Array.from({ length: rows }, (_, i) => ({ text: `row ${i}` })),
      { rowGroupRows: 10 },
    );
  writeDatasetFiles(folder, "owner/tables", {
    "data/train-00000-of-00003.parquet": parquet(25),
    "data/train-00001-of-00003.parquet": parquet(4),
    "data/train-00002-of-00003.parquet": parquet(1),
    "README.md": "a card",
  });
  writeDatasetFiles(folder, "owner/lines", { "rows.jsonl": toLines([{ text: "one" }, { text: "two" }]) });
  writeDatasetFiles(folder, "owner/page", { "a.json": "<html>", "b.jsonl": toLines([{ text: "one" }]) });
  const inner = openHub(folder);
  const reads: [string, number, number][] = [];
  const open: Hub["open"] = (dataset, revision, hubFile) => {
    const source = inner.open(dataset, revision, hubFile);
    const read = (start: number, end: number) => {
      reads.push([source.path, start, end]);
      return source.read(start, end);
    };
    return { path: source.path, size: source.size, read };
  };
  return { hub: { ...inner, open }, folder, reads };
}

const LOADERS = {
  "trial/lines.ts": toLoader("owner/lines", "rows.jsonl"),
  "trial/missing.ts": toLoader("owner/missing", "rows.jsonl"),
  "trial/off.ts": toLoader("owner/lines", "rows.jsonl", 'disabled: "not now",'),
  "trial/page.ts": toLoader("owner/page", "*.json*"),
  "trial/tables.ts": toLoader("owner/tables", "data/train-*.parquet"),
};

describe("openSchedule", () => {
  it("opens every loader's files, whatever fails, and reads no row", async () => {
    const { hub, reads } = makeHub();
    const { rows, totals } = await openSchedule({ root: makeProject(LOADERS), hub, settings: SETTINGS });
    expect(
      rows.map(({ loader: id, status, files, slices, rows: known }) => [id, status, files.length, slices, known]),
    ).toEqual([
      ["trial/lines", "runs", 1, 1, null],
      ["trial/missing", "failed", 0, 0, null],
      ["trial/off", "disabled", 0, 0, null],
      ["trial/page", "failed", 2, 1, null],
      ["trial/tables", "runs", 3, 5, 30],
    ]);
    expect(rows[1]?.reason).toMatch(/^owner\/missing is not in this directory/);
    expect(rows[2]?.reason).toBe("not now");
    expect(rows[3]?.reason).toMatch(/^1 of 2 files can't be read: a\.json: it begins with "<"/);
    expect(rows[4]).toMatchObject({ dataset: "owner/tables", revision: "c".repeat(40) });
    expect(rows[4]?.files[0]).toMatchObject({ path: "data/train-00000-of-00003.parquet", format: "parquet", rows: 25 });
    expect(totals).toMatchObject({ loaders: 2, files: 6, slices: 7 });
    // A first look at the beginning, then the footer; a slice would be read from the middle.
    const ofTables = reads.filter(([path]) => path.endsWith(".parquet"));
    expect(ofTables).toHaveLength(6);
  });

  it("reads no more footers than the limit needs", async () => {
    const { hub } = makeHub();
    const settings = { ...SETTINGS, limit: 26, loaders: ["trial/tables"] };
    const { rows, totals } = await openSchedule({ root: makeProject(LOADERS), hub, settings });
    const tables = rows.find((row) => row.loader === "trial/tables");
    expect(tables?.files.map(({ path }) => path.slice(-22, -8))).toEqual(["00000-of-00003", "00001-of-00003"]);
    expect(tables).toMatchObject({ rows: null, rowsMax: 26, slices: 4 });
    expect(totals.rowsMax).toBe(26);
    expect(rows.filter(({ status }) => status === "excluded")).toHaveLength(4);
  });

  it("tells a gated dataset from a failure", async () => {
    const { hub } = makeHub();
    const gated: Hub = {
      ...hub,
      resolve: async () => {
        throw new SourceError("gated", "owner/lines is gated. Accept its terms.");
      },
    };
    const settings = { ...SETTINGS, loaders: ["trial/lines"] };
    const { rows } = await openSchedule({ root: makeProject(LOADERS), hub: gated, settings });
    expect(rows.find((row) => row.loader === "trial/lines")).toMatchObject({
      status: "gated",
      reason: "owner/lines is gated. Accept its terms.",
    });
  });

  it("foretells the requests of a run", async () => {
    const { hub, folder } = makeHub();
    await hub.close();
    const server = await startHubServer(folder);
    onTestFinished(() => server.close());
    const remote = openHub(server.url);
    onTestFinished(() => remote.close());
    const settings = { ...SETTINGS, loaders: ["trial/tables"] };
    const { totals } = await openSchedule({ root: makeProject(LOADERS), hub: remote, settings });
    // Small files are fetched whole when they are opened: what follows is read from memory.
    expect(totals.requests).toBe(server.requests.length);
  });

  it("passes on what is no failure of a source", async () => {
    const { hub } = makeHub();
    const broken: Hub = { ...hub, list: () => Promise.reject(new TypeError("a bug")) };
    await expect(openSchedule({ root: makeProject(LOADERS), hub: broken, settings: SETTINGS })).rejects.toThrow(
      "a bug",
    );
  });
});
