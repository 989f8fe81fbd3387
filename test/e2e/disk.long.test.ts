import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { assertReadable, type CrashProject, listLeftovers, makeCrashProject } from "../support/crash.ts";
import { canMount, runOnFullDisk, runWithFileLimit, writeClockGoingBack } from "../support/disk-faults.ts";
import { planstream, toFingerprint } from "../support/planstream.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

// What the machine can refuse: room, permission, a folder where one is expected, a clock that goes forward.

const folder = createTemporaryFolder();
const env = { NODE_COMPILE_CACHE: join(folder, "compiled") };
let project: CrashProject;
let reference: Record<string, string>;
const run = (output: string) => planstream(project.toArgs(output), { project: project.root, env });

beforeAll(async () => {
  project = makeCrashProject(folder);
  const output = join(folder, "undisturbed");
  expect(await run(output)).toMatchObject({ code: 0 });
  reference = toFingerprint(output);
});

describe("a full disk", () => {
  // From one that takes no byte to one that is full when only the texts are left to write.
  test.skipIf(!canMount).each([4, 12, 32, 64, 96, 120, 132, 144])(
    "of %i KiB is said, and the run goes on when there is room",
    (kib) => {
      const mountPoint = join(folder, `disk-${kib}`);
      const copy = join(folder, `copy-${kib}`);
      mkdirSync(mountPoint);
      const { first, second, between } = runOnFullDisk({ project, env, mountPoint, copy, kib });
      expect(first.code, first.stderr).toBe(1);
      expect(first.stderr).toMatch(
        /planstream: the disk is full \(ENOSPC: .* '\/.*'\)\..*run the same command again\./,
      );
      expect(first.stderr).not.toContain("bug");
      expect(between.filter((path) => path.endsWith("out/manifest.json"))).toEqual([]);
      expect(second.code, second.stderr).toBe(0);
      expect(toFingerprint(copy)).toEqual(reference);
      expect(listLeftovers(copy)).toEqual([]);
    },
  );

  test.each([1, 4, 16, 24])("a limit of %i KiB a file is said, and the run goes on without it", async (kib) => {
    const output = join(folder, `limit-${kib}`);
    const cut = runWithFileLimit(project, output, kib, env);
    expect(cut.code, cut.stderr).toBe(1);
    expect(cut.stderr).toMatch(/larger than the limit \(ulimit -f\) \(EFBIG: .* '\/.*'\)/);
    assertReadable(output);
    expect(existsSync(join(output, "manifest.json"))).toBe(false);
    expect(await run(output)).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(reference);
  });
});

describe("an output that can't be written", () => {
  test("a file, or a place in a file, is a wrong option", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "mine");
    for (const output of [file, join(file, "below")]) {
      const ended = await run(output);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toMatch(/--output .* (is a file|lies in a file)/);
    }
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  test("somebody else's folder is left alone", async () => {
    const theirs = join(folder, "theirs");
    mkdirSync(theirs);
    writeFileSync(join(theirs, "thesis.txt"), "mine");
    const ended = await run(theirs);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("thesis.txt");
  });

  test.skipIf(!canMount)("a read-only disk is said", () => {
    const script = `mount -t tmpfs tmpfs "$1" && mkdir "$1/out" && mount -o remount,ro "$1" && shift && exec "$@"`;
    const mountPoint = join(folder, "read-only");
    mkdirSync(mountPoint);
    const command = [process.execPath, join(project.root, "src/main.ts"), ...project.toArgs(join(mountPoint, "out"))];
    const ended = spawnSync("unshare", ["-rm", "sh", "-c", script, "sh", mountPoint, ...command], {
      env: { ...process.env, ...env },
      encoding: "utf8",
    });
    expect(ended.status, ended.stderr).toBe(1);
    expect(ended.stderr).toMatch(/planstream: the file system is read-only \(EROFS: .*out\/\.run'\)/);
    expect(ended.stderr).not.toContain("bug");
  });
});

test("a clock that goes back changes nothing but run.json, whose times stay in order", async () => {
  const output = join(folder, "clock");
  const nodeOptions = ["--import", writeClockGoingBack(join(folder, "clock.mjs"))];
  const ended = await planstream(project.toArgs(output), { project: project.root, env, nodeOptions });
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  expect(toFingerprint(output)).toEqual(reference);
  const times = JSON.parse(readFileSync(join(output, "run.json"), "utf8"));
  expect(times.wall_s).toBeGreaterThan(0);
  expect(Date.parse(times.finished_at)).toBeGreaterThanOrEqual(Date.parse(times.started_at));
});
