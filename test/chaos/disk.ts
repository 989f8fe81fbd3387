import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { canMount, runOnFullDisk, runWithFileLimit, writeClockGoingBack } from "../support/disk-faults.ts";
import { PROJECT } from "../support/planstream.ts";
import { assertEnd, assertHeals, assertIdentical, assertUnpublished, failedCleanly, identical } from "./checks.ts";
import { launch } from "./launch.ts";
import { type ScenarioClass, WrongError } from "./scenario.ts";
import type { World } from "./world.ts";

/** A disk that is too small, and larger at the next start; where none can be mounted, a limit on the size of files. */
export const fullDisk: ScenarioClass = {
  name: "a full disk, a limit on file size",
  share: 1.5,
  async play(arena) {
    const { world, random, folder, temporary, turn } = arena;
    const env = { TMPDIR: temporary };
    if (!canMount || turn % 2 === 1) {
      const output = join(folder, "out");
      const kib = random.int(1, 900);
      const end = runWithFileLimit(toProject(world), output, kib, env);
      const what = `files of ${kib} KiB at most`;
      if (end.code === 0) {
        assertIdentical(output, world.reference, what);
        return identical(`${what} were enough`);
      }
      assertSaidSo(end.stderr, /ulimit/, what);
      assertUnpublished(output, what);
      await assertHeals(arena, output, what);
      return failedCleanly(what);
    }
    const [mountPoint, copy] = [join(folder, "disk"), join(folder, "copy")];
    mkdirSync(mountPoint);
    // Up to what a run takes: its parts twice over is far beyond.
    const kib = random.int(1, 1_500);
    const { first, second, between } = runOnFullDisk({ project: toProject(world), env, mountPoint, copy, kib });
    const what = `a disk of ${kib} KiB`;
    if (second.code !== 0) throw new WrongError(`${what}: ${second.stderr}`);
    assertIdentical(copy, world.reference, what);
    if (first.code === 0) return identical(`${what} was enough`);
    assertSaidSo(first.stderr, /disk is full/, what);
    if (between.some((path) => path.endsWith("out/manifest.json"))) throw new WrongError(`${what}: published`);
    return failedCleanly(what);
  },
};

/** A clock that goes back an hour now and then: nothing but run.json may show it. */
export const clockGoingBack: ScenarioClass = {
  name: "a clock that goes backwards",
  share: 0.5,
  async play({ world, folder, temporary }) {
    const output = join(folder, "out");
    const nodeOptions = ["--import", writeClockGoingBack(join(folder, "clock.mjs"))];
    assertEnd(await launch(world.toArgs(output), { temporary, nodeOptions }).ended, [0], "a clock going back");
    assertIdentical(output, world.reference, "a clock going back");
    return identical("an hour back at each tenth look");
  },
};

function toProject({ hub, toArgs }: World) {
  return { root: PROJECT, hub, toArgs: (output: string, ...more: string[]) => toArgs(output, more) };
}

function assertSaidSo(stderr: string, words: RegExp, what: string): void {
  if (!words.test(stderr) || /bug/.test(stderr)) throw new WrongError(`${what}: it said ${stderr.slice(-400)}`);
}
