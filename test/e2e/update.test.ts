import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { planstream, readManifest, toFingerprint } from "../support/planstream.ts";
import { copyProject } from "../support/project-copy.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";
import { writeDataset } from "../support/write-dataset.ts";
import mobileActions from "../synthetic/quartz/mobile-actions.ts";
import xlam from "../synthetic/quartz/xlam.ts";

// What a scheduled run does when datasets and loaders change between its starts.

const folder = createTemporaryFolder();
const hub = join(folder, "hub");
const output = join(folder, "out");
let project: string;
const run = (...args: string[]) =>
  planstream(["tier1", "--hub", hub, "--track", "quartz", "--output", output, "--quarantine-max", "20%", ...args], {
    project,
  });
const partsOf = (name: string) =>
  Object.fromEntries(Object.entries(toFingerprint(output)).filter(([path]) => path.includes(`quartz-${name}`)));

let first: { mobile: Record<string, string>; xlam: Record<string, string>; revision: string };

beforeAll(async () => {
  project = copyProject(join(folder, "project"), {}, ["quartz/mobile-actions", "quartz/xlam"]);
  writeDataset(hub, mobileActions, { rows: 40 });
  const { revision } = writeDataset(hub, xlam, { rows: 60, seed: 1 });
  expect(await run()).toMatchObject({ code: 0 });
  first = { mobile: partsOf("mobile-actions"), xlam: partsOf("xlam"), revision };
});

describe("a dataset that has moved", () => {
  let moved: string;

  test("is named, and nothing is done without --update", async () => {
    const before = join(folder, "before");
    cpSync(join(hub, "datasets--Salesforce--xlam-function-calling-60k"), before, { recursive: true });
    moved = writeDataset(hub, xlam, { rows: 80, seed: 2 }).revision;
    // The old commit is still to be had, as on the Hub.
    const snapshots = join(hub, "datasets--Salesforce--xlam-function-calling-60k", "snapshots");
    cpSync(join(before, "snapshots", first.revision), join(snapshots, first.revision), { recursive: true });
    const ended = await run();
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain(
      `quartz/xlam has moved from ${first.revision.slice(0, 12)} to ${moved.slice(0, 12)}`,
    );
    expect(partsOf("xlam")).toEqual(first.xlam);
  });

  test("is made anew by --update; the other parts stay, byte for byte", async () => {
    expect(await run("--update")).toMatchObject({ code: 0 });
    const { loaders, sources } = readManifest(output);
    expect(loaders["quartz/xlam"]?.rows_read).toBe(80);
    expect(sources.find(({ loader }) => loader === "quartz/xlam")?.revision).toBe(moved);
    expect(partsOf("mobile-actions")).toEqual(first.mobile);
    expect(partsOf("xlam")).not.toEqual(first.xlam);
    const fresh = join(folder, "fresh");
    const args = ["tier1", "--hub", hub, "--track", "quartz", "--output", fresh, "--quarantine-max", "20%"];
    await planstream(args, { project });
    expect(toFingerprint(output)).toEqual(toFingerprint(fresh));
    expect(await planstream(["verify", output], { project })).toMatchObject({ code: 0 });
  });

  test("can be pinned to a commit", async () => {
    const pinned = join(folder, "pinned");
    const revision = `quartz/xlam=${first.revision}`;
    const args = ["tier1", "--hub", hub, "--loader", "quartz/xlam", "--output", pinned, "--quarantine-max", "20%"];
    expect(await planstream([...args, "--revision", revision], { project })).toMatchObject({ code: 0 });
    expect(readManifest(pinned).loaders["quartz/xlam"]?.rows_read).toBe(60);
    expect(readManifest(pinned).sources[0]?.revision).toBe(first.revision);
  });
});

test("a loader whose code has changed is named, and made anew by --update", async () => {
  const file = join(project, "loaders", "quartz", "mobile-actions.ts");
  writeFileSync(file, readFileSync(file, "utf8").replace('category: "mobile_actions"', 'category: "phone_actions"'));
  const ended = await run();
  expect(ended.code).toBe(0);
  expect(ended.stdout).toContain("The code of quartz/mobile-actions has changed since");
  expect(readManifest(output).distributions.category).toHaveProperty("mobile_actions");
  expect(await run("--update")).toMatchObject({ code: 0 });
  expect(readManifest(output).distributions.category).toHaveProperty("phone_actions");
  expect(readManifest(output).distributions.category).not.toHaveProperty("mobile_actions");
});

test("a new loader is added to a finished folder", async () => {
  const source = readFileSync(join(project, "loaders", "quartz", "mobile-actions.ts"), "utf8");
  writeFileSync(join(project, "loaders", "quartz", "mine.ts"), source);
  const before = partsOf("xlam");
  const ended = await run();
  expect(ended.code).toBe(0);
  expect(ended.stderr).toContain("✓ quartz/mine");
  expect(readManifest(output).loaders["quartz/mine"]?.rows_read).toBe(40);
  expect(partsOf("xlam")).toEqual(before);
});

test("a kill while one loader is made doesn't stop the next start over another's changed code", async () => {
  const changed = join(project, "loaders", "quartz", "mobile-actions.ts");
  const before = partsOf("mobile-actions");
  writeFileSync(changed, readFileSync(changed, "utf8").replace('"phone_actions"', '"hand_actions"'));
  const added = join(project, "loaders", "quartz", "more.ts");
  writeFileSync(added, readFileSync(join(project, "loaders", "quartz", "mine.ts"), "utf8"));
  const args = ["tier1", "--hub", hub, "--track", "quartz", "--output", output, "--quarantine-max", "20%"];
  const killed = await planstream(args, { project, env: { PLANSTREAM_CRASH_POINT: "journal.sync:after@2" } });
  expect(killed.code).toBe(null);
  const ended = await run();
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.stdout).toContain("The code of quartz/mobile-actions has changed since");
  expect(readManifest(output).loaders["quartz/more"]?.rows_read).toBe(40);
  expect(partsOf("mobile-actions")).toEqual(before);
});

test("a loader that is gone is refused, with its name", async () => {
  rmSync(join(project, "loaders", "quartz", "mine.ts"));
  const ended = await run();
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain("quartz/mine, which is no longer among the loaders");
});

test("a loader that failed for its source is tried again, and goes on", async () => {
  const there = join(hub, "datasets--google--mobile-actions");
  const away = join(folder, "away");
  const retried = join(folder, "retried");
  const args = ["tier1", "--hub", hub, "--track", "quartz", "--output", retried, "--quarantine-max", "20%"];
  cpSync(there, away, { recursive: true });
  rmSync(there, { recursive: true });
  const failed = await planstream(args, { project });
  expect(failed.code).toBe(5);
  expect(failed.stdout).toContain("quartz/mobile-actions  failed");
  cpSync(away, there, { recursive: true });
  expect(await planstream(args, { project })).toMatchObject({ code: 0 });
  expect(readManifest(retried).loaders["quartz/mobile-actions"]?.rows_read).toBe(40);
  expect(await planstream(["verify", retried], { project })).toMatchObject({ code: 0 });
});
