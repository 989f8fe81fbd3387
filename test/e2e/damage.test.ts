import { appendFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type CrashProject, listLeftovers, makeCrashProject, rewindToSlice, writeAsks } from "../support/crash.ts";
import { flipBit, toSnapshot } from "../support/damage.ts";
import { isLong } from "../support/long.ts";
import { planstream, toFingerprint } from "../support/planstream.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

// Files changed by something other than planstream: refused with exit 6 and nothing touched, or healed where a crash
// leaves the same.

const folder = createTemporaryFolder();
const env = { NODE_COMPILE_CACHE: join(folder, "compiled") };
let project: CrashProject;
let reference: Record<string, string>;
const run = (...args: string[]) => planstream(args, { project: project.root, env });

/** A published folder, and one of a run that was killed. */
const finished = join(folder, "finished");
const growing = join(folder, "growing");

beforeAll(async () => {
  project = makeCrashProject(folder);
  expect(await run(...project.toArgs(finished))).toMatchObject({ code: 0 });
  reference = toFingerprint(finished);
  cpSync(finished, growing, { recursive: true, preserveTimestamps: true });
  rewindToSlice(growing, 4);
});

function copy(from: string, name: string): string {
  const output = join(folder, name.replace(/\W+/g, "-"));
  cpSync(from, output, { recursive: true, preserveTimestamps: true });
  return output;
}

async function expectRefused(output: string, words: RegExp, ...more: string[]): Promise<void> {
  const before = toSnapshot(output);
  const ended = await run(...project.toArgs(output, ...more));
  expect(ended.code, ended.stderr).toBe(6);
  expect(ended.stderr).toMatch(words);
  expect(ended.stderr).toMatch(/Nothing was touched\. Restore .*, or start over with --fresh\./);
  expect(toSnapshot(output)).toEqual(before);
}

type Damage = readonly [what: string, path: string, act: (file: string) => void, words: RegExp];

const JOURNAL = ".run/journal.jsonl";
const flips = (path: string, words: RegExp): Damage[] =>
  [0, 0.5, 1].map((share) => [`a flipped bit at ${share} of ${path}`, path, (file) => flipBit(file, share), words]);

/** The last line end is left alone: without it the line is one that a crash cut. */
const journalFlips: Damage[] = [0, 0.3, 0.6, 0.99].map((share) => [
  `a flipped bit at ${share} of the journal`,
  JOURNAL,
  (file) => flipBit(file, share),
  /journal\.jsonl line \d+: its check does not match/,
]);
const lineTakenOut: Damage = [
  "a line taken out of the journal",
  JOURNAL,
  (file) => writeFileSync(file, readFileSync(file, "utf8").replace(/^.*\n/, "")),
  /line 1: its check does not match/,
];

/** Every second one of many that are alike, unless there is time. */
function choose(damages: Damage[]): Damage[] {
  return damages.filter((_, place) => isLong || place % 2 === 0);
}

describe("a run that was cut off, then damaged", () => {
  const part = ".run/parts/quartz-asks-00000.jsonl";
  const kept = ".run/quarantine/quartz-asks.jsonl";
  test.each<Damage>(
    choose([
      ...journalFlips,
      lineTakenOut,
      ...flips(part, /quartz-asks-00000\.jsonl: the first \d+ bytes are not the ones/).slice(0, 2),
      [`${part} cut short`, part, (file) => truncateSync(file, 100), /should have \d+ bytes, but it has 100/],
      [`${part} removed`, part, (file) => rmSync(file), /quartz-asks-00000\.jsonl is gone/],
      [`a flipped bit in ${kept}`, kept, (file) => flipBit(file, 0), /quartz-asks\.jsonl: the first \d+ bytes/],
    ]),
  )("%s: refused", async (what, path, act, words) => {
    const output = copy(growing, `growing ${what}`);
    act(join(output, path));
    // Also with a line that a crash cut: it is taken away only where all else is well.
    appendFileSync(join(output, JOURNAL), '{"check":"01');
    await expectRefused(output, words);
  });

  test("torn ends are healed", async () => {
    const output = copy(growing, "torn");
    appendFileSync(join(output, JOURNAL), '{"check":"0123456789abcdef0123456789abcdef","event":"sl');
    appendFileSync(join(output, part), '{"execution_plan":{');
    expect(await run(...project.toArgs(output))).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(reference);
  });
});

describe("a published folder, then damaged", () => {
  const part = "parts/quartz-asks-00001.jsonl";
  const kept = "quarantine/quartz-asks.jsonl";
  test.each<Damage>(
    choose([
      ...journalFlips,
      lineTakenOut,
      [
        "the journal removed",
        JOURNAL,
        (file) => rmSync(file),
        /journal\.jsonl is gone or empty, but .*manifest\.json stands/,
      ],
      [
        "the journal without its last half",
        JOURNAL,
        (file) =>
          writeFileSync(
            file,
            readFileSync(file, "utf8")
              .split("\n")
              .slice(0, 4)
              .map((line) => `${line}\n`)
              .join(""),
          ),
        /journal\.jsonl has lost lines/,
      ],
      ...flips(part, /quartz-asks-00001\.jsonl: the first \d+ bytes are not the ones/),
      [`${part} cut short`, part, (file) => truncateSync(file, 100), /should have \d+ bytes, but it has 100/],
      [`${part} with a line more`, part, (file) => appendFileSync(file, "{}\n"), /should have \d+ bytes, but it has/],
      [`${part} removed`, part, (file) => rmSync(file), /quartz-asks-00001\.jsonl is gone/],
      ...flips(kept, /quartz-asks\.jsonl: the first \d+ bytes are not the ones/),
      ...flips("manifest.json", /manifest\.json is not the manifest that the journal tells of/),
      ["the manifest removed", "manifest.json", (file) => rmSync(file), /manifest\.json is gone, but the journal/],
    ]),
  )("%s: refused", async (what, path, act, words) => {
    const output = copy(finished, `finished ${what}`);
    act(join(output, path));
    await expectRefused(output, words);
  });

  test("an update refuses, too, and appends nothing to what it does not know", async () => {
    const moved = join(folder, "moved");
    cpSync(project.hub, moved, { recursive: true });
    writeAsks(moved, "b");
    const output = copy(finished, "finished update");
    flipBit(join(output, "parts/quartz-talks-00000.jsonl"), 0.5);
    await expectRefused(output, /quartz-talks-00000\.jsonl: the first/, "--update", "--hub", moved);
  });

  test("a journal whose last line is torn is healed, and there is nothing to do", async () => {
    const output = copy(finished, "finished torn");
    appendFileSync(join(output, JOURNAL), '{"check":"01');
    const ended = await run(...project.toArgs(output));
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout).toContain("Nothing to do");
    expect(readFileSync(join(output, JOURNAL))).toEqual(readFileSync(join(finished, JOURNAL)));
    expect(toFingerprint(output)).toEqual(reference);
    expect(listLeftovers(output)).toEqual([]);
  });

  test("--fresh makes it anew, whatever it held", async () => {
    const output = copy(finished, "finished fresh");
    flipBit(join(output, JOURNAL), 0.5);
    rmSync(join(output, part));
    expect(await run(...project.toArgs(output, "--fresh"))).toMatchObject({ code: 0 });
    expect(toFingerprint(output)).toEqual(reference);
  });
});
