import { createDraw, type Draw } from "../../src/llm/mock-value.ts";
import type { ModelPrice } from "../../src/llm/prices.ts";
import { ANSWER_FAULTS, BATCH_FAULTS, type ContentShares, type FaultShares } from "../support/llm-faults.ts";
import type { Dialect } from "../support/llm-replies.ts";
import type { CrashKind } from "./crashing-disk.ts";

/** How a life of the client asks: one by one, by batches, or first a batch of some and then the rest directly. */
export type AskMode = "direct" | "batch" | "mixed";
/** Where the client lives: in this process, on a disk that dies, or in a process of its own that is killed with -9. */
export type Home = "here" | "child";

/** One way to be cruel to the gate. Everything follows from the seed and the number. */
export type Scenario = {
  readonly name: string;
  readonly dialect: Dialect;
  readonly mode: AskMode;
  readonly home: Home;
  readonly crash: CrashKind;
  readonly seed: number;
  readonly rows: number;
  readonly concurrency: number;
  readonly kills: number;
  readonly capNusd: number;
  readonly faults: FaultShares;
  readonly content: ContentShares;
  readonly delayMs: number;
  readonly batchMs: number;
  readonly shardRowsMax: number;
  /** When it began, by our clock. */
  readonly epochMs: number;
};

/** Odd prices, so that nothing divides evenly. */
export const PRICES: Readonly<Record<Dialect, ModelPrice>> = {
  anthropic: {
    ...{ in: 1_001, out: 5_003, cache_read: 101, cache_write_5m: 1_257 },
    ...{ tiers: [], batch_multiplier: 0.5, tokenizer: "o200k" },
  },
  openai: { in: 251, out: 2_007, cache_read: 27, tiers: [], batch_multiplier: 0.5, tokenizer: "o200k" },
};

/** About what a request of the torture costs, and what is held for it, in units of an input token. */
const COST_TOKENS = 700;
const HOLD_TOKENS = 4_000;
const WEATHERS = ["calm", "rain", "storm"] as const;

/** Scenario `number` of a seed. Every tenth lives in processes of its own. */
export function toScenario(seed: number, number: number): Scenario {
  const draw = createDraw(`torture/${seed}/${number}`);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(draw() * from.length)] as T;
  const between = (min: number, max: number) => min + Math.floor(draw() * (max - min + 1));
  const dialect = pick(["anthropic", "openai"] as const);
  const mode = pick(["direct", "direct", "batch", "mixed"] as const);
  const home = number % 10 === 9 ? "child" : "here";
  const weather = pick(WEATHERS);
  const concurrency = pick([1, 2, 4, 8, 16, 32, 64, 128]);
  const rows = between(10, 40) + (home === "here" ? between(0, concurrency * 2) : concurrency);
  const room = pick(["tight", "half", "enough", "plenty"] as const);
  const rate = PRICES[dialect].in;
  const share = { tight: 0.1, half: 0.5, enough: 4, plenty: 40 }[room] * (0.8 + 0.4 * draw());
  return {
    name: `${number}: ${home} ${dialect} ${mode} ${weather} ${room}`,
    ...{ dialect, mode, home, rows, concurrency },
    crash: pick(["kill", "power"] as const),
    seed: seed * 100_003 + number,
    kills: draw() < 0.15 ? 0 : between(1, home === "here" ? 25 : 8),
    capNusd: Math.ceil((HOLD_TOKENS + rows * COST_TOKENS * share) * rate),
    faults: toFaults(weather, draw),
    content: {
      refused400: 0.03,
      refused413: 0.01,
      fenced: 0.05,
      breaking: 0.05,
      prose: 0.03,
      cut: 0.03,
      declined: 0.03,
    },
    delayMs: pick([0, 2, 10]),
    batchMs: pick([0, 5, 40]),
    shardRowsMax: pick([3, 10, 50, 1_000]),
    epochMs: Date.now(),
  };
}

/**
 * The clock of a scenario: it runs faster than ours, so that a batch is soon known not to have been made. Client and vendor
 * go by it.
 */
export const HASTE = 20;
export function toNowMs({ epochMs }: Scenario): number {
  return epochMs + (Date.now() - epochMs) * HASTE;
}

/** Each fault with a share of its own; in a storm, a good third of all answers goes wrong. */
function toFaults(weather: (typeof WEATHERS)[number], draw: Draw): FaultShares {
  const worst = { calm: 0, rain: 0.02, storm: 0.06 }[weather];
  const names = [...ANSWER_FAULTS, ...BATCH_FAULTS, "wrongUsage"] as const;
  return Object.fromEntries(names.map((name) => [name, worst * draw() * (isAboutBatches(name) ? 4 : 1)]));
}

/** There are far fewer batches than rows. */
function isAboutBatches(name: string): boolean {
  return (BATCH_FAULTS as readonly string[]).includes(name) && !name.startsWith("row");
}
