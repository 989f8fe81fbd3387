import { cpSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { INPUT_DATASET, openInput } from "../../src/run/mutate/open-input.ts";
import { planstream, toFingerprint } from "../support/planstream.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";
import { makeTierProject, type TierProject } from "../support/tier-project.ts";

// What the commands for run folders say of a tier that is made from another.

const folder = createTemporaryFolder();
const output = join(folder, "tier2");
let project: TierProject;
const run = (...args: string[]) => planstream(args, { project: project.root });
const tier2 = (to: string, ...more: string[]) => run(...project.toArgs("tier2", to, "--target", "8", ...more));

beforeAll(async () => {
  project = await makeTierProject(folder);
  expect(await tier2(output)).toMatchObject({ code: 0 });
});

test("a run over its own input is refused, --fresh or not, and the input stays", async () => {
  const before = toFingerprint(project.tier1);
  const link = join(folder, "link");
  symlinkSync(project.tier1, link);
  for (const place of [project.tier1, link]) {
    const refused = await tier2(place, "--fresh");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`--output ${place} is the folder that --from names`);
  }
  expect(toFingerprint(project.tier1)).toEqual(before);
});

test("verify --source doesn't say that rows were read which it doesn't read", async () => {
  const verified = await run("verify", output, "--source", "--hub", join(folder, "hub"));
  expect(verified.stdout).toContain("source of all loaders not checked: tier2 is made from a tier1 folder");
  expect(verified.stdout).not.toContain("so do the rows in the source");
  expect(verified.code).toBe(5);
});

test("diff and trace say that they are for samples, not that the folder is damaged", async () => {
  const other = join(folder, "other");
  expect(await tier2(other, "--seed", "6")).toMatchObject({ code: 0 });
  for (const args of [
    ["diff", output, other],
    ["diff", project.tier1, output],
    ["trace", output, "office:default/train:3"],
  ]) {
    const refused = await run(...args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`${output} holds tier2`);
  }
});

test("audit says that a folder of samples has nothing to be told apart, not that it is damaged", async () => {
  const ended = await planstream(["audit", project.tier1]);
  expect(ended.stderr).toContain(`${project.tier1} holds tier1`);
  expect(ended.code).toBe(2);
});

test("an input whose part gives way to another of the same length is read no further", async () => {
  const copy = join(folder, "copy");
  cpSync(project.tier1, copy, { recursive: true });
  const { hub, loaders } = await openInput(copy);
  const [file] = loaders[0]?.files ?? [];
  if (!file) throw new Error("the input has no part");
  const source = hub.open(INPUT_DATASET, "0", file);
  const path = join(copy, file.path);
  expect(Buffer.from(await source.read(0, 100))).toEqual(readFileSync(path).subarray(0, 100));
  // As a run that publishes does it.
  writeFileSync(`${path}.new`, readFileSync(path, "utf8").replaceAll("benign", "gneinb"));
  renameSync(`${path}.new`, path);
  await expect(source.read(0, 100)).rejects.toThrow(/is another file than the one it was when the run began/);
});
