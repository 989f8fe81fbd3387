import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT } from "../support/planstream.ts";
import type { Usage } from "./report-usage.ts";

/** A command in a process of its own, and what it took. */
export type Measured = Usage & {
  /** From the start of the process to its end. */
  readonly wall_s: number;
  /** From the start of the process until the journal tells of the first samples; none for a command without a journal. */
  readonly first_sample_s?: number;
};

export type MeasuredCommand = {
  /** Options of node, the script and its arguments. */
  readonly args: readonly string[];
  /** The run folder it writes, to see when the first samples are in it. */
  readonly output?: string;
};

/** How often the journal is looked at: the resolution of `first_sample_s`. */
const POLL_MS = 5;

/** Runs a script to its end, as the only thing that this process does. Throws if it fails; what it said is in the error. */
export async function measure({ args, output }: MeasuredCommand): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "planstream-bench-"));
  const usageFile = join(folder, "usage.json");
  const preload = join(import.meta.dirname, "report-usage.ts");
  const started = performance.now();
  const child = spawn(process.execPath, ["--import", preload, ...args], {
    cwd: PROJECT,
    env: { ...process.env, BENCH_USAGE: usageFile, HF_TOKEN: "" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4_000);
  });
  const first = output === undefined ? undefined : watchJournal(join(output, ".run", "journal.jsonl"), started);
  try {
    const code = await new Promise<number | string>((done, fail) => {
      child.on("error", fail);
      child.on("close", (exitCode, signal) => done(exitCode ?? signal ?? "nothing"));
    });
    const wall_s = (performance.now() - started) / 1000;
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}:\n${said}`);
    const first_sample_s = first?.stop();
    const usage = JSON.parse(readFileSync(usageFile, "utf8")) as Usage;
    return { wall_s, ...usage, ...(first_sample_s !== undefined && { first_sample_s }) };
  } finally {
    first?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Looks at a journal as it grows; `stop` tells the seconds from `since` to the first samples, if there were any. */
function watchJournal(path: string, since: number): { stop(): number | undefined } {
  let found: number | undefined;
  let text = "";
  const look = () => {
    if (!existsSync(path)) return;
    text += readFrom(path, text.length);
    if (!tellsOfSamples(text)) return;
    found = (performance.now() - since) / 1000;
    clearInterval(timer);
  };
  const timer = setInterval(look, POLL_MS);
  return {
    stop() {
      clearInterval(timer);
      if (found === undefined) look();
      return found;
    },
  };
}

/** True if a whole line of the journal is a slice that gave samples. */
export function tellsOfSamples(journal: string): boolean {
  const lines = journal.slice(0, journal.lastIndexOf("\n") + 1).split("\n");
  return lines.some((line) => {
    if (!line.includes('"event":"slice"')) return false;
    const { tally } = JSON.parse(line) as { tally: { samples: number } };
    return tally.samples > 0;
  });
}

/** As Latin-1, so that a character is a byte: what is looked for is ASCII, and a read may end inside a letter. */
function readFrom(path: string, position: number): string {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(64 * 2 ** 10);
    return buffer.toString("latin1", 0, readSync(file, buffer, 0, buffer.length, position));
  } finally {
    closeSync(file);
  }
}
