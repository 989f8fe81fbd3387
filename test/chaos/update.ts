import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toFingerprint } from "../support/planstream.ts";
import { assertEnd, assertIdentical, identical } from "./checks.ts";
import { launch } from "./launch.ts";
import type { ScenarioClass } from "./scenario.ts";
import { copyFinished, writeHub } from "./world.ts";

/** The datasets have moved, and the update of a finished folder is killed: it ends as an undisturbed update does. */
export const killedUpdate: ScenarioClass = {
  name: "kill -9 of an update",
  share: 1,
  async play({ world, random, folder, temporary }) {
    const moved = join(folder, "moved");
    await writeHub(moved, random.int(1, 1_000_000));
    const undisturbed = join(folder, "undisturbed");
    copyFinished(world, undisturbed);
    const args = (output: string) => world.toArgs(output, ["--update", "--workers", String(random.int(1, 3))], moved);
    assertEnd(await launch(args(undisturbed), { temporary }).ended, [0], "an undisturbed update");
    const output = join(folder, "out");
    copyFinished(world, output);
    const kills = random.int(1, 2);
    for (let kill = 0; kill < kills; kill++) {
      const run = launch(args(output), { temporary });
      await sleep(random.int(300, 1_700));
      run.kill("SIGKILL");
      await run.ended;
    }
    assertEnd(await launch(args(output), { temporary }).ended, [0], "an update after kills");
    assertIdentical(output, toFingerprint(undisturbed), "an update after kills");
    return identical(`${kills} kills`);
  },
};
