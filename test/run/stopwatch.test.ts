import { readFileSync } from "node:fs";
import { platform } from "node:os";
import { expect, it } from "vitest";
import { startStopwatch } from "../../src/run/stopwatch.ts";

it.skipIf(platform() !== "linux")("tells the peak of this process, not its parent's", () => {
  const readPeak = () => 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
  const before = readPeak();
  const run = JSON.parse(startStopwatch().toRunText({ workers: 1, hub: "sample", rows: 0 })) as {
    peak_rss_bytes: number;
  };
  expect(run.peak_rss_bytes).toBeGreaterThanOrEqual(before);
  expect(run.peak_rss_bytes).toBeLessThanOrEqual(readPeak());
});
