import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkPoison, findTouched, type LoaderReport, runPoison } from "./check-poison.ts";
import { planstream } from "./planstream.ts";
import { writePoisonHub } from "./poison-hub.ts";

// node test/support/run-poison.ts [--rows 100000] [--seed 1] [--giant-mb 100] [--keep]
// Runs the real command over poisoned datasets of every loader and looks for every row in what comes out. The same hub with
// sound rows in place of the poisoned ones shows that no row has touched its neighbours. Exits 1 on any miss.

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    "giant-mb": { type: "string", default: "100" },
    keep: { type: "boolean", default: false },
  },
});
const [rows, seed, giantMb] = [Number(values.rows), Number(values.seed), Number(values["giant-mb"])];
if (!(Number.isSafeInteger(rows) && rows >= 1000 && Number.isInteger(seed) && giantMb >= 0)) {
  process.stderr.write(
    "Usage: node test/support/run-poison.ts [--rows N, at least 1000] [--seed N] [--giant-mb N] [--keep]\n",
  );
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "planstream-poison-"));
const misses: string[] = [];
try {
  const giantBytes = giantMb > 0 ? giantMb * 2 ** 20 : undefined;
  const hub = await step("write poisoned datasets", () =>
    writePoisonHub(join(folder, "hub"), { rows, seed, giantBytes }),
  );
  const output = join(folder, "out");
  const ended = await step("planstream tier1", () => runPoison(hub, output));
  if (ended.code !== 0) throw new Error(`tier1 ended with ${ended.code}: ${ended.stderr.slice(-2000)}`);
  const report = await step("find every row", () => checkPoison(hub, output));
  misses.push(...report.misses);
  printTable(report.loaders);

  const verified = await step("planstream verify --source", () =>
    planstream(["verify", output, "--source", "--hub", hub.directory]),
  );
  if (verified.code !== 0)
    misses.push(`verify ended with ${verified.code}: ${(verified.stdout + verified.stderr).slice(-2000)}`);

  const sound = await step("write sound datasets", () =>
    writePoisonHub(join(folder, "hub"), { rows, seed, healthy: true }),
  );
  const beside = join(folder, "sound");
  await step("planstream tier1", () => runPoison(sound, beside));
  misses.push(...(await findTouched({ hub, output }, { hub: sound, output: beside })));
} finally {
  if (values.keep) process.stderr.write(`kept: ${folder}\n`);
  else rmSync(folder, { recursive: true, force: true });
}
for (const miss of misses.slice(0, 50)) process.stdout.write(`MISS ${miss}\n`);
process.stdout.write(`${misses.length} misses (seed ${seed})\n`);
process.exitCode = misses.length > 0 ? 1 : 0;

async function step<Result>(what: string, run: () => Result | Promise<Result>): Promise<Result> {
  const started = performance.now();
  const result = await run();
  process.stderr.write(`${what}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  return result;
}

function printTable(loaders: readonly LoaderReport[]): void {
  const columns = ["rows", "samples", "dropped", "quarantined"] as const;
  const print = (name: string, counts: readonly (string | number)[]) =>
    process.stdout.write(`${name.padEnd(28)}${counts.map((count) => String(count).padStart(12)).join("")}\n`);
  print("", columns);
  for (const report of loaders)
    print(
      report.loader,
      columns.map((column) => report[column]),
    );
  print(
    "in all",
    columns.map((column) => loaders.reduce((sum, report) => sum + report[column], 0)),
  );
}
