import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createTemporaryFolder } from "../support/temporary-folder.ts";
import { identical } from "./checks.ts";
import { SCENARIO_CLASSES } from "./classes.ts";
import { playAll, toSchedule, toTable } from "./play.ts";
import { type ScenarioClass, WrongError } from "./scenario.ts";
import { makeWorlds } from "./world.ts";

// The short version of `make chaos`: one scenario of each class.

test("a scenario of each class ends as it should", async () => {
  const folder = createTemporaryFolder();
  const count = SCENARIO_CLASSES.length;
  const classes = SCENARIO_CLASSES.map((one) => ({ ...one, share: 1 }));
  const worlds = await makeWorlds(folder, 5);
  const program = { worlds, folder, seed: 5, count, classes };
  const played = await playAll(program, () => undefined);
  const table = toTable(played, SCENARIO_CLASSES);
  expect(table.faults).toEqual([]);
  expect(table.classes.map(({ tried }) => tried)).toEqual(SCENARIO_CLASSES.map(() => 1));
});

describe("the harness", () => {
  const good: ScenarioClass = { name: "good", share: 3, play: async () => identical("nothing happened") };
  const bad: ScenarioClass = { name: "bad", share: 1, play: () => Promise.reject(new WrongError("other bytes")) };

  test("spreads the classes by their shares", () => {
    const schedule = toSchedule([good, bad], 8);
    expect(schedule.filter(({ scenario }) => scenario === good)).toHaveLength(6);
    expect(schedule.filter(({ scenario }) => scenario === bad).map(({ turn }) => turn)).toEqual([0, 1]);
  });

  test("counts what goes wrong", async () => {
    const folder = createTemporaryFolder();
    mkdirSync(join(folder, "none"));
    const world = {
      name: "none",
      hub: folder,
      loaders: [],
      isShared: false,
      toArgs: () => [],
      reference: {},
      finished: folder,
    };
    const program = { worlds: [world], folder, seed: 1, count: 4, classes: [good, bad] };
    const table = toTable(await playAll(program, () => undefined), [good, bad]);
    expect(table.totals).toEqual({ tried: 4, identical: 3, failed_cleanly: 0, wrong: 1, hung: 0 });
    expect(table.faults).toEqual([
      { name: "bad", outcome: "wrong", detail: expect.stringMatching(/^WrongError: other bytes \(number \d/) },
    ]);
  });
});
