import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer } from "../../src/llm/ask.ts";
import { createDraw, type Draw } from "../../src/llm/mock-value.ts";
import type { LlmServer } from "../support/llm-server.ts";
import type { ClientResult, ClientTask } from "./client.ts";
import { CrashingDisk, removeDisk } from "./crashing-disk.ts";
import { type Lived, live, openTortureProvider } from "./life.ts";
import type { Scenario } from "./scenario.ts";

/** Where a scenario's client lives. */
export type World = { readonly scenario: Scenario; readonly directory: string; readonly server: LlmServer };
/** `isKilled`: the life was cut short. */
export type Ended = { readonly lived: Lived; readonly isKilled: boolean };

/** One life, cut short somewhere if `life` has a number; each scenario and life has its own moment. */
export async function liveOnce(world: World, life: number | undefined): Promise<Ended> {
  const draw = createDraw(`life/${world.scenario.seed}/${life}`);
  world.server.bill.onCharge = () => {};
  if (world.scenario.home === "child") return liveInChild(world, life, draw);
  if (life === undefined) return liveHere(world, NEVER, draw);
  const ended = await liveHere(world, toMoment(world.scenario, draw), draw);
  // It was through before its moment came: then another one dies while it opens the ledger.
  return ended.isKilled ? ended : liveHere(world, { ...NEVER, steps: 1 + Math.floor(draw() * 5) }, draw);
}

type Moment = { readonly steps: number; readonly charges: number };
const NEVER: Moment = { steps: Number.POSITIVE_INFINITY, charges: Number.POSITIVE_INFINITY };

/** In this process, on a disk that dies at its n-th step, or as the vendor bills its n-th request. */
async function liveHere({ scenario, directory, server }: World, moment: Moment, draw: Draw): Promise<Ended> {
  const killed = new AbortController();
  const { steps, charges } = moment;
  const disk = new CrashingDisk(directory, steps, draw, () => killed.abort(new Error("the process was killed")));
  let charged = 0;
  server.bill.onCharge = () => {
    charged += 1;
    if (charged === charges) disk.crash();
  };
  const provider = openTortureProvider(scenario, server.url, moment === NEVER);
  const lived = await live({ scenario, directory, provider, signal: killed.signal, capNusd: scenario.capNusd });
  await disk.settle(scenario.crash);
  removeDisk(directory);
  return { lived, isKilled: disk.isDead };
}

function toMoment({ rows, kills }: Scenario, draw: Draw): Moment {
  const kind = draw();
  const upTo = (max: number) => 1 + Math.floor(draw() * max);
  if (kind < 0.3) return { ...NEVER, charges: upTo((rows * 2) / (kills + 1) + 1) };
  // A life that finds little left to do has few steps to die at.
  if (kind < 0.6) return { ...NEVER, steps: upTo(12) };
  return { ...NEVER, steps: upTo((rows * 15) / (kills + 1) + 20) };
}

/** In a process of its own, killed with -9 as the vendor bills its n-th request, or after some milliseconds. */
async function liveInChild(
  { scenario, directory, server }: World,
  life: number | undefined,
  draw: Draw,
): Promise<Ended> {
  const path = `${directory}-${life ?? "last"}.json`;
  const task: ClientTask = { scenario, directory, url: server.url, isPatient: life === undefined };
  writeFileSync(path, JSON.stringify(task));
  rmSync(`${path}.done`, { force: true });
  const child = spawn(process.execPath, [join(import.meta.dirname, "client.ts"), path], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const kill = () => void child.kill("SIGKILL");
  let timer: NodeJS.Timeout | undefined;
  if (life !== undefined) {
    const { charges } = toMoment(scenario, draw);
    let charged = 0;
    server.bill.onCharge = () => {
      charged += 1;
      if (charged === charges) kill();
    };
    // Loading its modules takes a client a third of a second; most of what follows is there to be cut.
    timer = setTimeout(kill, 300 + draw() * 500);
  }
  const signal = await new Promise<string | null>((done) => child.on("exit", (_, by) => done(by)));
  clearTimeout(timer);
  if (signal !== null) return { lived: NOTHING, isKilled: true };
  const result = JSON.parse(readFileSync(`${path}.done`, "utf8")) as ClientResult;
  const { unaffordable, digest, error } = result;
  const answers = new Map(result.answers.map(([number, answer]) => [number, answer as Answer<unknown>]));
  const lived = { answers, unaffordable, digest, ...(error !== undefined && { error: new Error(error) }) };
  return { lived, isKilled: false };
}

const NOTHING: Lived = { answers: new Map(), unaffordable: 0, digest: "" };
