import { cpSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { assertReadable, type CrashProject, listLeftovers, makeCrashProject, runWithCrash } from "../support/crash.ts";
import { startHubServer } from "../support/hub-server.ts";
import { isLong } from "../support/long.ts";
import { planstream, readManifest, toFingerprint } from "../support/planstream.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

// A loader whose source fails where a conversation goes on in the file that can't be read. What is published in the meantime
// adds up, with the sample that was held back in it; tried again, the loader takes it back and goes on as if nothing had been.

const folder = createTemporaryFolder();
const [undisturbed, failed] = ["undisturbed", "failed"].map((name) => join(folder, name)) as [string, string];
let project: CrashProject;

const run = (args: readonly string[]) => planstream(args, { project: project.root });
const toArgs = (output: string, hub = project.hub) => [
  "tier1",
  "--hub",
  hub,
  "--loader",
  "quartz/talks",
  "--output",
  output,
];
const copyFailed = (name: string): string => {
  const copy = join(folder, name);
  cpSync(failed, copy, { recursive: true });
  return copy;
};

/** Runs while the dataset's second file is gone. */
async function runWithout(output: string) {
  const isGone = (url: string) => url.includes("try/talks/resolve") && url.includes("1.jsonl");
  const server = await startHubServer(project.hub, {
    intercept: ({ url }) => (isGone(url) ? { status: 404, headers: { "X-Error-Code": "EntryNotFound" } } : undefined),
  });
  const ended = await run(toArgs(output, server.url));
  await server.close();
  return ended;
}

beforeAll(async () => {
  project = makeCrashProject(folder);
  expect(await run(toArgs(undisturbed))).toMatchObject({ code: 0 });
  expect(await runWithout(failed)).toMatchObject({ code: 5 });
});

test("what is published after the failure adds up, and can be verified and traced", async () => {
  const { loaders, parts } = readManifest(failed);
  expect(loaders["quartz/talks"]).toMatchObject({ status: "failed", rows_read: 30, samples: 8 });
  expect(parts.reduce((sum, { samples }) => sum + samples, 0)).toBe(8);
  expect(await run(["verify", failed, "--source", "--hub", project.hub])).toMatchObject({ code: 0 });
  expect(await run(["trace", failed, "talks:default/train:0/29", "--hub", project.hub])).toMatchObject({ code: 0 });
});

test("tried again, also after another failure, it gives the bytes of an undisturbed run", async () => {
  const output = copyFailed("again");
  expect(await runWithout(output)).toMatchObject({ code: 5 });
  expect(readManifest(output).parts).toEqual(readManifest(failed).parts);
  expect(await run(toArgs(output))).toMatchObject({ code: 0 });
  expect(toFingerprint(output)).toEqual(toFingerprint(undisturbed));
  expect(listLeftovers(output)).toEqual([]);
  expect(await run(["verify", output, "--source", "--hub", project.hub])).toMatchObject({ code: 0 });
  const gone = await run(["trace", output, "talks:default/train:0/29", "--hub", project.hub]);
  expect(gone.code).toBe(2);
});

// Around the copy of the part, the journal's word and the cut; then while it is published.
const POINTS = [
  "takeback.rename:after",
  "journal.write:half",
  "publish.withdraw:after",
  "takeback.copy:after",
  "journal.write:after",
  "part.open:after",
  "part.write:half",
  "publish.rename:after",
] as const;
test.each(isLong ? POINTS : POINTS.slice(0, 1))("a kill at %s changes no byte of that", async (point) => {
  const output = copyFailed(point);
  const { crashed } = await runWithCrash(toArgs(output), { project: project.root, point });
  expect(crashed).toBe(true);
  assertReadable(output);
  expect(await run(toArgs(output))).toMatchObject({ code: 0 });
  expect(toFingerprint(output)).toEqual(toFingerprint(undisturbed));
  expect(listLeftovers(output)).toEqual([]);
});
