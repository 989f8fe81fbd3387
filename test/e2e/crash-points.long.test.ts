import { appendFileSync, cpSync, existsSync, globSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import {
  assertReadable,
  CRASH_POINTS,
  type CrashPoint,
  type CrashProject,
  listLeftovers,
  makeCrashProject,
  rewindToSlice,
  runWithCrash,
  writeAsks,
} from "../support/crash.ts";
import { startHubServer } from "../support/hub-server.ts";
import { PROJECT, planstream, toFingerprint } from "../support/planstream.ts";
import { createRandom } from "../support/synthetic.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

// kill -9 before and after every step that touches the disk: the next start ends with the bytes of an undisturbed run.

const folder = createTemporaryFolder();
// A third of a start's time is compiling; it is the same code each time.
const env = { NODE_COMPILE_CACHE: join(folder, "compiled") };
const IN_PARALLEL = 3;

let project: CrashProject;
const run = (args: readonly string[]) => planstream(args, { project: project.root, env });

/** Where a run begins and what it is asked, with the steps that it is cut at. */
type Scene = {
  readonly name: string;
  /** Makes the folder that each run of the scene begins in, or leaves it away. */
  prepare(template: string): Promise<void>;
  toArgs(output: string): string[];
  readonly steps: readonly string[];
  /** Points that are cut at more than their first passing, and which. */
  readonly again?: Readonly<Partial<Record<CrashPoint, readonly number[]>>>;
};

const SCENES: readonly Scene[] = [
  {
    name: "a first run",
    async prepare() {},
    toArgs: (output) => project.toArgs(output),
    steps: ["folder", "lock", "journal.open", "journal.write", "journal.sync", "part", "quarantine", "directory"],
  },
  {
    name: "a run that goes on after a kill",
    prepare: cutOff,
    toArgs: (output) => project.toArgs(output),
    steps: ["journal.trim", "recover", "dedupe", "part.open", "publish.rename"],
  },
  {
    name: "--fresh over another run",
    async prepare(template) {
      expect(await run(project.toArgs(template, "--limit", "30"))).toMatchObject({ code: 0 });
    },
    toArgs: (output) => project.toArgs(output, "--fresh"),
    steps: ["fresh"],
    again: { "fresh.remove:after": [2, 3, 5, 7, 8, 9, 10] },
  },
  {
    name: "an update of a published folder",
    prepare: publishHalf,
    toArgs: (output) => project.toArgs(output, "--update", "--hub", join(folder, "moved")),
    steps: ["takeback", "publish", "text", "journal.write"],
    again: { "publish.rename:after": [2, 3], "publish.remove:after": [2], "text.rename:after": [2, 3, 4] },
  },
];

const pointsOf = ({ steps }: Scene): CrashPoint[] =>
  CRASH_POINTS.filter((point) => steps.some((step) => point.startsWith(`${step}.`) || point.startsWith(`${step}:`)));

const listCuts = (scene: Scene): (readonly [CrashPoint, number])[] =>
  pointsOf(scene).flatMap((point) => [1, ...(scene.again?.[point] ?? [])].map((passing) => [point, passing] as const));

/** A folder as a kill leaves it at its worst: lines half-written, bytes that no line tells of, texts aside. */
async function cutOff(template: string): Promise<void> {
  expect(await run(project.toArgs(template))).toMatchObject({ code: 0 });
  rewindToSlice(template, 4);
  appendFileSync(join(template, ".run/journal.jsonl"), '{"check":"0123');
  for (const path of readdirSync(join(template, ".run/parts"))) {
    appendFileSync(join(template, ".run/parts", path), '{"execution_plan":');
  }
  writeFileSync(join(template, ".run/manifest.json.tmp"), "{");
}

/** A published folder in which one loader failed midway for its source, and another's dataset has moved since. */
async function publishHalf(template: string): Promise<void> {
  const gone = (url: string) => url.includes("try/talks/resolve") && url.includes("1.jsonl");
  const server = await startHubServer(project.hub, {
    intercept: ({ url }) => (gone(url) ? { status: 404, headers: { "X-Error-Code": "EntryNotFound" } } : undefined),
  });
  expect(await run(project.toArgs(template, "--hub", server.url))).toMatchObject({ code: 5 });
  await server.close();
  cpSync(project.hub, join(folder, "moved"), { recursive: true });
  writeAsks(join(folder, "moved"), "b");
}

beforeAll(() => {
  project = makeCrashProject(folder);
});

test("every crash point belongs to a scene, and every step of the code is in the list", () => {
  const covered = new Set(SCENES.flatMap(pointsOf));
  expect(CRASH_POINTS.filter((point) => !covered.has(point))).toEqual([]);
  const sources = globSync("src/**/*.ts", { cwd: PROJECT }).map((path) => readFileSync(join(PROJECT, path), "utf8"));
  const used = sources.flatMap((text) => [
    ...text.matchAll(/(?:diskStep|diskStepSync|writeStep)\(\s*["`]([^"`]+)["`]/g),
  ]);
  // "${kind}.write" stands for a part's and for a quarantine file's.
  const names = used.flatMap(([, name = ""]) => {
    const [first, step] = name.split("}.");
    return step === undefined ? [first as string] : [`part.${step}`, `quarantine.${step}`];
  });
  const steps = new Set(names.map((name) => name.replace(/:(before|after)$/, "")));
  expect([...steps].filter((name) => !name.startsWith("$")).sort()).toEqual(
    [...new Set(CRASH_POINTS.map((point) => point.replace(/:.*/, "")))].sort(),
  );
});

describe.each(SCENES)("$name", (scene) => {
  const template = join(folder, "templates", scene.name);
  let reference: Record<string, string>;

  beforeAll(async () => {
    await scene.prepare(template);
    const output = copyTemplate("undisturbed");
    expect(await run(scene.toArgs(output))).toMatchObject({ code: 0 });
    reference = toFingerprint(output);
    expect(Object.keys(reference).length).toBeGreaterThan(6);
  });

  function copyTemplate(name: string): string {
    const output = join(folder, scene.name, name);
    if (existsSync(template)) cpSync(template, output, { recursive: true, preserveTimestamps: true });
    return output;
  }

  test("killed at each point, and sometimes at others after it: the same bytes", async () => {
    await inParallel(listCuts(scene), async ([point, passing], at) => {
      const random = createRandom(100 + at);
      const output = copyTemplate(`${point.replace(":", "-")}-${passing}`);
      const cut = await crash(output, point, passing, random.int(1, 3));
      expect(cut, `${point}@${passing} is passed`).toMatchObject({ crashed: true });
      for (let more = random.int(0, 7); more > 5; more--) {
        await crash(output, random.pick(CRASH_POINTS), random.int(1, 5), random.int(1, 3));
      }
      const ended = await run([...scene.toArgs(output), "--workers", String(random.int(1, 3))]);
      expect(ended, `${point}: ${ended.stderr}`).toMatchObject({ code: 0 });
      expect(toFingerprint(output), point).toEqual(reference);
      expect(listLeftovers(output), point).toEqual([]);
    });
  });

  async function crash(output: string, point: CrashPoint, passing: number, workers: number) {
    const args = [...scene.toArgs(output), "--workers", String(workers)];
    const cut = await runWithCrash(args, { project: project.root, env, point, passing });
    if (!cut.crashed) expect(cut, `${point}@${passing}: ${cut.stderr}`).toMatchObject({ code: 0 });
    assertReadable(output);
    return cut;
  }
});

async function inParallel<T>(items: readonly T[], work: (item: T, at: number) => Promise<void>): Promise<void> {
  const queue = [...items.entries()];
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await work(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: IN_PARALLEL }, lane));
}
