import { expect, test } from "vitest";
import { toRunState } from "../../src/run/run-state.ts";
import { toRowsAhead } from "../../src/run/walk-questions.ts";
import { createTally } from "../../src/schema/tally.ts";
import { makeSettings } from "../support/settings.ts";

test.each([
  ["all that there are", {}, {}, undefined, Number.POSITIVE_INFINITY],
  ["up to the limit", { limit: 1_000 }, { rows_read: 300 }, undefined, 700],
  ["as many as samples are missing, in steps of 256", {}, {}, 300, 512],
  ["for as many samples a row as so far", {}, { rows_read: 1_000, samples: 500 }, 1_500, 2_048],
  ["more where there were none so far", {}, { rows_read: 10, samples: 0 }, 100, 1_280],
  ["never beyond the limit", { limit: 1_100 }, { rows_read: 1_000, samples: 500 }, 1_500, 100],
  ["none when the share is reached", {}, { rows_read: 1_000, samples: 500 }, 500, 0],
  ["none without a share in the round", {}, {}, "other", 0],
] as const)("rows ahead: %s", (_, settings, tally, quota, rows) => {
  const state = toRunState([{ event: "start", format: 1, settings: makeSettings(settings) }]);
  if (quota !== undefined) state.quotas = quota === "other" ? { "a/other": 5 } : { "a/b": quota };
  const loader = { id: "a/b", loader: {} as never };
  expect(toRowsAhead(state, { tally: { ...createTally(), ...tally } }, loader)).toBe(rows);
});

test("rows ahead: a loader's own limit on samples counts where there is no target", () => {
  const state = toRunState([{ event: "start", format: 1, settings: makeSettings({}) }]);
  const loader = { id: "a/b", loader: { samplesMax: 400 } as never };
  expect(toRowsAhead(state, { tally: createTally() }, loader)).toBe(512);
});
