import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { rewindToSlice } from "../support/crash.ts";
import { planstream, readManifest, toFingerprint } from "../support/planstream.ts";
import { copyProject } from "../support/project-copy.ts";
import { toLoader, toPlan } from "../support/replay-project.ts";
import { toLines, writeDatasetFiles } from "../support/small-project.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

// A loader that --quarantine-max stops.

const folder = createTemporaryFolder();
const hub = join(folder, "hub");
let project: string;

const FILES = 6;
const FILE_ROWS = 400;

const run = (output: string, ...more: string[]) =>
  planstream(["tier1", "--hub", hub, "--loader", "quartz/drift", "--output", output, ...more], { project });

beforeAll(() => {
  mkdirSync(hub);
  const toRow = (file: number, row: number) => (row % 4 === 3 ? { ask: row } : { ask: `question ${row} of ${file}` });
  const files = Array.from({ length: FILES }, (_, file): [string, string] => [
    `${file}.jsonl`,
    toLines(Array.from({ length: FILE_ROWS }, (_, row) => toRow(file, row))),
  ]);
  writeDatasetFiles(hub, "replay/drift", Object.fromEntries(files));
  const loader = toLoader("drift", "*.jsonl", "ask: z.string()", `return ${toPlan("row.ask")};`);
  project = copyProject(join(folder, "project"), { "loaders/quartz/drift.ts": loader }, []);
});

test("killed between the slice that is too much and the end it brings, it reads no further", async () => {
  const reference = join(folder, "reference");
  expect(await run(reference)).toMatchObject({ code: 5 });
  expect(readManifest(reference).loaders["quartz/drift"]).toMatchObject({ status: "failed", rows_read: 3 * FILE_ROWS });
  const killed = join(folder, "killed");
  cpSync(reference, killed, { recursive: true });
  rewindToSlice(killed, 3);
  expect(await run(killed)).toMatchObject({ code: 5 });
  expect(toFingerprint(killed)).toEqual(toFingerprint(reference));
});
