import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Settings } from "../../src/schema/settings.ts";
import { isLong } from "../support/long.ts";
import { runInProcess } from "../support/run-in-process.ts";
import { makeFolder, makeProject, toLines, writeDatasetFiles } from "../support/small-project.ts";

// Rows can make more than a thread may hold at once (OUTPUT_BYTES_MAX): a slice then comes in pieces, and nothing shows it.

const LOADER = `import { z } from "zod";
import { defineLoader, drop } from "#contract";
export default defineLoader({
  dataset: "some/rows", files: "*.jsonl", license: "mit", category: "test",
  row: z.object({ ask: z.string(), about: z.string() }),
  conversationKey: ({ about }) => about,
  toDraft({ ask, about }) {
    if (ask === "drop") return drop("not_wanted");
    if (ask === "exit") process.exit(7);
    return { request: ask, nodes: [{ tool: "look", arguments: { about } }] };
  },
});
`;

const ASKS = ["a", "b", "b", "drop", 5, "c", "d", 6, "e".repeat(3000), "b", "f", "g"];

function readOutputs(folder: string): Record<string, string> {
  const parts = ["parts", "quarantine"].flatMap((name) =>
    readdirSync(join(folder, name)).map((file) => join(name, file)),
  );
  const names = [...parts.sort(), "manifest.json", "README.md", "report.html"];
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

function countSliceEvents(folder: string): number {
  return readFileSync(join(folder, ".run/journal.jsonl"), "utf8").split('"event":"slice"').length - 1;
}

/** Runs whole and in pieces, with these rows in one file and some of them in a second. */
async function compare(
  asks: readonly unknown[],
  limits: readonly number[],
  settings: Partial<Settings>,
): Promise<void> {
  const root = makeProject({ "trial/rows.ts": LOADER });
  const hub = makeFolder();
  const rows = asks.map((ask, i) => ({ ask, about: `the sea, ${i >> 2}` }));
  writeDatasetFiles(hub, "some/rows", { "a.jsonl": toLines(rows), "b.jsonl": toLines(rows.slice(0, 5)) });
  const whole = join(root, "whole");
  const manifest = await runInProcess(root, hub, whole, settings);
  expect(manifest.totals.samples).toBeGreaterThan(2);
  for (const outputBytesMax of limits) {
    const pieces = join(root, `pieces-${outputBytesMax}`);
    await runInProcess(root, hub, pieces, settings, { outputBytesMax });
    expect(readOutputs(pieces)).toEqual(readOutputs(whole));
    expect(countSliceEvents(pieces)).toBeGreaterThan(settings.target ? 0 : countSliceEvents(whole));
  }
}

const SETTINGS: readonly Partial<Settings>[] = [{}, { target: 4 }, { limit: 11 }, { dedupe: "none" }];
it.each(isLong ? SETTINGS : SETTINGS.slice(0, 2))(
  "a slice that is handed over in pieces gives the same bytes: %o",
  (settings) => compare(ASKS, [1], settings),
);

it("so does one with more to a piece, or with a row that ends its thread, and the rows beside it are worked", async () => {
  await compare(ASKS, [2500], {});
  await compare(["a", "b", "c", "d", "e", "exit", "f", "g", "h", "i"], [1500], {});
});
