import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { assertEnd, assertHeals, assertIdentical, identical } from "./checks.ts";
import { EXIT_MS, launch } from "./launch.ts";
import { type Arena, type ScenarioClass, type Verdict, WrongError } from "./scenario.ts";

/** An undisturbed run takes about a second and a half: the moments reach a little beyond its end. */
const MOMENT_MS_MAX = 1_700;

/** kill -9 of the whole process group at one to three random moments, other workers each time. */
export const killAtRandom: ScenarioClass = {
  name: "kill -9 at a random moment",
  share: 4,
  async play(arena) {
    const { world, random, folder, temporary } = arena;
    const output = join(folder, "out");
    const kills = random.int(1, 3);
    for (let kill = 0; kill < kills; kill++) {
      const run = launch(world.toArgs(output, ["--workers", String(random.int(1, 3))]), { temporary });
      await sleep(random.int(100, MOMENT_MS_MAX));
      run.kill("SIGKILL");
      await run.ended;
    }
    await assertHeals(arena, output, `${kills} kills`);
    return identical(`${kills} kills`);
  },
};

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** A signal that asks to stop: exit 130 and nothing lost, or the run was through before it came. */
export const askedToStop: ScenarioClass = {
  name: "SIGTERM, SIGINT, SIGHUP",
  share: 2,
  async play(arena) {
    const { world, random, folder, temporary, turn } = arena;
    const output = join(folder, "out");
    const signal = SIGNALS[turn % SIGNALS.length] as NodeJS.Signals;
    const run = launch(world.toArgs(output), { temporary });
    await sleep(random.int(450, MOMENT_MS_MAX));
    // A process that is only starting dies of the signal, as all do; one that has taken the folder hears it.
    const hears = existsSync(join(output, ".run/lock"));
    const asked = performance.now();
    run.kill(signal);
    if (random.int(0, 3) === 0) run.kill(signal);
    const end = await run.ended;
    const tookMs = performance.now() - asked;
    assertEnd(end, hears ? [130, 0] : [130, 0, null], signal);
    if (tookMs > EXIT_MS) throw new WrongError(`${signal}: took ${Math.round(tookMs)} ms to stop`);
    await assertHeals(arena, output, signal);
    return identical(`${signal}, exit ${end.code}`);
  },
};

/** Nobody reads what the command says: `planstream tier1 | head -0`, a closed terminal. */
export const closedPipes: ScenarioClass = {
  name: "stdout and stderr closed",
  share: 1,
  async play({ world, random, folder, temporary }: Arena): Promise<Verdict> {
    const output = join(folder, "out");
    const run = launch(world.toArgs(output), { temporary });
    const which = random.int(0, 2);
    if (which !== 1) run.child.stdout?.destroy();
    if (which !== 0) run.child.stderr?.destroy();
    const end = await run.ended;
    assertEnd(end, [0], "closed pipes");
    assertIdentical(output, world.reference, "closed pipes");
    return identical(["stdout", "stderr", "both"][which] as string);
  },
};
