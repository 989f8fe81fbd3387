import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toColumns } from "../../src/contract/index.ts";
import { openDirectoryHub } from "../../src/hub/directory-hub.ts";
import { fromColumnPaths, toColumnPaths } from "../../src/run/manifest.ts";
import { runReplay } from "../../src/run/replay/replay.ts";
import { cutToRoom } from "../../src/run/replay/replay-account.ts";
import { findRun } from "../../src/run/replay/sample-runs.ts";
import { runTier1 } from "../../src/run/tier1.ts";
import { createSampleOrder } from "../../src/run/verify/sample-order.ts";
import { createCounts, createDistributions, createTally } from "../../src/schema/tally.ts";
import { readManifest } from "../support/planstream.ts";
import { makeSettings } from "../support/settings.ts";
import { makeFolder, makeProject, toLines, writeDatasetFiles } from "../support/small-project.ts";

const toLoader = (dataset: string, refused: string) => `import { z } from "zod";
import { defineLoader } from "#contract";
export default defineLoader({
  dataset: "owner/${dataset}", files: "*.jsonl", license: "mit", category: "test", row: z.object({ ask: z.string() }),
  toDraft({ ask }) {
    if (ask.startsWith("${refused}")) throw new Error(ask);
    return { request: ask, nodes: [{ tool: "look", arguments: {} }] };
  },
});
`;

it("asks all loaders for repeats with --dedupe global, those that were replayed before too", async () => {
  const hub = makeFolder();
  const rows = { one: ["a", "!x", "!y"], two: ["c", "!x", "!y", "!z", "d"] };
  for (const [name, asks] of Object.entries(rows)) {
    writeDatasetFiles(hub, `owner/${name}`, { "rows.jsonl": toLines(asks.map((ask) => ({ ask }))) });
  }
  const root = makeProject({ "trial/one.ts": toLoader("one", "!"), "trial/two.ts": toLoader("two", "!") });
  const options = { root, output: join(root, "out"), hub: openDirectoryHub(hub), workers: 1 };
  const signal = new AbortController().signal;
  await runTier1({
    ...options,
    settings: makeSettings({ quarantine_max: 1, dedupe: "global" }),
    fresh: false,
    update: false,
    reporter: { started() {}, progressed() {}, ended() {}, note() {} },
    signal,
  });
  for (const name of ["one", "two"]) writeFileSync(join(root, "loaders", "trial", `${name}.ts`), toLoader(name, "?"));
  const result = await runReplay({ ...options, loaders: [], reasons: [], offline: true, note() {}, signal });
  expect(result.kind).toBe("finished");
  expect(result.loaders.map(({ id, samples, dropped }) => [id, samples, dropped])).toEqual([
    ["trial/one", 2, {}],
    ["trial/two", 1, { duplicate: 2 }],
  ]);
  expect(readManifest(options.output).duplicates).toEqual({ "trial/two": { "trial/one": 2 } });
  const asks = readFileSync(join(options.output, "parts", "trial-two-00000.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  expect(asks.map((line) => JSON.parse(line).metadata.request)).toEqual(["c", "d", "!z"]);
});

describe("where samples stand", () => {
  const replayed = [
    { samples_before: 3, samples: 2 },
    { samples_before: 6, samples: 1 },
  ];

  it("tells the run from its replays, also when it went on after one", () => {
    expect([0, 2, 3, 4, 5, 6, 7].map((ordinal) => findRun(replayed, ordinal))).toEqual([0, 0, 1, 1, 0, 2, 0]);
    expect(findRun([], 5)).toBe(0);
  });

  it("lets rows rise anew in each replay, and finds one that was there before", () => {
    const listProblems = (rows: readonly number[]) => {
      const order = createSampleOrder(replayed);
      return rows.map((row) => order.next({ file: 0, row, draft: undefined }));
    };
    expect(listProblems([1, 4, 9, 2, 7, 11, 3])).toEqual(Array(7).fill(undefined));
    expect(listProblems([1, 4, 9, 2, 4, 11, 2])).toEqual([
      ...[undefined, undefined, undefined, undefined],
      "row 4 of its file has given samples before",
      undefined,
      "row 2 of its file has given samples before",
    ]);
    expect(listProblems([1, 4, 9, 7, 2])[4]).toBe("row 2 stands after row 7 of the same file");
  });

  it("tells rows of different files apart", () => {
    const place = fc.record({ file: fc.integer({ min: 0, max: 5000 }), row: fc.integer({ min: 0, max: 2 ** 32 - 1 }) });
    fc.assert(
      fc.property(place, place, (a, b) => {
        const order = createSampleOrder([{ samples_before: 1, samples: 1 }]);
        order.next({ ...a, draft: undefined });
        const isSame = a.file === b.file && a.row === b.row;
        expect(order.next({ ...b, draft: undefined })).toBe(
          isSame ? `row ${b.row} of its file has given samples before` : undefined,
        );
      }),
      {
        seed: 5,
        numRuns: 300,
        examples: [
          [
            { file: 1, row: 2 },
            { file: 1, row: 2 },
          ],
        ],
      },
    );
  });
});

it("reads columns back from their paths", () => {
  const columns = toColumns(
    z.object({
      ask: z.string(),
      calls: z.array(z.object({ name: z.string(), args: z.unknown() })),
      more: z.string().optional(),
    }),
  );
  const paths = toColumnPaths(columns);
  expect(paths).toEqual(["ask", "calls.args", "calls.name", "more"]);
  expect(toColumnPaths(fromColumnPaths(paths))).toEqual(paths);
  expect(fromColumnPaths(toColumnPaths(true))).toBe(true);
});

it("cuts samples to the room there is, and their account with them", () => {
  const toLine = (tool: string) =>
    `${JSON.stringify({ category: "c", execution_plan: { nodes: [{ tool_name: tool, provenance_tier: 1, scope_sensitivity: 2, scope_volume: 3 }] } })}\n`;
  const samples = Buffer.from(["a", "b", "b"].map(toLine).join(""));
  const distributions = {
    ...createDistributions(),
    category: { c: 3 },
    provenance_tier: { 1: 3 },
    scope_sensitivity: { 2: 3 },
    scope_volume: { 3: 3 },
    tools: { a: 1, b: 2 },
  };
  const tally = { ...createTally(), rows_read: 3, samples: 3 };
  const winnowed = { samples, sampleLines: 3, tally, distributions, duplicates: createCounts(), held: undefined };
  const cut = cutToRoom(winnowed, 2);
  expect(Buffer.from(cut.samples).toString()).toBe(toLine("a") + toLine("b"));
  expect(cut.tally).toMatchObject({ rows_read: 3, samples: 2, dropped: { over_target: 1 } });
  expect(cut.distributions).toMatchObject({ category: { c: 2 }, tools: { a: 1, b: 1 }, scope_volume: { 3: 2 } });
  expect(cutToRoom(winnowed, 3)).toBe(winnowed);
  expect(cutToRoom(winnowed, 0)).toMatchObject({ sampleLines: 0, tally: { samples: 0, dropped: { over_target: 3 } } });
});
