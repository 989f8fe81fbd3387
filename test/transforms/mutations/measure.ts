/**
 * Prints, for a folder of Tier I: how many samples each mutator applies to, by track, without and with inserted sources; what
 * was rejected and why, by operator; margins; and how many verified negatives a second one thread makes.
 *
 * node test/transforms/mutations/measure.ts FOLDER [variants]
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Track } from "../../../src/contract/index.ts";
import { createPoolCollector } from "../../../src/pool/mutate/collect-pools.ts";
import {
  type MadePlan,
  type MutationChoice,
  makeMutation,
  type NamedMutation,
} from "../../../src/pool/mutate/make-mutation.ts";
import { openPools } from "../../../src/pool/mutate/open-pools.ts";
import { type Parent, toParent } from "../../../src/pool/mutate/to-parent.ts";
import { verifyMutation } from "../../../src/pool/mutate/verify-mutation.ts";
import type { Energy } from "../../../src/schema/energy.ts";
import type { Sample } from "../../../src/schema/sample.ts";
import { listMutators } from "./_mutators.ts";

const [folder, variantsText = "1"] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: node test/transforms/mutations/measure.ts FOLDER [variants]");
const variants = Number(variantsText);
const parts = join(folder, "parts");
const lines = readdirSync(parts)
  .sort()
  .flatMap((name) => readFileSync(join(parts, name), "utf8").split("\n"))
  .filter((line) => line !== "");

const collecting = cpuMs();
const collector = createPoolCollector();
for (const line of lines) collector.add(JSON.parse(line) as Sample);
const pooled = collector.take();
const pools = openPools(pooled);
const text = JSON.stringify(pooled);
print(
  `${lines.length} samples; pools ${(text.length / 1e6).toFixed(1)} MB in ${seconds(collecting)} s, ${pools.digest}`,
);

const mutators = await listMutators();
const stages = new Map<string, Track["stages"]>();
type Tally = { parents: number; yes: number; yesInserted: number };
const byTrack = new Map<string, Tally>();
const outcomes = new Map<string, Map<string, number>>();
const margins = new Map<string, number[]>();
let verified = 0;
let parentMs = 0;
/** What passed, to be made again: for the rate, and because it must come out the same. */
const passed: { parent: Parent; mutator: NamedMutation; choice: MutationChoice; hash: string }[] = [];
const PASSED_MAX = 30_000;

for (const line of lines) {
  const sample = JSON.parse(line) as Sample;
  const { track, loader } = sample.metadata;
  if (!stages.has(track)) {
    const { default: read } = (await import(`../../../tracks/${track}.ts`)) as { default: Track };
    stages.set(track, read.stages);
  }
  const start = cpuMs();
  const parent = toParent(sample, pools, stages.get(track) as Track["stages"]);
  parentMs += cpuMs() - start;
  for (const mutator of mutators) {
    const [yes, yesInserted] = [tryAll(parent, mutator, false), tryAll(parent, mutator, true)];
    for (const where of [`${track}/${loader}`, "all"]) count(where, mutator.name, yes, yesInserted);
  }
}
report();

function tryAll(parent: Parent, mutator: NamedMutation, insertSources: boolean): boolean {
  let any = false;
  for (const operator of Object.keys(mutator.mutation.operators)) {
    for (let variant = 0; variant < variants; variant++) {
      const choice = { operator, seed: "measure", variant, insertSources };
      const pair = makeMutation(parent, mutator, choice);
      const key = `${mutator.name}/${operator}${insertSources ? " +sources" : ""}`;
      if ("na" in pair) {
        tally(key, `na ${pair.na}`);
        continue;
      }
      if (insertSources && !pair.apart) {
        any ||= "ok" in verifyMutation(parent, mutator.mutation, pair);
        continue;
      }
      const verdict = verifyMutation(parent, mutator.mutation, pair);
      if ("rejected" in verdict) {
        tally(key, `rejected ${verdict.rejected}`);
        continue;
      }
      any = true;
      verified++;
      if (passed.length < PASSED_MAX && !insertSources)
        passed.push({ parent, mutator, choice, hash: pair.negative.planHash });
      tally(key, "ok");
      const deltas = margins.get(key) ?? [];
      deltas.push(verdict.ok.delta.target);
      margins.set(key, deltas);
    }
  }
  return any;
}

