import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { createFaultPlan } from "../support/hub-faults.ts";
import { startHubServer } from "../support/hub-server.ts";
import { PROJECT, planstream, startPlanstream, toFingerprint } from "../support/planstream.ts";
import { createRandom, type Random, type Synthetic } from "../support/synthetic.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";
import { writeDataset } from "../support/write-dataset.ts";

// One run, killed fifty times: from the directory, and from a Hub that fails 30 % of all requests.

const KILLS = 50;
const ROWS: Readonly<Record<string, number>> = {
  "jasper/gsm8k": 50_000,
  "jasper/agentharm": 208,
  "opal/toolscale": 3_000,
  "quartz/mobile-actions": 40_000,
  "quartz/xlam": 60_000,
};
/** Pauses and limits of requests: the same code, a hundred times faster. */
const QUICK = { PLANSTREAM_HUB_RETRY_MS: "5", PLANSTREAM_HUB_TIMEOUT_MS: "700" };

const folder = createTemporaryFolder();
const hub = join(folder, "hub");
let reference: Record<string, string>;

beforeAll(async () => {
  for (const [name, rows] of Object.entries(ROWS)) {
    const { default: synthetic } = (await import(join(PROJECT, "test/synthetic", `${name}.ts`))) as {
      default: Synthetic;
    };
    writeDataset(hub, synthetic, { rows, shardRowsMax: 8_000 });
  }
  const output = join(folder, "reference");
  expect(await planstream(toArgs(hub, output, 1))).toMatchObject({ code: 0 });
  reference = toFingerprint(output);
});

test("from the directory: the same bytes", async () => {
  const output = join(folder, "killed");
  await killAgainAndAgain(hub, output, createRandom(50));
  expect(await planstream(toArgs(hub, output, 2))).toMatchObject({ code: 0 });
  expect(toFingerprint(output)).toEqual(reference);
});

test("from a Hub that fails 30 % of requests: the same bytes", async () => {
  const server = await startHubServer(hub, { faults: createFaultPlan({ seed: 50, share: 0.3 }), pageSize: 3 });
  try {
    const output = join(folder, "stormy");
    await killAgainAndAgain(server.url, output, createRandom(51));
    expect(await planstream(toArgs(server.url, output, 2), { env: QUICK })).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(reference);
  } finally {
    await server.close();
  }
});

function toArgs(from: string, output: string, workers: number): string[] {
  const loaders = [...Object.keys(ROWS), "ruby/agentharm"].join();
  const settings = ["--quarantine-max", "20%", "--workers", String(workers)];
  return ["tier1", "--hub", from, "--loader", loaders, "--output", output, ...settings];
}

async function killAgainAndAgain(from: string, output: string, random: Random): Promise<void> {
  let growing = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const started = startPlanstream(toArgs(from, output, random.int(1, 3)), { env: QUICK });
    await sleep(random.int(100, 1_200));
    started.kill("SIGKILL");
    await started.ended;
    if (!existsSync(join(output, "manifest.json"))) growing++;
  }
  // Else the run was through before most of the kills, and they say little.
  expect(growing).toBeGreaterThan(KILLS / 4);
}
