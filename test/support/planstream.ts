import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Manifest } from "../../src/schema/manifest.ts";

export const PROJECT = resolve(import.meta.dirname, "../..");

/** Real rows of the datasets, beside the repository where they are at hand. */
export const SHARED_HUB = resolve(PROJECT, "../shared/hub");

/** Copies of the project are run, too: what V8 makes of their code must not pile up among the packages. */
const COMPILED = join(tmpdir(), "planstream-compiled");

export type Ended = {
  /** The exit code, or null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type RunOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly project?: string;
  /** Options of node itself. */
  readonly nodeOptions?: readonly string[];
};

/** Runs the command as a user does, in a process of its own, to its end. */
export async function planstream(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return startPlanstream(args, options).ended;
}

/** Starts the command in a process group of its own, to be interrupted or killed. */
export function startPlanstream(
  args: readonly string[],
  { cwd, env, project = PROJECT, nodeOptions = [] }: RunOptions = {},
): { readonly child: ChildProcess; readonly ended: Promise<Ended>; kill(signal: NodeJS.Signals): void } {
  const child = spawn(process.execPath, [...nodeOptions, join(project, "src", "main.ts"), ...args], {
    cwd: cwd ?? project,
    detached: true,
    env: { ...process.env, HF_TOKEN: "", NODE_COMPILE_CACHE: COMPILED, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const read = (stream: NodeJS.ReadableStream) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString("utf8");
  };
  const stdout = read(child.stdout);
  const stderr = read(child.stderr);
  const ended = new Promise<Ended>((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ code, stdout: stdout(), stderr: stderr() }));
  });
  return {
    child,
    ended,
    kill(signal) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      try {
        process.kill(-child.pid, signal);
      } catch (error) {
        // It has ended by itself in the meantime.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    },
  };
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Manifest;
}

/** SHA-256 of every file that must be the same in any two runs, by path: parts, quarantine, card, report and manifest. */
export function toFingerprint(folder: string): Record<string, string> {
  const paths = [
    "manifest.json",
    "README.md",
    "report.html",
    ...listFiles(folder, "parts"),
    ...listFiles(folder, "quarantine"),
  ];
  return Object.fromEntries(
    paths.map((path) => [
      path,
      createHash("sha256")
        .update(readFileSync(join(folder, path)))
        .digest("hex"),
    ]),
  );
}

function listFiles(folder: string, inside: string): string[] {
  try {
    return readdirSync(join(folder, inside))
      .sort()
      .map((name) => `${inside}/${name}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
