import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type CrashProject,
  FAULT_ROWS,
  makeCrashProject,
  type ThreadFault,
  toFaultLoader,
  writeFaults,
} from "../support/crash.ts";
import { planstream, readManifest, toFingerprint } from "../support/planstream.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

// A thread that dies costs the row that it died of; one that does not come to an end the slice it was at.

const folder = createTemporaryFolder();
const env = { NODE_COMPILE_CACHE: join(folder, "compiled") };
/** For the loop alone: short, but far more than a thread needs to start and to work a slice on a busy machine. */
const shortLimit = { PLANSTREAM_SLICE_MS_MAX: "8000" };
let project: CrashProject;

const FAULTS: readonly (readonly [ThreadFault, string, RegExp])[] = [
  ["memory", "worker_died", /reaching memory limit/],
  ["exit", "worker_died", /worker exited with code: 7/],
  ["uncaught", "worker_died", /thrown at nobody/],
  ["trap", "worker_died", /unreachable/],
  ["loop", "worker_timeout", /had not come to the slice's end after 8 s, twice/],
];

beforeAll(() => {
  const loaders = FAULTS.map(([fault]) => [`loaders/opal/${fault}.ts`, toFaultLoader(fault)]);
  project = makeCrashProject(folder, Object.fromEntries(loaders));
  writeFaults(project.hub);
});

describe.each(FAULTS)("%s", (fault, reason, words) => {
  const run = (output: string, workers: string) =>
    planstream(
      project.toArgs(output, "--track", "opal,quartz", "--loader", `opal/${fault},quartz/asks`, "--workers", workers),
      {
        project: project.root,
        env: fault === "loop" ? { ...env, ...shortLimit } : env,
      },
    );

  // What never comes to an end is not looked for row by row: each try of it takes minutes.
  const lost = fault === "loop" ? FAULT_ROWS : 1;

  test("costs the row that does it, the same with any number of workers, and nobody else anything", async () => {
    const output = join(folder, `${fault}-1`);
    const again = join(folder, `${fault}-3`);
    for (const ended of await Promise.all([run(output, "1"), run(again, "3")])) {
      expect(ended.code, ended.stderr).toBe(0);
    }
    const { loaders } = readManifest(output);
    expect(loaders[`opal/${fault}`]).toMatchObject({
      status: "ok",
      rows_read: 3 * FAULT_ROWS,
      samples: 3 * FAULT_ROWS - lost,
      quarantined: { [reason]: lost },
    });
    expect(loaders["quartz/asks"]).toMatchObject({ rows_read: 120, samples: 89 });
    const [line, ...more] = readFileSync(join(output, `quarantine/opal-${fault}.jsonl`), "utf8")
      .trimEnd()
      .split("\n");
    expect(more).toEqual([]);
    expect(JSON.parse(line as string)).toMatchObject({
      stage: "worker",
      reason,
      message: expect.stringMatching(words),
      source: { file: "1.jsonl", row: fault === "loop" ? 0 : 4, rows: lost },
      ...(fault !== "loop" && { raw: { text: '{"ask":"now"}' } }),
    });
    expect(toFingerprint(again)).toEqual(toFingerprint(output));
  });
});
