import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { checkPoison, findTouched, type PoisonReport, runPoison } from "../support/check-poison.ts";
import { planstream } from "../support/planstream.ts";
import { type PoisonHub, writePoisonHub } from "../support/poison-hub.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

// The real command over poisoned files of every format and loader. `node test/support/run-poison.ts` does the same with
// 100,000 rows and any seed.

const ROWS = 1000;
const SEED = 4;
const GIANT_BYTES = 17 * 2 ** 20;
const GIANT_LOADERS = ["quartz/mobile-actions", "quartz/xlam", "jasper/agentharm"]; // lines, array, field

const folder = createTemporaryFolder();
const output = join(folder, "out");
let hub: PoisonHub;
let report: PoisonReport;

beforeAll(async () => {
  hub = await writePoisonHub(join(folder, "hub"), { rows: ROWS, seed: SEED });
  const ended = await runPoison(hub, output);
  if (ended.code !== 0) throw new Error(`tier1 ended with ${ended.code}: ${ended.stderr}`);
  report = checkPoison(hub, output);
});

describe("a run over poisoned files of every loader", () => {
  it("reads every row and finds each in one place, in lines that a strict parser takes", () => {
    expect(report.misses).toEqual([]);
    expect(report.loaders.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS);
    for (const { loader, quarantined, samples } of report.loaders) {
      expect([loader, quarantined > 0, samples > 0]).toEqual([loader, true, true]);
    }
  });

  it("is verified, source and all", async () => {
    const verified = await planstream(["verify", output, "--source", "--hub", hub.directory]);
    expect(verified).toMatchObject({ code: 0 });
  });

  it("makes of the sound rows what it makes of them without the poison", async () => {
    const sound = await writePoisonHub(join(folder, "sound-hub"), { rows: ROWS, seed: SEED, healthy: true });
    const beside = join(folder, "sound");
    expect(await runPoison(sound, beside)).toMatchObject({ code: 0 });
    expect(await findTouched({ hub, output }, { hub: sound, output: beside })).toEqual([]);
  });
});

it("outlives rows beyond every limit: too long, too deep, too many values", async () => {
  const giants = { rows: 24 * GIANT_LOADERS.length, seed: SEED, giantBytes: GIANT_BYTES, loaders: GIANT_LOADERS };
  const giantHub = await writePoisonHub(join(folder, "giant-hub"), giants);
  const giantOutput = join(folder, "giants");
  expect(await runPoison(giantHub, giantOutput)).toMatchObject({ code: 0 });
  expect(checkPoison(giantHub, giantOutput).misses).toEqual([]);
});
