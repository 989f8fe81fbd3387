import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { playNaive } from "./naive-gate.ts";
import { type Played, play } from "./play.ts";
import { toScenario } from "./scenario.ts";
import { toTable, toText } from "./table.ts";

// node test/spend/run-torture.ts: SPEND_SEED and SPEND_N choose the scenarios, SPEND_ONLY one of them by its number.
// Prints a table, writes data/spend-torture/result.json, and exits 1 if anything was paid that should not have been, or if
// the naive gate kept its cap: then the torture can't tell.

const PROCESSES = 2;
/** Scenarios at once in each: they mostly wait, for timeouts, pauses and the disk. */
const AT_ONCE = 4;

const seed = toInteger("SPEND_SEED", 1);
const count = toInteger("SPEND_N", 500);
const part = process.env.SPEND_PART;
if (part !== undefined) await playPart(Number(part));
else process.exitCode = (await playAll()) ? 0 : 1;

async function playAll(): Promise<boolean> {
  const started = performance.now();
  const only = process.env.SPEND_ONLY;
  const played = only ? [await play(toScenario(seed, Number(only)))] : await inProcesses();
  const naive = await Promise.all([16, 128].map((atOnce) => playNaive({ seed, rows: 600, atOnce, share: 0.3 })));
  const result = { seed, ...toTable(played), naive };
  process.stdout.write(`${toText(result)}\n`);
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stdout.write(`${played.length} scenarios of seed ${seed} in ${seconds} s\n`);
  const folder = join(import.meta.dirname, "../../data/spend-torture");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "result.json"), `${JSON.stringify(result, null, 2)}\n`);
  const isNaiveCaught = naive.every(({ billedNusd, capNusd }) => billedNusd > capNusd);
  if (!isNaiveCaught) process.stderr.write("The naive gate kept its cap: this torture could not have failed.\n");
  return result.violations.length === 0 && isNaiveCaught && (only !== undefined || played.length === count);
}

/** Each process plays every so-many-th scenario and tells of it in a line. */
async function inProcesses(): Promise<Played[]> {
  const played: Played[] = [];
  await Promise.all(
    Array.from({ length: PROCESSES }, async (_, number) => {
      const child = spawn(process.execPath, [import.meta.filename], {
        env: { ...process.env, SPEND_PART: String(number), SPEND_SEED: String(seed), SPEND_N: String(count) },
        stdio: ["ignore", "pipe", "inherit"],
      });
      for await (const line of createInterface({ input: child.stdout })) {
        const one = JSON.parse(line) as Played;
        played.push(one);
        const { scenario, seconds, violation = "ok" } = one;
        process.stderr.write(`${seconds.toFixed(1).padStart(5)} s  ${scenario.name}: ${violation}\n`);
      }
    }),
  );
  return played.sort((a, b) => a.scenario.seed - b.scenario.seed);
}

async function playPart(number: number): Promise<void> {
  let next = number;
  const one = async () => {
    for (; next < count; ) {
      const scenario = toScenario(seed, next);
      next += PROCESSES;
      process.stdout.write(`${JSON.stringify(await play(scenario))}\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

function toInteger(name: string, otherwise: number): number {
  const value = process.env[name] ? Number(process.env[name]) : otherwise;
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`${name} is ${process.env[name]}: expected a whole number from 1`);
}
