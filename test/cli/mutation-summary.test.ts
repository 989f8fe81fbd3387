import { expect, test } from "vitest";
import { toMutationText } from "../../src/cli/mutation-summary.ts";
import type { Manifest } from "../../src/schema/manifest.ts";

const share = (parents: number, own: number, verified: number) => ({ parents, applicable: parents, verified, own });
const shares = {
  all: share(1_500, 150, 1_200),
  tracks: { jasper: share(1_000, 0, 900), opal: share(500, 150, 300) },
};

/** What of a manifest the tables look at. */
const toManifest = (insert_sources: boolean) =>
  ({
    settings: { tier: "tier2", insert_sources },
    loaders: {},
    totals: { rows_read: 1_500, samples: 40, dropped: {}, quarantined: {} },
    parts: [],
    mutations: { applicability: { scope_blowup: shares }, lanes: {}, shares: { scope_blowup: 40 } },
  }) as unknown as Manifest;

const toTable = (insert_sources: boolean): string[] => {
  const text = toMutationText({ kind: "finished", manifest: toManifest(insert_sources), changed: [] }, "data/tier2");
  const lines = text.split("\n").map((line) => line.replace(/ {2,}/g, " | ").trim());
  const at = lines.findIndex((line) => line.startsWith("parents it passes on"));
  return lines.slice(at, at + 2);
};

test("the table says of how many parents it speaks, and both shares", () => {
  expect(toTable(true)).toEqual([
    "parents it passes on: as they are / with calls put in, of | all 1,500 | jasper 1,000 | opal 500",
    "scope_blowup | 10 % / 80 % | 0 % / 90 % | 30 % / 60 %",
  ]);
});

test("where no call may be put in there is one share", () => {
  expect(toTable(false)).toEqual([
    "parents it passes on, of | all 1,500 | jasper 1,000 | opal 500",
    "scope_blowup | 10 % | 0 % | 30 %",
  ]);
});
