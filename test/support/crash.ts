import { hash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CRASH_POINTS, type CrashPoint } from "../../src/contract/disk-step.ts";
import { type Ended, PROJECT, planstream, type RunOptions, readManifest } from "./planstream.ts";
import { copyProject } from "./project-copy.ts";
import { toLines, writeDatasetFiles } from "./small-project.ts";

export { CRASH_POINTS, type CrashPoint };

/** A project with two small loaders, and a hub for them: one run takes less than a second and passes all a run can do. */
export type CrashProject = {
  readonly root: string;
  readonly hub: string;
  /** The arguments of a run into `output`. */
  toArgs(output: string, ...more: string[]): string[];
};

/** Bytes after which a part is full in the project: a few slices, so that parts roll over. */
const PART_BYTES = 16_384;

/** Makes the project below `folder`. `loaders` are put beside its own, by path. */
export function makeCrashProject(folder: string, loaders: Readonly<Record<string, string>> = {}): CrashProject {
  const writer = "src/run/output-writer.ts";
  const text = readFileSync(join(PROJECT, writer), "utf8");
  const smaller = text.replace(/PART_BYTES_MAX = [^;]+;/, `PART_BYTES_MAX = ${PART_BYTES};`);
  if (smaller === text) throw new Error(`${writer} no longer says how large a part may be`);
  const own = { "loaders/quartz/asks.ts": ASKS, "loaders/quartz/talks.ts": TALKS, ...loaders };
  const root = copyProject(join(folder, "project"), { [writer]: smaller, ...own }, ["quartz/asks", "quartz/talks"]);
  const hub = join(folder, "hub");
  mkdirSync(hub, { recursive: true });
  writeAsks(hub, "a");
  writeDatasetFiles(hub, "try/talks", { "0.jsonl": toLines(toTalks(0)), "1.jsonl": toLines(toTalks(1)) });
  return {
    root,
    hub,
    toArgs: (output, ...more) => [
      ...["tier1", "--hub", hub, "--track", "quartz", "--output", output],
      ...["--dedupe", "global", "--quarantine-max", "80%", ...more],
    ],
  };
}

/** Writes the dataset of `quartz/asks` at a commit of 40 times that hex digit, its `main`; "b" has fewer rows, all good. */
export function writeAsks(hub: string, digit: "a" | "b"): void {
  const files = Array.from({ length: digit === "a" ? 5 : 2 }, (_, file): [string, string] => [
    `${file}.jsonl`,
    toLines(Array.from({ length: 24 }, (_, row) => toAsk(digit, file, row))),
  ]);
  writeDatasetFiles(hub, "try/asks", Object.fromEntries(files), digit.repeat(40));
}

/** Every seventh row of commit "a" is bad, every fifth repeats one of the file before. */
function toAsk(digit: string, file: number, row: number): unknown {
  if (digit === "a" && row % 7 === 3) return { ask: row };
  return { ask: `What is number ${row} of shelf ${row % 5 === 0 ? 0 : file} in house ${digit}?` };
}

/** Talks that grow by a call from row to row; the last one of a file goes on in the next. */
function toTalks(file: number): unknown[] {
  return Array.from({ length: 30 }, (_, row) => ({ talk: Math.floor((30 * file + row) / 4), calls: 1 + (row % 4) }));
}

const toLoader = (declarations: string, toDraft: string) => `import { z } from "zod";
import { defineLoader } from "#contract";

export default defineLoader({
  files: "*.jsonl",
  license: "mit",
  category: "function_calling",
  ${declarations}
  ${toDraft}
});
`;

const ASKS = toLoader(
  `dataset: "try/asks", row: z.object({ ask: z.string() }),`,
  `toDraft: ({ ask }) => ({ request: ask, nodes: [{ tool: "look_up", arguments: { ask } }] }),`,
);

const TALKS = toLoader(
  `dataset: "try/talks", row: z.object({ talk: z.int(), calls: z.int() }), conversationKey: ({ talk }) => String(talk),`,
  `toDraft: ({ talk, calls }) => ({
    request: \`talk \${talk}\`,
    nodes: Array.from({ length: calls }, (_, step) => ({ tool: "step", arguments: { talk, step } })),
  }),`,
);

