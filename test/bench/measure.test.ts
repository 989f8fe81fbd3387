import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { measure, tellsOfSamples } from "./measure.ts";

const slice = (samples: number): string => `{"check":"00","event":"slice","tally":{"samples":${samples}}}\n`;

it("tells what a process has used, its threads included", async () => {
  const inThread = `
    const until = process.cpuUsage().user + 300_000;
    while (process.cpuUsage().user < until);
    new Uint8Array(150e6).fill(1);
  `;
  const script = `new (require("node:worker_threads").Worker)(${JSON.stringify(inThread)}, { eval: true })`;
  const { wall_s, cpu_s, peak_rss_bytes, first_sample_s } = await measure({ args: ["--eval", script] });
  expect(cpu_s).toBeGreaterThan(0.3);
  expect(wall_s).toBeGreaterThan(0);
  expect(peak_rss_bytes).toBeGreaterThan(150e6);
  expect(peak_rss_bytes).toBeLessThan(600e6);
  expect(first_sample_s).toBeUndefined();
});

it("does not count what this process holds as the other's peak", async () => {
  const held = new Uint8Array(700e6).fill(1);
  const { peak_rss_bytes } = await measure({ args: ["--eval", "0"] });
  expect(held[held.length - 1]).toBe(1);
  expect(peak_rss_bytes).toBeLessThan(300e6);
});

it("sees when the journal first tells of samples", async () => {
  const output = mkdtempSync(join(tmpdir(), "planstream-test-"));
  try {
    mkdirSync(join(output, ".run"));
    const journal = JSON.stringify(join(output, ".run", "journal.jsonl"));
    const script = `
      const { appendFileSync } = require("node:fs");
      const { setTimeout: wait } = require("node:timers/promises");
      (async () => {
        appendFileSync(${journal}, ${JSON.stringify(slice(0))});
        await wait(200);
        appendFileSync(${journal}, ${JSON.stringify(slice(7))});
        await wait(800);
      })();
    `;
    const { wall_s, first_sample_s } = await measure({ args: ["--eval", script], output });
    expect(first_sample_s).toBeGreaterThan(0.2);
    expect(first_sample_s).toBeLessThan(wall_s);
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
});

it("reads whole lines of the journal alone", () => {
  expect(tellsOfSamples(slice(0))).toBe(false);
  expect(tellsOfSamples(slice(0) + slice(3).trimEnd())).toBe(false);
  expect(tellsOfSamples(slice(0) + slice(3))).toBe(true);
  expect(tellsOfSamples('{"event":"pin","loader":"a/b"}\n')).toBe(false);
});

it("throws what a failing command said", async () => {
  const args = ["--eval", "console.error('no such hub'); process.exit(4)"];
  await expect(measure({ args })).rejects.toThrow(/ended with 4:\nno such hub/);
});
