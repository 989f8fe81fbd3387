import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CrashProject } from "./crash.ts";

/** Whether this machine lets a process mount a disk of its own (a mount namespace): root may, and most users. */
export const canMount =
  spawnSync("unshare", ["-rm", "sh", "-c", 'mount -t tmpfs tmpfs "$1"', "sh", "/mnt"], { timeout: 10_000 }).status ===
  0;

/** What one start said, and how it ended. */
export type DiskEnded = { readonly code: number; readonly stderr: string };

export type FullDiskOptions = {
  readonly project: CrashProject;
  readonly env: Readonly<Record<string, string>>;
  /** Where the disk is mounted, for the processes of this call only, and where the folder is copied to in the end. */
  readonly mountPoint: string;
  readonly copy: string;
  /** Size of the disk at the first start. */
  readonly kib: number;
};

/**
 * Runs the command on a disk that is too small, makes the disk larger, and runs the command again. `full` is the folder's
 * list of files between the two.
 */
export function runOnFullDisk({ project, env, mountPoint, copy, kib }: FullDiskOptions): {
  readonly first: DiskEnded;
  readonly second: DiskEnded;
  readonly between: readonly string[];
} {
  const output = join(mountPoint, "out");
  const script = [
    `mount -t tmpfs -o size=${kib}k tmpfs "$1" || exit 99`,
    `shift; log="$1"; shift; copy="$1"; shift; out="$1"; shift`,
    `"$@" >/dev/null 2>"$log.first"; echo $? >"$log.first.code"`,
    `find "$out" -type f >"$log.between"`,
    `mount -o remount,size=64m "\${out%/out}" || exit 98`,
    `"$@" >/dev/null 2>"$log.second"; echo $? >"$log.second.code"`,
    `cp -a "$out" "$copy"`,
  ].join("\n");
  const log = `${copy}.log`;
  const command = [process.execPath, join(project.root, "src/main.ts"), ...project.toArgs(output)];
  const shell = ["-rm", "sh", "-c", script, "sh", mountPoint, log, copy, output, ...command];
  const { status, stderr } = spawnSync("unshare", shell, { env: { ...process.env, ...env }, encoding: "utf8" });
  if (status !== 0) throw new Error(`the disk of ${kib} KiB: ${stderr}`);
  const read = (name: string) => readFileSync(`${log}.${name}`, "utf8");
  const toEnded = (name: string): DiskEnded => ({ code: Number(read(`${name}.code`)), stderr: read(name) });
  return { first: toEnded("first"), second: toEnded("second"), between: read("between").split("\n").filter(Boolean) };
}

/** Runs the command where no file may be larger than so many KiB. Works everywhere; a disk quota looks like it. */
export function runWithFileLimit(
  project: CrashProject,
  output: string,
  kib: number,
  env: Readonly<Record<string, string>>,
): DiskEnded {
  // Bash counts in KiB; the shells of other systems in blocks of 512 bytes.
  const command = [process.execPath, join(project.root, "src/main.ts"), ...project.toArgs(output)];
  const shell = ["-c", `ulimit -f ${kib}; exec "$@"`, "bash", ...command];
  const { status, stderr } = spawnSync("bash", shell, { env: { ...process.env, ...env }, encoding: "utf8" });
  return { code: status ?? -1, stderr };
}

/** Writes a module that puts the clock back, to be given to node as `--import`: an hour at each tenth look at it. */
export function writeClockGoingBack(path: string): string {
  if (!existsSync(path)) writeFileSync(path, CLOCK_GOING_BACK);
  return path;
}

const CLOCK_GOING_BACK = `
const RealDate = Date;
let looks = 0;
const now = () => RealDate.now() - 3_600_000 * Math.floor(++looks / 10);
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [now()] : args));
  }
  static now() {
    return now();
  }
};
`;
