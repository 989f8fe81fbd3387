import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { type CrashProject, makeCrashProject } from "../support/crash.ts";
import { isLong } from "../support/long.ts";
import { planstream, toFingerprint } from "../support/planstream.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

// What stands in the place of a file or folder and can't be read or moved as one: said at once, nothing touched.

const folder = createTemporaryFolder();
const made = join(folder, "made");
const PART = "parts/quartz-talks-00000.jsonl";
let project: CrashProject;
const run = (...args: string[]) => planstream(args, { project: project.root });

beforeAll(async () => {
  project = makeCrashProject(folder);
  expect(await run(...project.toArgs(made))).toMatchObject({ code: 0 });
});

function copyWith(path: string, kind: "pipe" | "folder"): string {
  const copy = mkdtempSync(join(folder, `${kind}-`));
  cpSync(made, copy, { recursive: true });
  rmSync(join(copy, path), { recursive: true });
  if (kind === "pipe") execFileSync("mkfifo", [join(copy, path)]);
  else mkdirSync(join(copy, path));
  return copy;
}

const toReaders = (output: string): string[][] => [
  ["quarantine", "list", output],
  ["trace", output, "talks:default/train:0/3"],
  ["diff", output, made],
  ["report", output],
  ["tier2", "--from", output, "--output", join(folder, "mutated")],
  ["audit", output],
];

const PLACES = [
  [PART, "pipe"],
  [".run/journal.jsonl", "pipe"],
  [PART, "folder"],
  ["manifest.json", "pipe"],
  ["quarantine", "pipe"],
  [".run/lock", "pipe"],
] as const;
test.each(isLong ? PLACES : PLACES.slice(0, 1))("%s is a %s: no command waits for it", async (path, kind) => {
  const output = copyWith(path, kind);
  for (const args of [
    project.toArgs(output),
    ["quarantine", "replay", output],
    ["verify", output],
    ...(path === PART && kind === "pipe" ? toReaders(output) : []),
  ]) {
    const { code, stderr } = await run(...args);
    expect(code, `${args[0]}: ${stderr}`).toBe(6);
    expect(stderr).toContain(
      `${join(output, path)} should be a ${path === "quarantine" ? "folder" : "file"}, but it is a ${kind}.`,
    );
  }
  expect(existsSync(join(folder, "mutated"))).toBe(false);
});

test("--fresh takes away what stands in a file's place", async () => {
  const output = copyWith(PART, "pipe");
  expect(await run(...project.toArgs(output, "--fresh"))).toMatchObject({ code: 0 });
  expect(toFingerprint(output)).toEqual(toFingerprint(made));
});

test("an output behind a link to nowhere, or among another run folder's own files, is refused", async () => {
  const link = join(folder, "link");
  symlinkSync(join(folder, "nowhere"), link);
  for (const output of [link, join(link, "deep")]) {
    const { code, stderr } = await run(...project.toArgs(output));
    expect(code).toBe(2);
    expect(stderr).toContain(`${link} is a link to ${join(folder, "nowhere")}, which is not there.`);
  }
  const below = await run(...project.toArgs(join(made, "README.md", "deep")));
  expect(below).toMatchObject({ code: 2, stderr: expect.stringContaining("lies in a file, not in a folder") });
  for (const inside of [".run", "parts", "quarantine/deep", ".run/parts"]) {
    const { code, stderr } = await run(...project.toArgs(join(made, inside)));
    expect(code).toBe(2);
    expect(stderr).toMatch(/lies in (\.run|parts|quarantine)\/ of the run folder .*made/);
  }
  expect(readdirSync(made, { recursive: true }).filter((path) => String(path).endsWith("lock"))).toEqual([".run/lock"]);
});

test("a working folder that is gone is said in words", async () => {
  const cwd = join(folder, "gone");
  mkdirSync(cwd);
  const node = [process.execPath, join(project.root, "src", "main.ts")].map((part) => `"${part}"`).join(" ");
  const { status, stderr } = spawnSync("sh", ["-c", `rmdir "${cwd}" && ${node} tier1 --hub sample --output x`], {
    cwd,
  });
  expect(status).toBe(2);
  expect(String(stderr)).toBe(
    "planstream: the folder that this was started in is gone. Change to one that is there.\n",
  );
});

const OTHER = "/dev/shm";
test.skipIf(!existsSync(OTHER) || statSync(OTHER).dev === statSync(folder).dev)(
  "parts/ that links to another file system is refused before anything is touched",
  async () => {
    const output = join(folder, "linked");
    const elsewhere = mkdtempSync(join(OTHER, "planstream-"));
    onTestFinished(() => rmSync(elsewhere, { recursive: true }));
    cpSync(made, output, { recursive: true });
    cpSync(join(made, "parts"), elsewhere, { recursive: true });
    rmSync(join(output, "parts"), { recursive: true });
    symlinkSync(elsewhere, join(output, "parts"));
    const before = readFileSync(join(output, ".run/journal.jsonl"));
    const { code, stderr } = await run(...project.toArgs(output, "--update"));
    expect(code).toBe(2);
    expect(stderr).toContain(`${join(output, "parts")} lies on another file system than ${output}.`);
    expect(readFileSync(join(output, ".run/journal.jsonl"))).toEqual(before);
    // It can be read.
    expect(await run("verify", output)).toMatchObject({ code: 0 });
  },
);
