import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { listLeftovers } from "../support/crash.ts";
import { isLong } from "../support/long.ts";
import { planstream, type RunOptions, readManifest, startPlanstream, toFingerprint } from "../support/planstream.ts";
import {
  LINE_ROWS,
  makeReplayProject,
  mendLoaders,
  REPLAY_LOADERS,
  writeReplayHub,
} from "../support/replay-project.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

const folder = createTemporaryFolder();
const hub = join(folder, "hub");
const project = join(folder, "project");
const [made, fresh, reference] = ["made", "fresh", "reference"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];

const run = (args: readonly string[], options: RunOptions = {}) => planstream(args, { project, ...options });
const tier1 = (output: string, ...more: string[]) =>
  run([
    "tier1",
    "--hub",
    hub,
    "--output",
    output,
    "--loader",
    REPLAY_LOADERS.join(),
    "--quarantine-max",
    "90%",
    ...more,
  ]);
const replay = (output: string, ...more: string[]) => run(["quarantine", "replay", output, "--hub", hub, ...more]);

/** A copy of the run that was made before the loaders were mended. */
function copyMade(name: string): string {
  const copy = join(folder, name);
  cpSync(made, copy, { recursive: true });
  return copy;
}

const readLines = (output: string, name: string): string[] =>
  readdirSync(join(output, "parts"))
    .filter((file) => file.startsWith(`quartz-${name}-`))
    .sort()
    .flatMap((file) =>
      readFileSync(join(output, "parts", file), "utf8")
        .split("\n")
        .slice(0, -1),
    );

const readQuarantine = (output: string, name: string): string[] =>
  readdirSync(join(output, "quarantine"))
    .filter((file) => file.startsWith(`quartz-${name}.`))
    .flatMap((file) =>
      readFileSync(join(output, "quarantine", file), "utf8")
        .split("\n")
        .slice(0, -1),
    );

/** Lets one flush of the journal fail after its bytes were written, as network disks and quotas do. */
const NO_FLUSH = `
import { open } from "node:fs/promises";
import { readlinkSync } from "node:fs";
const handle = await open("/dev/null");
const prototype = Object.getPrototypeOf(handle);
await handle.close();
const { datasync } = prototype;
let left = Number(process.env.FAILING_FLUSH);
prototype.datasync = async function () {
  const isJournal = readlinkSync("/proc/self/fd/" + this.fd).endsWith("journal.jsonl");
  if (!isJournal || --left !== 0) return datasync.call(this);
  throw Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO", syscall: "fdatasync" });
};
`;

const toId = (line: string): string => (JSON.parse(line) as { original_id: string }).original_id;

beforeAll(async () => {
  writeReplayHub(hub);
  makeReplayProject(project);
  expect(await tier1(made)).toMatchObject({ code: 0 });
  mendLoaders(project);
  expect(await tier1(fresh)).toMatchObject({ code: 0 });
  cpSync(made, reference, { recursive: true });
  expect(await replay(reference, "--workers", "1")).toMatchObject({ code: 0 });
});

