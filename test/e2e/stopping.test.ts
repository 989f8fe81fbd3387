import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { type CrashProject, listLeftovers, makeCrashProject, toFaultLoader, writeFaults } from "../support/crash.ts";
import { startHubServer } from "../support/hub-server.ts";
import { type Ended, planstream, startPlanstream, toFingerprint } from "../support/planstream.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

// Asked to stop, a run stops at once whatever it waits for, and loses nothing; unheard, it goes on.

const folder = createTemporaryFolder();
const env = { NODE_COMPILE_CACHE: join(folder, "compiled") };
/** Within this many milliseconds after the signal no process of the run may be left. */
const GONE_MS = 5_000;
let project: CrashProject;
let reference: Record<string, string>;
const run = (output: string) => planstream(project.toArgs(output), { project: project.root, env });

beforeAll(async () => {
  project = makeCrashProject(folder, { "loaders/opal/loop.ts": toFaultLoader("loop") });
  writeFaults(project.hub);
  const output = join(folder, "undisturbed");
  expect(await run(output)).toMatchObject({ code: 0 });
  reference = toFingerprint(output);
});

/** Sends signals to a run once `when` says so, and returns how it ended and how long that took. */
async function stop(args: readonly string[], when: () => boolean, signals: readonly NodeJS.Signals[]) {
  const started = startPlanstream(args, { project: project.root, env });
  while (!when()) {
    if (started.child.exitCode !== null) throw new Error(`it ended by itself: ${(await started.ended).stderr}`);
    await sleep(5);
  }
  const askedAt = performance.now();
  for (const signal of signals) started.kill(signal);
  const ended: Ended = await started.ended;
  expect(() => process.kill(-Number(started.child.pid), 0), "its process group is gone").toThrow("ESRCH");
  return { ...ended, tookMs: performance.now() - askedAt };
}

describe("a hub that does not answer", () => {
  test.each([
    ["a listing", /\/tree\//, "SIGTERM"],
    ["a file", /talks.*0\.jsonl/, "SIGINT"],
    ["a file", /talks.*1\.jsonl/, "SIGHUP"],
  ] as const)("to %s (%s) keeps nobody waiting: %s", async (_, silent, signal) => {
    let heard = false;
    const server = await startHubServer(project.hub, {
      intercept: ({ url }) => {
        if (!silent.test(url)) return undefined;
        heard = true;
        return new Promise(() => {});
      },
    });
    const output = join(folder, `silent-${signal}`);
    const ended = await stop(project.toArgs(output, "--hub", server.url), () => heard, [signal]);
    await server.close();
    expect(ended.code, ended.stderr).toBe(130);
    expect(ended.stderr).toContain("stopping");
    expect(ended.stderr).not.toMatch(/bug|uncaught|unhandled/i);
    expect(ended.tookMs).toBeLessThan(GONE_MS);
    expect(existsSync(join(output, "manifest.json"))).toBe(false);
    expect(await run(output)).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(reference);
    expect(listLeftovers(output)).toEqual([]);
  });
});

test.each([[["SIGTERM"]], [["SIGTERM", "SIGTERM"]]] as const)(
  "a thread in an endless loop is stopped: %j",
  async (signals) => {
    const output = join(folder, `loop-${signals.length}`);
    const args = project.toArgs(output, "--track", "opal");
    const isRunning = () => existsSync(join(output, ".run/journal.jsonl"));
    const ended = await stop(args, isRunning, signals);
    expect(ended.code, ended.stderr).toBe(130);
    expect(ended.tookMs).toBeLessThan(GONE_MS);
  },
);

test.each([["stdout"], ["stderr"], ["both"]])("nobody reads %s: the run goes on to its end", async (which) => {
  const output = join(folder, `unheard-${which}`);
  const started = startPlanstream(project.toArgs(output, "--json"), { project: project.root, env });
  if (which !== "stderr") started.child.stdout?.destroy();
  if (which !== "stdout") started.child.stderr?.destroy();
  expect(await started.ended).toMatchObject({ code: 0 });
  expect(toFingerprint(output)).toEqual(reference);
});

test.skipIf(!existsSync("/dev/full"))("a summary that can't be written is an error", async () => {
  const output = join(folder, "full");
  const main = join(project.root, "src/main.ts");
  const shell = ["-c", 'exec "$@" >/dev/full', "sh", process.execPath, main, ...project.toArgs(output, "--json")];
  const ended = spawnSync("sh", shell, { env: { ...process.env, ...env }, encoding: "utf8" });
  expect(ended.status, ended.stderr).toBe(1);
  expect(ended.stderr).toContain("the disk is full");
  expect(toFingerprint(output)).toEqual(reference);
});
