import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FAULTS, type Fault } from "../support/hub-fault-kinds.ts";
import { createFaultPlan } from "../support/hub-faults.ts";
import { type HubServer, startHubServer } from "../support/hub-server.ts";
import { readManifest } from "../support/planstream.ts";
import { assertEnd, assertHeals, assertIdentical, assertSaid, failedCleanly, identical } from "./checks.ts";
import { launch } from "./launch.ts";
import { type Arena, type ScenarioClass, type Verdict, WrongError } from "./scenario.ts";

/** Pauses and limits of a run in chaos: the same code, a hundred times faster. */
const QUICK = { PLANSTREAM_HUB_RETRY_MS: "5", PLANSTREAM_HUB_TIMEOUT_MS: "700" };

/** One kind of fault after the other: the same bytes, or a loader that fails for the right reason. */
export const misbehavingHub: ScenarioClass = {
  name: "a Hub with one kind of fault",
  share: 6,
  async play(arena) {
    const fault = FAULTS[arena.turn % FAULTS.length] as Fault;
    const faults = { kinds: [fault.name], share: fault.lasts === "stays" ? 0.5 : 0.4 };
    return withServer(arena, faults, async (server) => {
      const output = join(arena.folder, "out");
      return judgeRun(arena, output, await run(arena, server, output), fault);
    });
  },
};

/** 30 % of all requests fail, in all ways that pass: the same bytes. */
export const stormyHub: ScenarioClass = {
  name: "a Hub that fails 30 % of requests",
  share: 2,
  play: (arena) =>
    withServer(arena, { share: 0.3 }, async (server) => {
      const output = join(arena.folder, "out");
      assertEnd(await run(arena, server, output), [0], "30 % of requests fail");
      assertIdentical(output, arena.world.reference, "30 % of requests fail");
      return identical(`${server.requests.length} requests`);
    }),
};

/** The same, and kill -9 on top. */
export const stormAndKill: ScenarioClass = {
  name: "a Hub that fails 30 %, and kill -9",
  share: 1.5,
  play: (arena) =>
    withServer(arena, { share: 0.3 }, async (server) => {
      const { world, random, folder, temporary } = arena;
      const output = join(folder, "out");
      const kills = random.int(1, 2);
      for (let kill = 0; kill < kills; kill++) {
        const args = world.toArgs(output, ["--workers", String(random.int(1, 3))], server.url);
        const killed = launch(args, { temporary, env: QUICK });
        await sleep(random.int(400, 2_500));
        killed.kill("SIGKILL");
        await killed.ended;
      }
      assertEnd(await run(arena, server, output), [0], "a storm and kills");
      assertIdentical(output, world.reference, "a storm and kills");
      return identical(`${kills} kills`);
    }),
};

/** Signed links that expire in mid-run, and a Hub that goes away for good and comes back. */
export const hubGoneAndBack: ScenarioClass = {
  name: "a Hub that goes away and comes back",
  share: 1,
  async play(arena) {
    const { world, random, folder, temporary } = arena;
    const output = join(folder, "out");
    const server = await startHubServer(world.hub);
    const port = Number(new URL(server.url).port);
    const running = launch(world.toArgs(output, [], server.url), { temporary, env: QUICK });
    await sleep(random.int(300, 1_300));
    server.expireLinks();
    await server.close();
    const end = await running.ended;
    assertEnd(end, [0, 5], "a Hub that goes away");
    if (end.code === 5)
      assertSaid(
        end,
        /answered nothing|unreachable|refused|no answer|ECONN|can't be reached|gave no/i,
        "a Hub that goes away",
      );
    const back = await startHubServer(world.hub, { port });
    try {
      const again = await launch(world.toArgs(output, [], back.url), { temporary, env: QUICK }).ended;
      assertEnd(again, [0], "the Hub is back");
      // Where loaders share, the others may have filled a failed one's place: the folder is whole, not undisturbed.
      if (world.isShared && end.code === 5) await assertWholeThenFresh(arena, output, back.url);
      else assertIdentical(output, world.reference, "the Hub is back");
    } finally {
      await back.close();
    }
    return end.code === 0
      ? identical("through before it went")
      : failedCleanly(
          world.isShared ? "gone, exit 5; back, whole; --fresh, identical" : "gone, exit 5; back, identical",
        );
  },
};

async function assertWholeThenFresh({ world, temporary }: Arena, output: string, hub: string): Promise<void> {
  const verified = await launch(["verify", output], { temporary }).ended;
  assertEnd(verified, [0], "verify after the Hub is back");
  const { samples } = readManifest(output).totals;
  const expected = readManifest(world.finished).totals.samples;
  if (samples !== expected) throw new WrongError(`the Hub is back: ${samples} samples, expected ${expected}`);
  const fresh = await launch(world.toArgs(output, ["--fresh"], hub), { temporary, env: QUICK }).ended;
  assertEnd(fresh, [0], "the Hub is back, --fresh");
  assertIdentical(output, world.reference, "the Hub is back, --fresh");
}

type Faults = { readonly kinds?: readonly Fault["name"][]; readonly share: number };

async function withServer(
  { world, random }: Arena,
  faults: Faults,
  play: (server: HubServer) => Promise<Verdict>,
): Promise<Verdict> {
  const plan = createFaultPlan({ seed: random.int(1, 1_000_000), ...faults });
  const server = await startHubServer(world.hub, { faults: plan, pageSize: random.int(2, 5) });
  try {
    return await play(server);
  } finally {
    await server.close();
  }
}

function run({ world, random, temporary }: Arena, server: HubServer, output: string) {
  const args = world.toArgs(output, ["--workers", String(random.int(1, 3))], server.url);
  return launch(args, { temporary, env: QUICK }).ended;
}

/**
 * The bytes are the same, or some loader has failed: then the words fit the fault, the other loaders' parts are whole, and
 * a fault that can pass is healed by the same command.
 */
async function judgeRun(
  arena: Arena,
  output: string,
  end: Awaited<ReturnType<typeof run>>,
  fault: Fault,
): Promise<Verdict> {
  const { world, temporary } = arena;
  const what = `hub fault ${fault.name}`;
  if (fault.lasts === "passes") assertEnd(end, [0], what);
  else assertEnd(end, [0, 5], what);
  if (end.code === 0) {
    assertIdentical(output, world.reference, what);
    return identical(fault.name);
  }
  const failed = Object.entries(readManifest(output).loaders).filter(([, { status }]) => /failed|gated/.test(status));
  if (failed.length === 0) throw new WrongError(`${what}: exit 5, but no loader has failed`);
  if (fault.expected !== "same") {
    const words = fault.expected.words;
    // Where the very first bytes of a file are others there is nothing to compare them with: it is no file of its kind.
    const wrong = failed.filter(([, { reason = "" }]) => !words.test(reason) && !/could not be read/.test(reason));
    if (wrong.length > 0)
      throw new WrongError(`${what}: ${wrong[0]?.[0]} says ${wrong[0]?.[1].reason}, expected ${words}`);
  }
  const verified = await launch(["verify", output], { temporary }).ended;
  assertEnd(verified, [0, 5], `verify after ${what}`);
  // From the directory, with nothing kept of what the server said.
  await assertHeals(
    { ...arena, world: { ...world, toArgs: (out, more = []) => world.toArgs(out, [...more, "--fresh"]) } },
    output,
    what,
  );
  return failedCleanly(`${fault.name}: ${failed.length} loaders`);
}
