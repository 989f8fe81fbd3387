import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
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
