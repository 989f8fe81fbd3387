import { expect, it } from "vitest";
import { addSchedule } from "../../src/cli/schedule.ts";
import { toParquet, utf8 } from "../support/parquet-writer.ts";
import { runCommand } from "../support/run-command.ts";
import { makeFolder, makeProject, toLines, writeDatasetFiles } from "../support/small-project.ts";

const toLoader = (dataset: string, files: string) => `import { z } from "zod";
import { defineLoader, drop } from "#contract";
export default defineLoader({
  dataset: "${dataset}", files: "${files}", license: "mit", category: "test", row: z.object({ a: z.string() }),
  toDraft: () => drop("never"),
});
`;

const ROOT = {
  "trial/gone.ts": toLoader("owner/gone", "*.jsonl"),
  "trial/lines.ts": toLoader("owner/lines", "*.jsonl"),
  "trial/table.ts": toLoader("owner/table", "train.parquet"),
};

function makeHub(): { hub: string } {
  const hub = makeFolder();
  writeDatasetFiles(hub, "owner/lines", { "rows.jsonl": toLines([{ a: "one" }, { a: "two" }]) });
  const rows = Array.from({ length: 1_234 }, (_, i) => ({ a: `row ${i}` }));
  writeDatasetFiles(hub, "owner/table", { "train.parquet": toParquet({ a: utf8() }, rows) }, "0123456789".repeat(4));
  return { hub };
}

const run = (...args: string[]) =>
  runCommand((program) => addSchedule(program, makeProject(ROOT)), ["schedule", ...args]);

it("prints a table, the reasons and the totals, and fails by exit code 5", async () => {
  const { hub } = makeHub();
  const { stdout, exitCode } = await run("--hub", hub);
  expect(exitCode).toBe(5);
  const [titles, gone, lines, table, , reason, , totals, requests] = stdout.split("\n");
  expect(titles).toMatch(/^loader +status +dataset +commit +files +slices +bytes +requests +rows$/);
  expect(gone).toMatch(/^trial\/gone +failed +owner\/gone +- +- +- +- +- +-$/);
  expect(lines).toMatch(/^trial\/lines +runs +owner\/lines +cccccccccccc +1 +1 +24 +4 +-$/);
  expect(table).toMatch(/^trial\/table +runs +owner\/table +012345678901 +1 +1 +\d?\d,\d{3} +4 +1,234$/);
  expect(reason).toMatch(/^trial\/gone failed: owner\/gone is not in this directory: .* Get it with/);
  expect(totals).toMatch(
    /^2 loaders would run: 2 files, 2 slices, [\d,]+ bytes to read \(.+B\), 1,234 rows and those of 1 loaders/,
  );
  expect(requests).toBe(
    "About 8 HTTP requests: API 4 of 500 in 300 s, resolvers 2 of 3,000 in 300 s, storage hosts 2; no wait for a quota.",
  );
});

it("says what a limit caps, and shows files", async () => {
  const { hub } = makeHub();
  const { stdout, exitCode } = await run("--hub", hub, "--limit", "1000", "--loader", "trial/table", "--files");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^trial\/gone +excluded +- /m);
  expect(stdout).toMatch(/rows, at most\n/);
  expect(stdout).toMatch(/^trial\/table +runs .* 1,000$/m);
  expect(stdout).toMatch(/^trial\/table +default +train +parquet +1 +[\d,]+ +1,234 +train\.parquet$/m);
  expect(stdout).toMatch(/^--limit: at most 1,000 rows per loader\.$/m);
});

it("prints one JSON object", async () => {
  const { hub } = makeHub();
  const { stdout } = await run(
    "--hub",
    hub,
    "--loader",
    "trial/table,trial/lines",
    "--json",
    "--files",
    "--limit",
    "5",
  );
  const { schema, limit, loaders, totals } = JSON.parse(stdout);
  expect([schema, limit, totals.rowsMax]).toEqual(["planstream/schedule/1", 5, 10]);
  expect(loaders.map((row: Record<string, unknown>) => [row.loader, row.status, row.files, row.revision])).toEqual([
    ["trial/gone", "excluded", 0, undefined],
    ["trial/lines", "runs", 1, "c".repeat(40)],
    ["trial/table", "runs", 1, "0123456789".repeat(4)],
  ]);
  expect(loaders[1].file_list).toEqual([
    {
      path: "rows.jsonl",
      config: "default",
      split: "train",
      size: 24,
      format: "json-lines",
      slices: 1,
      bytes: 24,
      rows: null,
    },
  ]);
});
