import { describe, expect, it } from "vitest";
import type { SliceResult } from "../../src/pool/slice-task.ts";
import { runFile } from "../support/poison-slices.ts";

// A row that is eight times as long may take about eight times as long; where a loader or a stage looked at each character
// (or call) once for each other it would be 64 times. The bound lies between, far from both.

const GROWTH = 8;
const RATIO_MAX = 40;
const ROUNDS = 5;

type Case = { readonly name: string; readonly loader: string; readonly size: number; row(size: number): unknown };

const spans = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    name: `step ${i}`,
    span_kind: "CHAIN",
    parent_id: `${i + 1}`,
    start_time: "2026-01-01T00:00:00",
    "context.span_id": `${i}`,
    "attributes.input.value": null,
    "attributes.output.value": null,
  }));

const CASES: Case[] = [
  {
    name: "white space at the end of a user's words",
    loader: "jasper/toolbench",
    size: 40_000,
    row: (size) => ({
      id: "Step 1: a",
      conversations: [
        { from: "user", value: `${" ".repeat(size)}x` },
        { from: "assistant", value: "\nAction: a\nAction Input: {}" },
      ],
    }),
  },
  {
    name: "full stops behind a bare \\boxed",
    loader: "jasper/math",
    size: 100_000,
    row: (size) => ({ problem: "p", level: "l", type: "t", solution: `So \\boxed ${".".repeat(size)}x` }),
  },
  {
    name: "calls of one turn, each answered",
    loader: "opal/toolmind",
    size: 1_000,
    row: (size) => ({
      tools: [],
      conversations: [
        { role: "user", content: "Go." },
        { role: "assistant", tool_calls: Array.from({ length: size }, () => ({ name: "a", arguments: {} })) },
        ...Array.from({ length: size }, (_, i) => ({ role: "tool", tool_call_id: `${i}`, content: "1" })),
      ],
    }),
  },
  {
    name: "turns with calls",
    loader: "quartz/hermes",
    size: 2_000,
    row: (size) => ({
      conversations: Array.from({ length: size }, () => ({
        from: "gpt",
        value: '<tool_call>{"name":"a"}</tool_call>',
      })),
    }),
  },
  {
    name: "spans of a trace",
    loader: "opal/nemotron",
    size: 1_000,
    row: (size) => ({
      trace_id: "t",
      attack_snapshot: { attack: { injection_string: null, attack_category: null } },
      trace: spans(size),
    }),
  },
];

describe.each(CASES)("$loader: $name", ({ loader, size, row }) => {
  it("takes time in proportion to its length", async () => {
    // Of this thread's own processor time, in ms: what else the machine does is not the row's fault.
    const time = async (bytes: Uint8Array): Promise<number> => {
      const rounds: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const started = process.threadCpuUsage();
        const [result] = await runFile(loader, bytes);
        rounds.push(process.threadCpuUsage(started).user / 1000);
        expect((result as SliceResult).tally.rows_read).toBe(1);
      }
      return Math.min(...rounds);
    };
    const [short, long] = [size, size * GROWTH].map((one) => Buffer.from(JSON.stringify(row(one))));
    const base = Math.max(1, await time(short as Buffer)); // below a millisecond the clock is all that is measured
    expect((await time(long as Buffer)) / base).toBeLessThan(RATIO_MAX);
  });
});
