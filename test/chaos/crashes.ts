import { existsSync } from "node:fs";
import { join } from "node:path";
import { CRASH_POINTS, type CrashPoint } from "../../src/contract/disk-step.ts";
import { assertEnd, assertHeals, identical } from "./checks.ts";
import { launch } from "./launch.ts";
import { type ScenarioClass, WrongError } from "./scenario.ts";
import { copyFinished } from "./world.ts";

/**
 * kill -9 before, after or in the middle of a step that touches the disk, up to three times in a row: in a first run, over a
 * finished folder that is thrown away (--fresh), each point in turn.
 */
export const crashAtStep: ScenarioClass = {
  name: "kill -9 at a step on the disk",
  share: 5,
  async play(arena) {
    const { world, random, folder, temporary, turn } = arena;
    const output = join(folder, "out");
    const isFresh = random.int(0, 3) === 0;
    if (isFresh) copyFinished(world, output);
    const points: string[] = [];
    const crashes = random.int(1, 3);
    for (let crash = 0; crash < crashes; crash++) {
      const point = crash === 0 ? (CRASH_POINTS[turn % CRASH_POINTS.length] as CrashPoint) : random.pick(CRASH_POINTS);
      const at = `${point}@${random.pick([1, 1, 1, 2, 3, 5, 8])}`;
      const more = ["--workers", String(random.int(1, 3)), ...(isFresh && crash === 0 ? ["--fresh"] : [])];
      const env = { PLANSTREAM_CRASH_POINT: at };
      const end = await launch(world.toArgs(output, more), { temporary, env }).ended;
      // A point that this run does not pass lets it end as if nothing were.
      assertEnd({ ...end, leftovers: [] }, [null, 0], at);
      points.push(end.code === null ? at : `(${at})`);
      await assertReadable(output, temporary, at);
    }
    const what = points.join(", ");
    await assertHeals(arena, output, what);
    return identical(`${isFresh ? "--fresh, " : ""}${what}`);
  },
};

/** A manifest that stands, stands over files that are what it says. */
async function assertReadable(output: string, temporary: string, what: string): Promise<void> {
  if (!existsSync(join(output, "manifest.json"))) return;
  const end = await launch(["verify", output], { temporary }).ended;
  if (end.code !== 0) throw new WrongError(`${what}: a manifest stands over other files: ${end.stdout.slice(0, 400)}`);
}