describe("a replay after the loaders were mended", () => {
  test("gives what a fresh run gives, behind what was there", () => {
    const before = readManifest(made).loaders;
    expect(REPLAY_LOADERS.map((id) => before[id]?.quarantined)).toEqual([
      { bad_json: 1, draft_failed: 35, invalid_utf8: 1, row_schema: 49 },
      { draft_failed: 8 },
      { row_schema: 30 },
      { draft_failed: 9 },
      { worker_died: 1 },
    ]);
    for (const id of REPLAY_LOADERS) {
      const name = id.slice("quartz/".length);
      const were = readLines(made, name);
      const ids = new Set(were.map(toId));
      const now = readLines(reference, name);
      expect(now.slice(0, were.length)).toEqual(were);
      expect(now.slice(were.length)).toEqual(readLines(fresh, name).filter((line) => !ids.has(toId(line))));
      expect(readQuarantine(reference, name)).toEqual(readQuarantine(fresh, name));
    }
    expect(readQuarantine(reference, "lines")).toHaveLength(2);
  });

  test("is in the account, and the account adds up", () => {
    const { loaders, totals, quarantine } = readManifest(reference);
    const was = readManifest(made);
    expect(loaders["quartz/lines"]).toMatchObject({
      status: "ok",
      rows_read: LINE_ROWS + 3,
      added: 35,
      samples: LINE_ROWS - 48 - 35 + 70,
      dropped: { no_request: 49 },
      quarantined: { bad_json: 1, invalid_utf8: 1 },
    });
    expect(loaders["quartz/lines"]?.replayed).toMatchObject([
      {
        generation: 1,
        samples_before: LINE_ROWS - 48 - 35,
        rows: 86,
        added: 35,
        samples: 70,
        dropped: 49,
        quarantined: 2,
      },
    ]);
    expect(totals.rows_read).toBe(was.totals.rows_read);
    expect(totals.rows_read + totals.added).toBe(totals.samples + totals.dropped + totals.quarantined);
    expect(quarantine.map(({ path, lines }) => [path, lines])).toEqual([["quarantine/quartz-lines.replay-1.jsonl", 2]]);
    expect(readdirSync(join(reference, "quarantine"))).toEqual(["quartz-lines.replay-1.jsonl"]);
  });

  test("passes verification, against the source too", async () => {
    expect(await run(["verify", reference])).toMatchObject({ code: 0 });
    const verified = await run(["verify", reference, "--source", "--hub", hub]);
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.stdout).toContain("all hashes match, and so do the rows in the source");
  });

  test("is the same for any number of workers, and a second one changes nothing", async () => {
    const output = copyMade("again");
    expect(await replay(output, "--workers", "3")).toMatchObject({ code: 0 });
    const fingerprint = toFingerprint(reference);
    expect(toFingerprint(output)).toEqual(fingerprint);
    const again = await replay(output);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain("Every row failed again as before");
    expect(toFingerprint(output)).toEqual(fingerprint);
    expect(readdirSync(join(output, ".run", "quarantine"))).toEqual([]);
    expect(readdirSync(join(output, ".run", "parts"))).toEqual([]);
  });

  test("is kept by tier1, which says what has changed", async () => {
    const output = join(folder, "again");
    const ended = await tier1(output);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain("The code of quartz/lines has changed since; its quarantine was replayed with it.");
    expect(toFingerprint(output)).toEqual(toFingerprint(reference));
  });

  test("gives way to --update, which makes all samples anew", async () => {
    const output = join(folder, "again");
    expect(await tier1(output, "--update")).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(toFingerprint(fresh));
  });
});

describe("a replay that is cut off", () => {
  test.runIf(isLong)("by kill -9, again and again, ends with the same bytes", async () => {
    const output = copyMade("killed");
    for (let kill = 0; kill < 5; kill++) {
      const args = ["quarantine", "replay", output, "--hub", hub, "--workers", String(1 + (kill % 3))];
      const started = startPlanstream(args, { project });
      await sleep(500 + 150 * kill);
      started.kill("SIGKILL");
      await started.ended;
    }
    expect(await replay(output)).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(toFingerprint(reference));
  });

  test.skipIf(!existsSync("/proc/self/fd"))(
    "by a disk that takes the journal's line and then fails to flush it ends with the same bytes",
    async () => {
      const module = join(folder, "no-flush.mjs");
      writeFileSync(module, NO_FLUSH);
      for (const flush of ["1", "3"]) {
        const output = copyMade(`no-flush-${flush}`);
        const args = ["quarantine", "replay", output, "--hub", hub];
        const env = { FAILING_FLUSH: flush };
        const failed = await planstream(args, { project, env, nodeOptions: ["--import", module] });
        expect(failed.code).toBe(1);
        expect(failed.stderr).toContain("the disk fails");
        expect(await replay(output)).toMatchObject({ code: 0 });
        expect(toFingerprint(output)).toEqual(toFingerprint(reference));
      }
    },
  );

  test("leaves nothing once a start has seen that the folder is finished", async () => {
    const output = copyMade("left");
    expect((await replayCut(output, "part.write:half")).code).toBe(null);
    expect((await tier1(output)).stdout).toContain("Nothing to do");
    expect(listLeftovers(output)).toEqual([]);
    expect(toFingerprint(output)).toEqual(toFingerprint(made));
  });

  // Before and after its loaders' events are journaled, and while it is published.
  const POINTS = [
    ["part.write:half@2", "replay"],
    ["publish.withdraw:after", "tier1"],
    ["quarantine.write:half", "tier1"],
    ["journal.write:half@3", "tier1"],
    ["journal.sync:after@5", "replay"],
    ["publish.rename:after@2", "replay"],
    ["text.rename:after@2", "tier1"],
  ];
  test.each(isLong ? POINTS : POINTS.slice(0, 2))("at %s is healed by the next %s", async (point, next) => {
    const output = copyMade(point);
    expect((await replayCut(output, point)).code).toBe(null);
    if (next === "tier1") {
      // It publishes what the journal tells of; the next replay does the rest.
      expect(await tier1(output)).toMatchObject({ code: 0 });
      expect(await run(["verify", output])).toMatchObject({ code: 0 });
    }
    expect(await replay(output, "--workers", "2")).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(toFingerprint(reference));
  });

  const replayCut = (output: string, point: string) =>
    run(["quarantine", "replay", output, "--hub", hub], { env: { PLANSTREAM_CRASH_POINT: point } });

  test("by SIGINT says so, and goes on", async () => {
    const output = copyMade("interrupted");
    const args = ["quarantine", "replay", output, "--hub", hub];
    const started = startPlanstream(args, { project });
    await new Promise<void>((heard) => {
      started.child.stderr?.on(
        "data",
        (chunk: Buffer) => chunk.includes("[quartz/lines] replaying 86 rows") && heard(),
      );
    });
    started.kill("SIGINT");
    const ended = await started.ended;
    expect(ended.code).toBe(130);
    expect(ended.stdout).toContain("the same command goes on from there");
    expect(await replay(output)).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(toFingerprint(reference));
  });
});