/** What a loader's code may do to its thread, at a row that says so. */
export const THREAD_FAULTS = {
  /** Takes memory until the thread's heap is full. */
  memory: `const kept = []; for (;;) kept.push(new Array(100_000).fill(kept.length));`,
  exit: `process.exit(7);`,
  /** Throws where nobody can catch it. */
  uncaught: `queueMicrotask(() => { throw new Error("thrown at nobody"); });`,
  /** Traps in WebAssembly, as a decoder does on bytes it takes for granted. */
  trap: `queueMicrotask(() => new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(
    [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 8, 1, 0, 10, 5, 1, 3, 0, 0, 11]))));`,
  /** Does not come to an end. */
  loop: `for (;;) { /* until it is stopped */ }`,
} as const;
export type ThreadFault = keyof typeof THREAD_FAULTS;

/** Rows of each of the three files of the dataset `try/faults`; one row of the second makes the thread fail. */
export const FAULT_ROWS = 10;

/** A loader whose code does this to its thread, to be put into the project as `loaders/quartz/<name>.ts`. */
export function toFaultLoader(fault: ThreadFault): string {
  return toLoader(
    `dataset: "try/faults", row: z.object({ ask: z.string() }),`,
    `toDraft({ ask }) {
      if (ask === "now") { ${THREAD_FAULTS[fault]} }
      return { request: ask, nodes: [{ tool: "look_up", arguments: { ask } }] };
    },`,
  );
}

/** Writes the dataset that the fault loaders read. */
export function writeFaults(hub: string): void {
  const files = [0, 1, 2].map((file): [string, string] => [
    `${file}.jsonl`,
    toLines(
      Array.from({ length: FAULT_ROWS }, (_, row) => ({
        ask: file === 1 && row === 4 ? "now" : `question ${row} of file ${file}`,
      })),
    ),
  ]);
  writeDatasetFiles(hub, "try/faults", Object.fromEntries(files));
}

export type CrashOptions = RunOptions & {
  readonly point: CrashPoint;
  /** Which passing of the point kills, from 1. */
  readonly passing?: number;
};

/** Runs the command until it kills itself at a crash point; `crashed` is false if it ended without passing it. */
export async function runWithCrash(
  args: readonly string[],
  { point, passing = 1, env, ...options }: CrashOptions,
): Promise<Ended & { readonly crashed: boolean }> {
  const ended = await planstream(args, { ...options, env: { ...env, PLANSTREAM_CRASH_POINT: `${point}@${passing}` } });
  return { ...ended, crashed: ended.code === null };
}

/**
 * Turns a finished folder into one that a kill has left: the journal ends after so many slices, nothing is published, and
 * the growing files hold more than it tells of. A real kill leaves more or less of that, as the disk is slow or fast.
 */
export function rewindToSlice(output: string, slices: number): void {
  const journal = join(output, ".run/journal.jsonl");
  const lines = readFileSync(journal, "utf8").split(/(?<=\n)/);
  const ends = [...lines.keys()].filter((at) => lines[at]?.includes('"event":"slice"'));
  writeFileSync(journal, lines.slice(0, Number(ends[slices - 1]) + 1).join(""));
  for (const name of ["parts", "quarantine"]) {
    rmSync(join(output, ".run", name), { recursive: true });
    renameSync(join(output, name), join(output, ".run", name));
  }
  for (const name of ["manifest.json", "README.md", "report.html", "run.json"]) rmSync(join(output, name));
}

/**
 * Throws unless what a reader may take for finished is: where a manifest stands, every part and quarantine file is the one
 * it tells of. Holds at any moment, also between a kill and the next start.
 */
export function assertReadable(output: string): void {
  if (!existsSync(join(output, "manifest.json"))) return;
  const { parts, quarantine } = readManifest(output);
  for (const { path, sha256 } of [...parts, ...quarantine]) {
    if (hash("sha256", readFileSync(join(output, path)), "hex") !== sha256) {
      throw new Error(`the manifest in ${output} stands over another ${path}`);
    }
  }
}

/** Files that a finished folder should not have: growing outputs, texts written aside, anything unknown. */
export function listLeftovers(output: string): string[] {
  const known = /^(parts|quarantine)(\/|$)|^(README\.md|manifest\.json|report\.html|run\.json)$/;
  const hidden = /^\.run(\/(journal\.jsonl|lock|lock\.pid|log\.jsonl|parts|quarantine))?$/;
  return readdirSync(output, { recursive: true, encoding: "utf8" })
    .filter((path) => !known.test(path) && !hidden.test(path))
    .sort();
}
