import { readFileSync, writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

// node --import test/bench/report-usage.ts …
// As a process ends it writes what it has used, threads included, into the file that BENCH_USAGE names. Asked of the
// process itself because Node does not tell it of a child.

/** What a process has used. */
export type Usage = { readonly cpu_s: number; readonly peak_rss_bytes: number };

const file = process.env.BENCH_USAGE;
if (isMainThread && file) {
  process.on("exit", () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const usage: Usage = { cpu_s: (userCPUTime + systemCPUTime) / 1e6, peak_rss_bytes: toPeakBytes() };
    writeFileSync(file, JSON.stringify(usage));
  });
}

/**
 * Linux hands a parent's peak down to its children in ru_maxrss; VmHWM is the process's own. Both are of the whole
 * process, threads included.
 */
function toPeakBytes(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  if (kibibytes === undefined) throw new Error("/proc/self/status has no VmHWM");
  return Number(kibibytes) * 1024;
}
