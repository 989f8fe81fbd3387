import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PROJECT } from "../support/planstream.ts";
import { type CpuProfile, STAGE_PATHS, STAGES, sumStages, toStages } from "./profile-stages.ts";

const frame = (id: number, functionName: string, url: string, children: number[] = []) => ({
  id,
  callFrame: { functionName, url },
  children,
});

const PROFILE: CpuProfile = {
  nodes: [
    frame(1, "(root)", "", [2, 7, 8, 9]),
    frame(2, "toResult", "file:///p/src/pool/worker.ts", [3, 6]),
    frame(3, "toDraft", "file:///p/loaders/quartz/xlam.ts", [4, 5]),
    // A built-in has no file: it is its caller's.
    frame(4, "replaceAll", ""),
    frame(5, "safeParse", "file:///p/node_modules/zod/v4/core/parse.js"),
    frame(6, "hash", "node:internal/crypto/hash"),
    frame(7, "(idle)", ""),
    frame(8, "(garbage collector)", ""),
    frame(9, "run", "file:///p/node_modules/piscina/dist/index.js"),
  ],
  samples: [2, 3, 4, 5, 6, 7, 8, 9, 4],
  timeDeltas: [1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 500],
};

const NONE = Object.fromEntries(STAGES.map((stage) => [stage, 0]));

it("counts a tick for the innermost frame that has a stage", () => {
  const wanted = { ...NONE, assemble: 1, draft: 5.5, validate: 4, hash: 5, idle: 6, collect: 7, other: 8 };
  expect(toStages(PROFILE)).toEqual(wanted);
});

it("sums threads", () => {
  const stages = toStages(PROFILE);
  expect(sumStages([stages, stages])).toEqual(Object.fromEntries(STAGES.map((stage) => [stage, 2 * stages[stage]])));
  expect(sumStages([])).toEqual(NONE);
});

it("names only paths that are there", () => {
  const own = STAGE_PATHS.map(([path]) => path).filter((path) => !path.startsWith("node:"));
  expect(own.filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
});
