import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { arch, cpus, platform, totalmem } from "node:os";
import { toCanonicalJson } from "../schema/canonical-json.ts";

/** Everything of a run that is not deterministic goes through here, into run.json and nowhere else. */
export function startStopwatch() {
  const startedAt = new Date();
  // The clock that can't be set: between two readings of the other one somebody may have put it back.
  const since = performance.now();
  return {
    /**
     * The text of run.json: when, where and how fast. `rows` are those of this start. `self_sha256` is taken over the
     * canonical JSON of all other members.
     */
    toRunText(facts: { workers: number; hub: string; rows: number }): string {
      const elapsedMs = Math.round(performance.now() - since);
      const seconds = elapsedMs / 1000;
      const run = {
        schema: "planstream/run/1",
        started_at: startedAt.toISOString(),
        finished_at: new Date(startedAt.getTime() + elapsedMs).toISOString(),
        wall_s: seconds,
        rows_this_start: facts.rows,
        rows_per_s: seconds > 0 ? Math.round(facts.rows / seconds) : 0,
        peak_rss_bytes: readPeakBytes(),
        workers: facts.workers,
        hub: facts.hub,
        host: {
          platform: platform(),
          arch: arch(),
          cpus: cpus().length,
          memory_bytes: totalmem(),
          node: process.version,
        },
      };
      return `${JSON.stringify({ ...run, self_sha256: hash("sha256", toCanonicalJson(run), "hex") }, null, 2)}\n`;
    },
  };
}

/**
 * The most memory that this process, threads included, has had at a time. What Linux tells of the process itself goes first:
 * `maxRSS` begins with what the process had before it became this one, so a large parent's memory counts as its child's.
 */
function readPeakBytes(): number {
  const ownKiB =
    platform() === "linux" ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] : undefined;
  return (ownKiB === undefined ? process.resourceUsage().maxRSS : Number(ownKiB)) * 1024;
}
