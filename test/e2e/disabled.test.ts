import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { planstream, type RunOptions, readManifest } from "../support/planstream.ts";
import { copyProject } from "../support/project-copy.ts";
import { toLoader, toPlan } from "../support/replay-project.ts";
import { toLines, writeDatasetFiles } from "../support/small-project.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

// A loader that is disabled after a folder was made with it: what it has made stays, and the others go on.

const folder = createTemporaryFolder();
const hub = join(folder, "hub");
const project = join(folder, "project");
let output: string;
let made = 0;

const setLoader = (name: string, guard: string, more = "") =>
  writeFileSync(
    join(project, "loaders", "quartz", `${name}.ts`),
    toLoader(name, "*.jsonl", "ask: z.string()", `${guard} return ${toPlan("row.ask")};`, more),
  );
const REFUSE = `if (row.ask.startsWith("!")) throw new Error("refused");`;
const disable = () => setLoader("one", REFUSE, `disabled: "its licence has changed",`);
const tier1 = (args: readonly string[] = [], options: RunOptions = {}) =>
  planstream(["tier1", "--hub", hub, "--track", "quartz", "--output", output, "--quarantine-max", "50%", ...args], {
    project,
    ...options,
  });
const replay = (...args: string[]) => planstream(["quarantine", "replay", output, "--hub", hub, ...args], { project });
const verify = () => planstream(["verify", output, "--source", "--hub", hub], { project });
const ofOne = () => {
  const { loaders, sources, parts } = readManifest(output);
  return [
    loaders["quartz/one"],
    sources.find(({ loader }) => loader === "quartz/one"),
    parts.find(({ path }) => path.includes("quartz-one")),
  ];
};

mkdirSync(hub);
copyProject(project, {}, []);
for (const name of ["one", "two", "three"]) {
  const rows = Array.from({ length: 20 }, (_, i) => ({ ask: `${i % 10 === 3 ? "!" : ""}${name} ${i}` }));
  writeDatasetFiles(hub, `replay/${name}`, { "0.jsonl": toLines(rows) });
}

beforeEach(() => {
  output = join(folder, `out-${made++}`);
  for (const name of ["one", "two"]) setLoader(name, REFUSE);
  setLoader("three", "", `disabled: "not yet",`);
});

test("a replay leaves it as it is and works the others; by its name it is refused, with the reason", async () => {
  expect(await tier1()).toMatchObject({ code: 0 });
  const before = ofOne();
  disable();
  setLoader("two", "");
  const named = await replay("--loader", "quartz/one");
  expect(named.code).toBe(2);
  expect(named.stderr).toContain("--loader quartz/one: it is disabled now (its licence has changed). Take `disabled`");
  const ended = await replay();
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.stderr).toContain(
    "[quartz/one] is disabled now (its licence has changed): its quarantine is left as it is",
  );
  expect(readManifest(output).loaders["quartz/two"]).toMatchObject({ samples: 20, quarantined: {} });
  expect(ofOne()).toEqual(before);
  expect(await verify()).toMatchObject({ code: 0 });
});

test("tier1 leaves it as it is, --update too, and counts its samples towards the target", async () => {
  expect(await tier1(["--target", "36"])).toMatchObject({ code: 0 });
  const before = ofOne();
  disable();
  const ended = await tier1(["--target", "36"]);
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.stderr).toContain("[quartz/one] is disabled now (its licence has changed): what it has made here stays");
  expect(ended.stdout).toContain("Nothing to do");
  setLoader("three", "");
  setLoader("two", `if (/[02468]$/.test(row.ask)) return drop("even");`);
  expect(await tier1(["--target", "36", "--update"])).toMatchObject({ code: 0 });
  const { totals, loaders } = readManifest(output);
  expect(totals.samples).toBe(36);
  expect(loaders["quartz/three"]?.samples).toBe(8);
  expect(ofOne()).toEqual(before);
  expect(await verify()).toMatchObject({ code: 0 });
});

test("a run that was cut off in it is refused, with the reason, until the loader is back", async () => {
  const killed = await tier1([], { env: { PLANSTREAM_CRASH_POINT: "part.write:half" } });
  expect(killed.code).toBe(null);
  disable();
  const journal = readFileSync(join(output, ".run", "journal.jsonl"));
  const ended = await tier1();
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain(
    "quartz/one is disabled now (its licence has changed), but the run in this folder has begun it",
  );
  expect(readFileSync(join(output, ".run", "journal.jsonl"))).toEqual(journal);
  setLoader("one", REFUSE);
  expect(await tier1()).toMatchObject({ code: 0 });
});