describe("what a replay can't or may not do", () => {
  test("rows that must be read again are left where the hub is gone; --offline works the others", async () => {
    const away = `${hub}-away`;
    renameSync(hub, away);
    cpSync(join(away, "datasets--replay--lines"), join(hub, "datasets--replay--lines"), { recursive: true });
    const output = copyMade("no-hub");
    const ended = await replay(output);
    const offline = copyMade("offline");
    const worked = await run(["quarantine", "replay", offline, "--offline", "--json"]);
    renameSync(hub, `${hub}-part`);
    renameSync(away, hub);
    expect(ended.code).toBe(5);
    expect(ended.stdout).toContain(
      "[quartz/wider] left as it was, because rows must be read again: replay/table is not in this directory",
    );
    const { loaders } = readManifest(output);
    const was = readManifest(made).loaders;
    expect(loaders["quartz/lines"]?.samples).toBe(readManifest(reference).loaders["quartz/lines"]?.samples);
    for (const id of ["quartz/wider", "quartz/joined"]) expect(loaders[id]).toEqual(was[id]);
    expect(await run(["verify", output])).toMatchObject({ code: 0 });
    // With the hub back the rest follows; only the order in which the journal came about differs.
    expect(await replay(output)).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(toFingerprint(reference));
    expect(worked.code).toBe(0);
    expect(JSON.parse(worked.stdout).loaders).toMatchObject({
      "quartz/lines": { generation: 1, rows: 86, samples: 70, quarantined: { bad_json: 1, invalid_utf8: 1 } },
      "quartz/table": { generation: 1, rows: 8, samples: 8, quarantined: {} },
      "quartz/wider": { generation: null, rows: 0, quarantined: { row_schema: 30 } },
      "quartz/joined": { generation: null, quarantined: { draft_failed: 9 } },
      "quartz/deadly": { generation: 1, rows: 1, samples: 1, quarantined: {} },
    });
  });

  test("only the rows that failed for a reason, and the others later", async () => {
    const output = copyMade("reasons");
    const first = await replay(output, "--loader", "quartz/lines", "--reason", "row_schema", "--json");
    expect(JSON.parse(first.stdout).loaders).toEqual({
      "quartz/lines": {
        generation: 1,
        rows: 49,
        added: 0,
        samples: 0,
        dropped: { no_request: 49 },
        failed: {},
        quarantined: { bad_json: 1, draft_failed: 35, invalid_utf8: 1 },
        status: "ok",
        files_unreadable: 0,
      },
    });
    expect(await replay(output, "--loader", "quartz/lines")).toMatchObject({ code: 0 });
    expect(readManifest(output).loaders["quartz/lines"]?.replayed?.map(({ rows }) => rows)).toEqual([49, 37]);
    expect(readLines(output, "lines")).toEqual(readLines(reference, "lines"));
    expect(await run(["verify", output, "--source", "--hub", hub])).toMatchObject({ code: 0 });
  });

  test("names that are not there, and folders that are none", async () => {
    const output = copyMade("names");
    const noLoader = await replay(output, "--loader", "quartz/line");
    expect(noLoader.code).toBe(2);
    expect(noLoader.stderr).toMatch(/--loader quartz\/line: .*There are: .*quartz\/lines/);
    expect((await replay(output, "--reason", "none")).stderr).toMatch(/--reason none: .*bad_json/);
    rmSync(join(output, ".run"), { recursive: true });
    for (const ended of [await replay(output), await tier1(output)]) {
      expect(ended.code).toBe(2);
      expect(ended.stderr).toMatch(/is a copy of a run folder without its journal \(\.run.*Copy \.run along/);
    }
    expect(existsSync(join(output, ".run"))).toBe(false);
    const nowhere = join(folder, "nowhere");
    expect((await replay(nowhere)).code).toBe(2);
    expect(existsSync(nowhere)).toBe(false);
  });
});
