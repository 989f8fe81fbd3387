import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT, planstream, readManifest } from "../support/planstream.ts";
import { copyProject } from "../support/project-copy.ts";
import { toLines, writeDatasetFiles } from "../support/small-project.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";
import { makeTierProject } from "../support/tier-project.ts";

// What the README shows is what a newcomer types: it must run as it stands there.

const README = readFileSync(join(PROJECT, "README.md"), "utf8");

test("the loader in the README runs, with no other file touched", async () => {
  const folder = createTemporaryFolder();
  const loader = readExample("### Add a dataset", 0).replaceAll("data/train-*.parquet", "*.jsonl");
  const project = copyProject(join(folder, "project"), { "loaders/quartz/mine.ts": loader }, ["quartz/mine"]);
  const calls = JSON.stringify([{ name: "play_song", arguments: { title: "River" } }]);
  const rows = [
    { question: "Play River", calls },
    { question: "Do nothing", calls: "[]" },
  ];
  writeDatasetFiles(join(folder, "hub"), "OWNER/NAME", { "0.jsonl": toLines(rows) });
  const output = join(folder, "out");
  const ended = await planstream(["tier1", "--hub", join(folder, "hub"), "--output", output], { project });
  expect(ended).toMatchObject({ code: 0 });
  expect(readManifest(output).loaders["quartz/mine"]).toMatchObject({ samples: 1, dropped: { no_tool_calls: 1 } });
});

test("the mutator in the README makes a share of Tier II, and passes verification", async () => {
  const { root, toArgs } = await makeTierProject(createTemporaryFolder(), {
    "transforms/mutations/raise-limit.ts": readExample("### Add a mutator", 0),
  });
  const output = join(root, "out");
  const args = toArgs("tier2", output, "--ratio", "raise_limit=1,scope_blowup=1", "--target", "60");
  expect(await planstream(args, { project: root })).toMatchObject({ code: 0 });
  const { mutations } = readManifest(output);
  expect(mutations?.shares).toMatchObject({ raise_limit: 30, scope_blowup: 30 });
  expect(await planstream(["verify", output], { project: root })).toMatchObject({ code: 0 });
});

/** The text of the n-th example in TypeScript after a heading. */
function readExample(heading: string, place: number): string {
  const section = README.split(`${heading}\n`)[1]?.split(/^#{2,3} /m)[0] ?? "";
  const example = [...section.matchAll(/^```ts\n(.*?)^```/gms)][place]?.[1];
  if (example === undefined) throw new Error(`the README has no example ${place + 1} below ${heading}`);
  return example;
}
