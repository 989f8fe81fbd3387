import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { startHubServer } from "../support/hub-server.ts";
import { planstream, type RunOptions, readManifest, toFingerprint } from "../support/planstream.ts";
import { copyProject } from "../support/project-copy.ts";
import { toLoader, toPlan } from "../support/replay-project.ts";
import { toLines, writeDatasetFiles } from "../support/small-project.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

// A loader whose source failed on the way, and what was changed before it is tried again.

const folder = createTemporaryFolder();
const hub = join(folder, "hub");
const project = join(folder, "project");
const failed = join(folder, "failed");

const setCode = (name: string, version: string, guard = "") =>
  writeFileSync(
    join(project, "loaders", "quartz", `${name}.ts`),
    toLoader(name, "*.jsonl", "ask: z.string()", `${guard} return ${toPlan(`row.ask + " ${version}"`)};`),
  );
const writeDataset = (name: string, word: string, commit?: string) => {
  const toFile = (file: number) => toLines(Array.from({ length: 40 }, (_, i) => ({ ask: `${word} ${i} of ${file}` })));
  writeDatasetFiles(hub, `replay/${name}`, { "0.jsonl": toFile(0), "1.jsonl": toFile(1) }, commit);
};
const tier1 = (output: string, options: RunOptions = {}, source = hub) =>
  planstream(["tier1", "--hub", source, "--loader", "quartz/back,quartz/there", "--output", output], {
    project,
    ...options,
  });
const readVersions = (output: string, name: string) =>
  readFileSync(join(output, "parts", `quartz-${name}-00000.jsonl`), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line).metadata.request as string).split(" ").at(-1));

/** Runs while the second file of the dataset is gone. */
async function runWithout(name: string, output: string): Promise<void> {
  const server = await startHubServer(hub, {
    intercept: ({ url }) =>
      url.includes(`replay/${name}/resolve`) && url.includes("1.jsonl")
        ? { status: 404, headers: { "x-error-code": "EntryNotFound" } }
        : undefined,
  });
  expect(await tier1(output, {}, server.url)).toMatchObject({ code: 5 });
  await server.close();
  expect(readManifest(output).loaders[`quartz/${name}`]).toMatchObject({ status: "failed", rows_read: 40 });
}

beforeAll(async () => {
  mkdirSync(hub);
  for (const name of ["back", "there"]) writeDataset(name, "first");
  copyProject(project, {}, []);
  for (const name of ["back", "there"]) setCode(name, "v1");
  await runWithout("back", failed);
});

describe("with other code", () => {
  const copyFailed = (name: string): string => {
    const copy = join(folder, name);
    cpSync(failed, copy, { recursive: true });
    return copy;
  };
  const anew = join(folder, "anew");

  test("it begins anew at the commit it had, and says so; one that has ended stays", async () => {
    for (const name of ["back", "there"]) setCode(name, "v2");
    writeDataset("back", "later", "d".repeat(40));
    copyFailed("anew");
    const ended = await tier1(anew);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).toContain(
      "[quartz/back] tried again from its first row: its code has changed since it failed after 40 rows.",
    );
    expect(ended.stdout).toContain("quartz/back has moved from cccccccccccc to dddddddddddd");
    expect(ended.stdout).not.toContain("The code of quartz/back has changed");
    expect(ended.stdout).toContain("The code of quartz/there has changed since");
    expect(readVersions(anew, "back")).toEqual(Array(80).fill("v2"));
    expect(readVersions(anew, "there")).toEqual(Array(80).fill("v1"));
    const { sources, loaders } = readManifest(anew);
    const [back, there] = sources;
    expect(back).toMatchObject({ loader: "quartz/back", revision: "c".repeat(40) });
    expect(back?.code_sha256).not.toBe(readManifest(failed).sources[0]?.code_sha256);
    expect(there).toEqual(readManifest(failed).sources[1]);
    expect(loaders["quartz/back"]).toMatchObject({ status: "ok", rows_read: 80, samples: 80 });
    expect(JSON.parse(readFileSync(join(anew, "run.json"), "utf8")).rows_this_start).toBe(80);
    expect(await planstream(["verify", anew, "--source", "--hub", hub], { project })).toMatchObject({ code: 0 });
  });

  // Before and after it is pinned anew, with some of its rows, and while it is published.
  test.each(["journal.write:half", "journal.write:after@2"])("a kill at %s changes no byte of that", async (point) => {
    const output = copyFailed(`killed ${point}`);
    expect(await tier1(output, { env: { PLANSTREAM_CRASH_POINT: point } })).toMatchObject({ code: null });
    expect(await tier1(output)).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(toFingerprint(anew));
  });
});

test("what it gives behind a replay is traced to its own code, and not to the replay's", async () => {
  for (const name of ["back", "there"]) {
    writeDataset(name, "first");
    setCode(name, "v1", 'if (row.ask === "first 7 of 0") throw new Error("seven");');
  }
  const output = join(folder, "replayed");
  await runWithout("back", output);
  setCode("back", "v2");
  const replay = ["quarantine", "replay", output, "--hub", hub, "--loader", "quartz/back"];
  expect(await planstream(replay, { project })).toMatchObject({ code: 0 });
  setCode("back", "v1", 'if (row.ask === "first 7 of 0") throw new Error("seven");');
  expect(await tier1(output)).toMatchObject({ code: 0 });
  const { sources, loaders } = readManifest(output);
  expect(loaders["quartz/back"]).toMatchObject({ samples: 80, replayed: [{ samples_before: 39, samples: 1 }] });
  const trace = async (row: string) => {
    const args = ["trace", output, `back:default/train:${row}`, "--hub", hub, "--json"];
    return JSON.parse((await planstream(args, { project })).stdout).traces[0];
  };
  const code = sources[0]?.code_sha256;
  expect(await trace("1/3")).toMatchObject({ verdict: "match", source: { code_sha256: code } });
  expect((await trace("0/7")).source.code_sha256).not.toBe(code);
});
