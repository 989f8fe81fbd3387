import { join } from "node:path";
import { expect, test } from "vitest";
import { TOOL_NAMES_MAX } from "../../src/run/judge-names.ts";
import { verifyFolder } from "../../src/run/verify/verify-folder.ts";
import { runInProcess } from "../support/run-in-process.ts";
import { makeFolder, makeProject, toLines, writeDatasetFiles } from "../support/small-project.ts";

// The manifest counts the nodes of each tool by its name: a loader that takes something else for names must not fill the memory.

const LOADER = `import { z } from "zod";
import { defineLoader } from "#contract";
export default defineLoader({
  dataset: "some/rows", files: "*.jsonl", license: "mit", category: "test",
  row: z.object({ names: z.array(z.string()) }),
  toDraft: ({ names }) => ({ request: "all of them", nodes: names.map((tool) => ({ tool, arguments: {} })), edges: "none" }),
});
`;
const NODES = 50;

async function run(names: number) {
  const root = makeProject({ "trial/rows.ts": LOADER });
  const hub = makeFolder();
  const rows = Array.from({ length: names / NODES }, (_, row) => ({
    names: Array.from({ length: NODES }, (_, i) => `tool_${row * NODES + i}`),
  }));
  const more = { names: ["one_more"] };
  writeDatasetFiles(hub, "some/rows", { "a.jsonl": toLines(rows), "b.jsonl": toLines([more, ...rows]) });
  const output = join(root, "out");
  return { output, manifest: await runInProcess(root, hub, output, { dedupe: "none" }) };
}

test("a loader with as many tool names as can be counted is done; with more it fails, and says so", async () => {
  const enough = await run(TOOL_NAMES_MAX - NODES);
  expect(enough.manifest.loaders["trial/rows"]).toMatchObject({ status: "ok" });
  const { output, manifest } = await run(TOOL_NAMES_MAX);
  const { status, reason, rows_read, samples } = manifest.loaders["trial/rows"] ?? {};
  expect(status).toBe("failed");
  expect(reason).toMatch(/its samples have 250001 different tool names by now; at most 250000 can be counted/);
  expect(samples).toBe(rows_read);
  expect(rows_read).toBeLessThan((2 * TOOL_NAMES_MAX) / NODES);
  expect(await verifyFolder({ directory: output })).toMatchObject({ ok: true });
});
