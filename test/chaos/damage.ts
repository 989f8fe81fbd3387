import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../support/synthetic.ts";
import { assertEnd, assertHeals, assertIdentical, assertSaid, failedCleanly, identical } from "./checks.ts";
import { type Launched, launch } from "./launch.ts";
import { type Arena, type ScenarioClass, type Verdict, WrongError } from "./scenario.ts";
import { copyFinished } from "./world.ts";

const DAMAGES = ["a flipped byte", "a cut end", "a missing file"] as const;

/** A finished folder whose journal, part, quarantine file or manifest something else has changed. */
export const damagedFinished: ScenarioClass = {
  name: "a finished folder damaged by hand",
  share: 1.5,
  async play(arena) {
    const { world, random, folder, temporary, turn } = arena;
    const output = join(folder, "out");
    copyFinished(world, output);
    const files = [".run/journal.jsonl", "manifest.json", ...list(output, "parts"), ...list(output, "quarantine")];
    const path = random.pick(files);
    const what = `${DAMAGES[turn % DAMAGES.length]} in ${path}`;
    damage(join(output, path), turn, random);
    const before = toSnapshot(output);
    const verified = await launch(["verify", output], { temporary }).ended;
    assertEnd(verified, [2, 6], `verify after ${what}`);
    const again = await launch(world.toArgs(output), { temporary }).ended;
    // A journal that has lost its end looks like one that a crash has cut: the folder is made anew from there.
    const looksCut = path === ".run/journal.jsonl" && turn % DAMAGES.length === 1;
    assertEnd(again, looksCut ? [0, 6] : [6], `tier1 after ${what}`);
    if (again.code === 0) {
      assertIdentical(output, world.reference, what);
      return identical(`${what}: published again`);
    }
    assertSaid(again, /Nothing was touched/, `tier1 after ${what}`);
    assertUntouched(output, before, what);
    return failedCleanly(what);
  },
};

/** A run cut off by kill -9, and then damaged: refused, nothing touched. Restored, it ends as if nothing had been. */
export const damagedGrowing: ScenarioClass = {
  name: "a growing folder damaged by hand",
  share: 2,
  async play(arena) {
    const { world, random, folder, temporary, turn } = arena;
    const output = join(folder, "out");
    const run = launch(world.toArgs(output), { temporary });
    await untilGrown(run, output, 3);
    run.kill("SIGKILL");
    await run.ended;
    if (existsSync(join(output, "manifest.json"))) return throughBefore(arena, output);
    const marks = readMarks(output);
    const [path, bytes] = random.pick([...marks, [".run/journal.jsonl", journalBytes(output)] as const]);
    const file = join(output, path);
    const whole = readFileSync(file);
    const what = `${DAMAGES[turn % DAMAGES.length]} in ${path}`;
    damage(file, turn, random, bytes);
    const before = toSnapshot(output);
    const refused = await launch(world.toArgs(output), { temporary }).ended;
    // Without its journal a folder has no state: nothing tells that there was a run, and it begins.
    const isForgotten = path === ".run/journal.jsonl" && turn % DAMAGES.length > 0;
    if (isForgotten) {
      assertEnd(refused, [0, 6], what);
      if (refused.code === 0) {
        assertIdentical(output, world.reference, what);
        return identical(`${what}: done again`);
      }
    } else assertEnd(refused, [6], what);
    assertSaid(refused, /Nothing was touched/, what);
    assertUntouched(output, before, what);
    writeFileSync(file, whole);
    await assertHeals(arena, output, `${what}, restored`);
    return failedCleanly(what);
  },
};

/** A line of the journal that a crash cut in the middle, and bytes of parts that no line tells of: both are taken away. */
export const tornEnd: ScenarioClass = {
  name: "torn ends after a kill",
  share: 1,
  async play(arena) {
    const { world, random, folder, temporary } = arena;
    const output = join(folder, "out");
    const run = launch(world.toArgs(output), { temporary });
    await untilGrown(run, output, 2);
    run.kill("SIGKILL");
    await run.ended;
    if (existsSync(join(output, "manifest.json"))) return throughBefore(arena, output);
    append(join(output, ".run/journal.jsonl"), '{"check":"0123456789abcdef0123456789abcdef","event":"sli');
    for (const [path] of readMarks(output)) {
      if (random.int(0, 1) === 0) append(join(output, path), '{"execution_plan":{"nodes":[{"node_id"');
    }
    await assertHeals(arena, output, "torn ends");
    return identical("torn ends taken away");
  },
};

async function throughBefore(arena: Arena, output: string): Promise<Verdict> {
  await assertHeals(arena, output, "a run that was through before the kill");
  return identical("the run was through before the kill");
}

function damage(file: string, turn: number, random: Random, bytesMax = Number.POSITIVE_INFINITY): void {
  const bytes = Math.min(statSync(file).size, bytesMax);
  if (turn % DAMAGES.length === 2) rmSync(file);
  else if (turn % DAMAGES.length === 1) truncateSync(file, random.int(0, Math.max(0, bytes - 2)));
  else {
    const content = readFileSync(file);
    const at = random.int(0, bytes - 1);
    content[at] = (content[at] as number) ^ (1 << random.int(0, 7));
    writeFileSync(file, content);
  }
}

/** Resolves when the journal tells of so many slices, or the run has ended. */
async function untilGrown(run: Launched, output: string, slices: number): Promise<void> {
  const journal = join(output, ".run/journal.jsonl");
  let ended = false;
  void run.ended.then(() => {
    ended = true;
  });
  while (!ended) {
    const text = existsSync(journal) ? readFileSync(journal, "utf8") : "";
    if (text.split('"event":"slice"').length > slices) return;
    await sleep(3);
  }
}

type Mark = readonly [path: string, bytes: number];

/** The growing outputs as the journal knows them. */
function readMarks(output: string): Mark[] {
  const marks = new Map<string, number>();
  for (const line of readFileSync(join(output, ".run/journal.jsonl"), "utf8").split("\n")) {
    if (!line.endsWith("}")) continue;
    const { part, quarantine } = JSON.parse(line) as Record<string, { path: string; bytes: number } | undefined>;
    for (const mark of [part, quarantine]) if (mark) marks.set(`.run/${mark.path}`, mark.bytes);
  }
  return [...marks];
}

function journalBytes(output: string): number {
  return readFileSync(join(output, ".run/journal.jsonl")).lastIndexOf(10);
}

function append(file: string, text: string): void {
  writeFileSync(file, text, { flag: "a" });
}

function list(output: string, name: string): string[] {
  return readdirSync(join(output, name)).map((file) => `${name}/${file}`);
}

/** What a start may write even where it is refused. */
const MAY_CHANGE = /^\.run\/(lock|log)/;

function toSnapshot(output: string): ReadonlyMap<string, string> {
  const files = readdirSync(output, { recursive: true, encoding: "utf8" }).filter((path) => !MAY_CHANGE.test(path));
  return new Map(
    files.sort().map((path) => {
      const { mtimeMs, size } = statSync(join(output, path));
      if (statSync(join(output, path)).isDirectory()) return [path, "folder"];
      const digest = createHash("sha256").update(readFileSync(join(output, path)));
      return [path, `${size} ${mtimeMs} ${digest.digest("hex")}`];
    }),
  );
}

function assertUntouched(output: string, before: ReadonlyMap<string, string>, what: string): void {
  const after = toSnapshot(output);
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  const touched = paths.filter((path) => before.get(path) !== after.get(path));
  if (touched.length > 0) throw new WrongError(`${what}: touched ${touched.join(", ")}`);
}
