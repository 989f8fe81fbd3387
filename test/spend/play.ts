import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toRequestHash } from "../support/llm-replies.ts";
import { startLlmServer } from "../support/llm-server.ts";
import { assert, assertCovered, assertPaidOnce, type Paid, type Sums } from "./checks.ts";
import { liveOnce, type World } from "./homes.ts";
import { type Lived, MODEL, openTortureProvider } from "./life.ts";
import { toFirstRequest } from "./questions.ts";
import { assertSameResults } from "./same-results.ts";
import { PRICES, type Scenario, toNowMs } from "./scenario.ts";

/** How a scenario ended; `violation` is what must never be. */
export type Played = Partial<Sums> &
  Partial<Paid> & {
    readonly scenario: Scenario;
    readonly kills: number;
    readonly charges: number;
    readonly answered: number;
    readonly unaffordable: number;
    readonly seconds: number;
    readonly violation?: string;
  };

/** Plays a scenario to its end: lives that are cut short, then one that is left alone, then all the checks. */
export async function play(scenario: Scenario): Promise<Played> {
  const started = performance.now();
  const folder = await mkdtemp(join(tmpdir(), "planstream-spend-"));
  const { seed, dialect, faults, content, delayMs, batchMs } = scenario;
  const nowMs = () => toNowMs(scenario);
  const server = await startLlmServer({ seed, price: PRICES[dialect], faults, content, delayMs, batchMs, nowMs });
  const done = { scenario, kills: 0, charges: 0, answered: 0, unaffordable: 0 };
  try {
    const directory = join(folder, "llm");
    const lived = await playLives({ scenario, directory, server }, done);
    const sums = await assertCovered(directory, server.bill, scenario.capNusd);
    assert(sums.heldNusd === 0, `${sums.heldNusd} is still held at the end`);
    const paid = await assertPaidOnce(directory, server.bill.charges, {
      inFlightMax: scenario.concurrency,
      keys: toKeys(scenario, lived),
    });
    await assertSameResults(scenario, directory, join(folder, "again"), lived);
    return { ...done, ...sums, ...paid, charges: server.bill.charges.length, seconds: toSeconds(started) };
  } catch (error) {
    const violation = error instanceof Error ? error.message : String(error);
    return { ...done, charges: server.bill.charges.length, seconds: toSeconds(started), violation };
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function playLives(
  world: World,
  done: { kills: number; answered: number; unaffordable: number },
): Promise<Lived> {
  const { scenario, directory, server } = world;
  for (let life = 0; life < scenario.kills; life++) {
    const { isKilled, lived } = await liveOnce(world, life);
    if (isKilled) done.kills += 1;
    // In a storm a client may give the vendor up; the next life goes on.
    else if (lived.error !== undefined && !isExpected(lived.error)) throw lived.error;
    await assertCovered(directory, server.bill, scenario.capNusd);
  }
  server.setFaults({});
  const { lived } = await liveOnce(world, undefined);
  if (lived.error !== undefined) throw lived.error;
  done.answered = lived.answers.size;
  done.unaffordable = lived.unaffordable;
  assert(lived.answers.size + lived.unaffordable === scenario.rows, "some row has no answer and no reason");
  return lived;
}

function isExpected(error: unknown): boolean {
  return /^(Error: )?(SourceError|BudgetError)\b/.test(String(error));
}

/** Keys of the rows' first questions by the hash of their requests. */
function toKeys(scenario: Scenario, { answers }: Lived): Map<string, string> {
  const provider = openTortureProvider(scenario, "http://127.0.0.1:1");
  const keys = new Map<string, string>();
  for (const [number, { uses }] of answers) {
    const body = provider.encode(toFirstRequest(scenario.seed, number, MODEL), false);
    keys.set(toRequestHash(JSON.parse(body)), uses[0]?.key ?? "");
  }
  void provider.close();
  return keys;
}

function toSeconds(started: number): number {
  return (performance.now() - started) / 1000;
}
