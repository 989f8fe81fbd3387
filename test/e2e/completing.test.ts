import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { planstream, readManifest, startPlanstream, toFingerprint } from "../support/planstream.ts";
import { copyProject } from "../support/project-copy.ts";
import { toLines, writeDatasetFiles } from "../support/small-project.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

// What a loader can declare of its dataset beyond its files: a fallback, a file to join, conversations that repeat.

const folder = createTemporaryFolder();
const hub = join(folder, "hub");
let project: string;

const toLoader = (declarations: string, toDraft: string) => `import { z } from "zod";
import { defineLoader } from "#contract";

export default defineLoader({
  ${declarations}
  license: "mit",
  category: "function_calling",
  ${toDraft}
});
`;

const DECLARED = {
  "loaders/quartz/fallback.ts": toLoader(
    `dataset: "try/placeholder", fallbackDataset: "try/real", files: "rows.jsonl",`,
    `row: z.object({ ask: z.string() }),
     toDraft: ({ ask }) => ({ request: ask, nodes: [{ tool: "look", arguments: { ask } }] }),`,
  ),
  "loaders/quartz/joined.ts": toLoader(
    `dataset: "try/questions", files: "q_*.jsonl",
     join: {
       file: (path) => \`answers/\${path}\`,
       as: "answer",
       match: (row, others, index) => {
         const found = others.findIndex((other) => other.id === row.id);
         return found === -1 ? undefined : found;
       },
     },`,
    `row: z.object({ id: z.string(), ask: z.string(), answer: z.object({ tool: z.string() }).optional() }),
     toDraft: ({ ask, answer }) => ({ request: ask, nodes: [{ tool: answer?.tool ?? "none", arguments: {} }] }),`,
  ),
  "loaders/quartz/talks.ts": toLoader(
    `dataset: "try/talks", files: "talks.jsonl",
     conversationKey: (row) => row.talk,`,
    `row: z.object({ talk: z.string(), calls: z.int() }),
     toDraft: ({ talk, calls }) => ({
       request: talk,
       nodes: Array.from({ length: calls }, (_, i) => ({ tool: "step", arguments: { i } })),
     }),`,
  ),
};

/** Talks of one to five rows that grow by a call each; every tenth talk is asked again later on. */
const TALKS = 24_000;
const talkRows = Array.from({ length: TALKS }, (_, talk) =>
  Array.from({ length: 1 + (talk % 5) }, (_, i) => ({
    talk: `talk ${talk % 10 === 9 ? talk - 9 : talk} ${"…".repeat(30)}`,
    calls: i + 1,
  })),
).flat();

beforeAll(() => {
  mkdirSync(hub);
  writeDatasetFiles(hub, "try/placeholder", { LICENSE: "some words", "data/train.parquet": "not what was promised" });
  writeDatasetFiles(hub, "try/real", { "rows.jsonl": toLines([{ ask: "one" }, { ask: "two" }]) });
  writeDatasetFiles(hub, "try/questions", {
    "q_a.jsonl": toLines([
      { id: "1", ask: "first" },
      { id: "2", ask: "second" },
    ]),
    "answers/q_a.jsonl": toLines([
      { id: "2", tool: "beta" },
      { id: "1", tool: "alpha" },
    ]),
  });
  writeDatasetFiles(hub, "try/talks", { "talks.jsonl": toLines(talkRows) });
  project = copyProject(join(folder, "project"), DECLARED);
});

const toArgs = (name: string, output: string, ...more: string[]) => [
  ...["tier1", "--hub", hub, "--loader", `quartz/${name}`, "--output", join(folder, output), ...more],
];

test("a dataset without the files gives way to its fallback, and the manifest says so", async () => {
  const ended = await planstream(toArgs("fallback", "fallback"), { project });
  expect(ended.code).toBe(0);
  expect(ended.stderr).toMatch(
    /try\/placeholder has no file rows\.jsonl; it has .*Reading try\/real, the loader's fallback/,
  );
  const { sources, totals } = readManifest(join(folder, "fallback"));
  expect(sources[0]).toMatchObject({ dataset: "try/real", fallback_for: "try/placeholder" });
  expect(totals.samples).toBe(2);
  const again = await planstream(toArgs("fallback", "fallback"), { project });
  expect(again.stdout).toContain("Nothing to do");
  expect(again.stdout).not.toContain("has moved");
});

test("rows are completed by another file's, and their hashes cover both", async () => {
  expect(await planstream(toArgs("joined", "joined"), { project })).toMatchObject({ code: 0 });
  const { distributions, sources } = readManifest(join(folder, "joined"));
  expect(distributions.tools).toEqual({ alpha: 1, beta: 1 });
  expect(sources[0]?.files[0]).toMatchObject({ path: "q_a.jsonl", joined: { path: "answers/q_a.jsonl" } });
  const verify = ["verify", join(folder, "joined"), "--source", "--hub", hub];
  expect(await planstream(verify, { project })).toMatchObject({ code: 0 });
  writeDatasetFiles(hub, "try/questions", {
    "answers/q_a.jsonl": toLines([
      { id: "2", tool: "gamma" },
      { id: "1", tool: "alpha" },
    ]),
  });
  const changed = await planstream(verify, { project });
  expect(changed.code).toBe(6);
  expect(changed.stdout).toContain("joined:default/train:1");
});

test("of a conversation that grows from row to row the longest is kept, over slices and after kills", async () => {
  expect(await planstream(toArgs("talks", "talks"), { project })).toMatchObject({ code: 0 });
  const { loaders, duplicates } = readManifest(join(folder, "talks"));
  // Talks 0, 10, 20, … have one call, and are asked again as 9, 19, 29, …, which have five: another plan.
  expect(loaders["quartz/talks"]).toMatchObject({
    rows_read: talkRows.length,
    samples: TALKS,
    dropped: { repeated_prefix: talkRows.length - TALKS },
  });
  expect(duplicates).toEqual({});
  const reference = toFingerprint(join(folder, "talks"));
  for (let kill = 0; kill < 2; kill++) {
    const started = startPlanstream(toArgs("talks", "killed", "--workers", String(1 + (kill % 2))), { project });
    await sleep(900 + 250 * kill);
    started.kill("SIGKILL");
    await started.ended;
  }
  expect(await planstream(toArgs("talks", "killed"), { project })).toMatchObject({ code: 0 });
  expect(toFingerprint(join(folder, "killed"))).toEqual(reference);
  expect(await planstream(["verify", join(folder, "killed")], { project })).toMatchObject({ code: 0 });
});

test("--target is met to the sample, conversations and all", async () => {
  expect(await planstream(toArgs("talks", "target", "--target", "12345"), { project })).toMatchObject({ code: 0 });
  const { totals } = readManifest(join(folder, "target"));
  expect(totals.samples).toBe(12_345);
  expect(await planstream(["verify", join(folder, "target")], { project })).toMatchObject({ code: 0 });
});
