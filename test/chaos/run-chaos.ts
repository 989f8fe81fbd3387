import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT } from "../support/planstream.ts";
import { SCENARIO_CLASSES } from "./classes.ts";
import { playAll, toTable } from "./play.ts";
import { makeWorlds } from "./world.ts";

// node test/chaos/run-chaos.ts: CHAOS_SEED and CHAOS_N choose the scenarios, CHAOS_CLASS one class of them.
// Prints a table, writes data/chaos/result.json, and exits 1 if anything was wrong or hung.

const seed = toInteger("CHAOS_SEED", 1);
const count = toInteger("CHAOS_N", 200);
const only = process.env.CHAOS_CLASS;
const classes = SCENARIO_CLASSES.filter(({ name }) => !only || name.includes(only));

const started = performance.now();
const folder = mkdtempSync(join(tmpdir(), "planstream-chaos-"));
let wrong = true;
try {
  const worlds = await makeWorlds(folder, seed);
  const played = await playAll({ worlds, folder, seed, count, classes }, ({ name, outcome, detail, seconds }) => {
    process.stderr.write(`${outcome.padEnd(14)} ${seconds.toFixed(1).padStart(5)} s  ${name}: ${detail}\n`);
  });
  const result = { seed, ...toTable(played, classes) };
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`${toText(result)}\n${count} scenarios of seed ${seed} in ${Math.round(seconds)} s\n`);
  mkdirSync(join(PROJECT, "data/chaos"), { recursive: true });
  writeFileSync(join(PROJECT, "data/chaos/result.json"), `${JSON.stringify(result, null, 2)}\n`);
  wrong = result.totals.wrong + result.totals.hung > 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
// A connection that a fault has stalled on purpose may still be waiting in this process.
process.exit(wrong ? 1 : 0);

function toInteger(name: string, otherwise: number): number {
  const value = process.env[name] ? Number(process.env[name]) : otherwise;
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`${name} is ${process.env[name]}: expected a whole number from 1`);
}

function toText({ classes: rows, totals }: ReturnType<typeof toTable>): string {
  const columns = ["tried", "identical", "failed_cleanly", "wrong", "hung"] as const;
  const width = Math.max(...rows.map(({ name }) => name.length));
  const line = (name: string, cells: readonly (string | number)[]) =>
    `${name.padEnd(width)}  ${cells.map((cell) => String(cell).padStart(14)).join("")}`;
  return [
    line(
      "scenario class",
      columns.map((column) => column.replace("_", " ")),
    ),
    ...rows.map((row) =>
      line(
        row.name,
        columns.map((column) => row[column]),
      ),
    ),
    line(
      "all",
      columns.map((column) => totals[column]),
    ),
  ].join("\n");
}
