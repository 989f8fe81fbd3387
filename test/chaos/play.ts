import { hash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createRandom, type Random } from "../support/synthetic.ts";
import { type Arena, HungError, type Outcome, type ScenarioClass, type Verdict } from "./scenario.ts";
import type { World } from "./world.ts";

/** Scenarios at a time: a run waits as much as it works, so more than the cores. */
const AT_ONCE = 3;

export type Played = Verdict & { readonly name: string; readonly seconds: number };

export type Program = {
  readonly worlds: readonly World[];
  readonly folder: string;
  readonly seed: number;
  readonly count: number;
  readonly classes: readonly ScenarioClass[];
};

/** Plays `count` scenarios, each class by its share, a few at a time. What each does depends on seed and number only. */
export async function playAll(program: Program, heard: (played: Played) => void): Promise<Played[]> {
  const schedule = toSchedule(program.classes, program.count);
  const played: Played[] = [];
  let next = 0;
  const playNext = async (): Promise<void> => {
    for (let number = next++; number < schedule.length; number = next++) {
      const one = await play(program, schedule[number] as Scheduled, number);
      played.push(one);
      heard(one);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, playNext));
  return played;
}

type Scheduled = { readonly scenario: ScenarioClass; readonly turn: number };

/** Classes spread evenly over the whole, each at least once if there is room. */
export function toSchedule(classes: readonly ScenarioClass[], count: number): Scheduled[] {
  const turns = classes.map(() => 0);
  return Array.from({ length: count }, () => {
    const due = classes.map(({ share }, place) => ((turns[place] as number) + 0.5) / share);
    const place = due.indexOf(Math.min(...due));
    const turn = turns[place] as number;
    turns[place] = turn + 1;
    return { scenario: classes[place] as ScenarioClass, turn };
  });
}

async function play({ worlds, folder, seed }: Program, { scenario, turn }: Scheduled, number: number): Promise<Played> {
  const random = toRandom(seed, number);
  const own = join(folder, `scenario-${number}`);
  const temporary = join(own, "tmp");
  mkdirSync(temporary, { recursive: true });
  const world = worlds[random.int(0, worlds.length - 1)] as World;
  const started = performance.now();
  const verdict = await judge(scenario, { worlds, world, random, folder: own, temporary, turn });
  rmSync(own, { recursive: true, force: true });
  const detail = `${verdict.detail} (number ${number}, world ${world.name})`;
  return { ...verdict, detail, name: scenario.name, seconds: (performance.now() - started) / 1000 };
}

/** Random numbers of a scenario's own. The generator's first ones still look like its seed, so they are passed over. */
function toRandom(seed: number, number: number): Random {
  const random = createRandom(Number.parseInt(hash("sha256", `${seed}/${number}`, "hex").slice(0, 8), 16) | 0);
  for (let i = 0; i < 8; i++) random.int(0, 1);
  return random;
}

async function judge(scenario: ScenarioClass, arena: Arena): Promise<Verdict> {
  try {
    return await scenario.play(arena);
  } catch (error) {
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { outcome: error instanceof HungError ? "hung" : "wrong", detail };
  }
}

/** The count of each outcome by class and in all, and what went wrong. */
export function toTable(played: readonly Played[], classes: readonly ScenarioClass[]) {
  const count = (some: readonly Played[], outcome: Outcome) => some.filter((one) => one.outcome === outcome).length;
  const toRow = (some: readonly Played[]) => ({
    tried: some.length,
    identical: count(some, "identical"),
    failed_cleanly: count(some, "failed cleanly"),
    wrong: count(some, "wrong"),
    hung: count(some, "hung"),
  });
  return {
    scenarios: played.length,
    totals: toRow(played),
    classes: classes.map(({ name }) => ({ name, ...toRow(played.filter((one) => one.name === name)) })),
    faults: played
      .filter(({ outcome }) => outcome === "wrong" || outcome === "hung")
      .map(({ name, detail, outcome }) => ({ name, outcome, detail }))
      .sort((a, b) => (a.detail < b.detail ? -1 : 1)),
  };
}