function toRecord({ plan, planHash, mutation }: MadePlan, energy: Energy): object {
  return { plan_hash: planHash, plan, energy, mutation };
}

function tally(key: string, what: string): void {
  const counts = outcomes.get(key) ?? new Map<string, number>();
  counts.set(what, (counts.get(what) ?? 0) + 1);
  outcomes.set(key, counts);
}

function count(where: string, mutator: string, yes: boolean, yesInserted: boolean): void {
  const key = `${where}\t${mutator}`;
  const entry = byTrack.get(key) ?? { parents: 0, yes: 0, yesInserted: 0 };
  entry.parents++;
  if (yes) entry.yes++;
  if (yes || yesInserted) entry.yesInserted++;
  byTrack.set(key, entry);
}

function report(): void {
  print("\nApplies to, % of samples: as they are / with inserted sources");
  const names = mutators.map(({ name }) => name);
  print(`${"".padEnd(30)}${"samples".padStart(8)} ${names.map((name) => name.slice(0, 14).padStart(16)).join("")}`);
  for (const where of [...new Set([...byTrack.keys()].map((key) => key.split("\t")[0] as string))].sort()) {
    const cells = names.map((name) => byTrack.get(`${where}\t${name}`) as Tally);
    const shares = cells.map(({ parents, yes, yesInserted }) =>
      `${percent(yes, parents)} / ${percent(yesInserted, parents)}`.padStart(16),
    );
    print(`${where.padEnd(30)}${String(cells[0]?.parents).padStart(8)} ${shares.join("")}`);
  }
  print("\nOperators");
  for (const [key, counts] of [...outcomes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const deltas = (margins.get(key) ?? []).sort((a, b) => a - b);
    const at = (share: number) => deltas[Math.floor(deltas.length * share)]?.toFixed(2) ?? "-";
    const rest = [...counts].sort(([, a], [, b]) => b - a).map(([what, n]) => `${what} ${n}`);
    print(`${key}: Δ p5 ${at(0.05)} p50 ${at(0.5)}; ${rest.join(", ")}`);
  }
  measureRate();
  print(`\n${verified} verified pairs; parents ${(1e3 * parentMs) / lines.length} µs each`);
}

/** Makes what passed again and again, verifies it and writes it as JSON; each time it must be the same plan. */
function measureRate(): void {
  for (let round = 0; round < 3; round++) {
    const start = cpuMs();
    let bytes = 0;
    for (const { parent, mutator, choice, hash } of passed) {
      const pair = makeMutation(parent, mutator, choice);
      if ("na" in pair || pair.negative.planHash !== hash) throw new Error("a mutation does not replay");
      const verdict = verifyMutation(parent, mutator.mutation, pair);
      if ("rejected" in verdict) throw new Error("a verdict does not replay");
      bytes += JSON.stringify(toRecord(pair.negative, verdict.ok.energy)).length;
      bytes += JSON.stringify(toRecord(pair.decoy, verdict.ok.decoyEnergy)).length;
    }
    const rate = Math.round((1e3 * passed.length) / (cpuMs() - start));
    print(
      `\n${rate} verified negatives, each with its decoy, a CPU second, ${Math.round(bytes / passed.length)} bytes each (replays all the same)`,
    );
  }
}

function percent(part: number, whole: number): string {
  return ((100 * part) / whole).toFixed(0);
}

/** CPU time of this process: the machine may have other work. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

function seconds(since: number): string {
  return ((cpuMs() - since) / 1e3).toFixed(1);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
