import { createHash } from "node:crypto";
import { FAULTS, type Fault, type FaultName } from "./hub-fault-kinds.ts";
import type { CapturedAnswer } from "./hub-sending.ts";
import type { LoggedRequest } from "./hub-server.ts";

export type FaultOptions = {
  readonly seed: number;
  /** The faults to choose from; all that pass and don't lie unless said. */
  readonly kinds?: readonly FaultName[];
  /** Share of requests that are answered wrongly, from 0 to 1; 0.3 unless said. */
  readonly share?: number;
  /** A request is answered wrongly at most so many times in a row, then rightly; 3 unless said. Not for faults that stay. */
  readonly burst?: number;
  /** Seconds that a refusal asks to wait; 0 unless said. */
  readonly pauseS?: number;
};

/** What a fault is made from: its own chances, and the answer that would have been right. */
export type Chosen = { readonly fault: Fault; readonly chance: number };

export type FaultPlan = {
  readonly pauseS: number;
  /** The fault for a request that would be answered by `answer`; undefined: none. Counts the request as asked. */
  choose(request: LoggedRequest, answer: CapturedAnswer): Chosen | undefined;
  /** How often each fault was chosen. */
  readonly counts: ReadonlyMap<FaultName, number>;
};

/**
 * Faults by seed. Whether a request is answered wrongly, and how, follows from the seed, what is asked for and how often
 * it was asked before, and from nothing else: not from when it came or what came between.
 */
export function createFaultPlan(options: FaultOptions): FaultPlan {
  const { seed, share = 0.3, burst = 3, pauseS = 0 } = options;
  const kinds = options.kinds ?? FAULTS.filter(({ lasts }) => lasts === "passes").map(({ name }) => name);
  const faults = FAULTS.filter(({ name }) => kinds.includes(name));
  const asked = new Map<string, { times: number; faulty: number }>();
  const counts = new Map<FaultName, number>();
  return {
    pauseS,
    counts,
    choose(request, answer) {
      const key = toKey(request);
      const own = asked.get(key) ?? { times: 0, faulty: 0 };
      asked.set(key, own);
      const fits = faults.filter((fault) => fault.fits(request, answer));
      const staying = fits.filter(({ lasts }) => lasts === "stays");
      const stays = staying.length > 0 && toChance(seed, "stays", toDataset(request)) < share;
      const chance = toChance(seed, key, own.times++);
      const passes = own.faulty < burst && chance < share;
      own.faulty = passes ? own.faulty + 1 : 0;
      const among = stays ? staying : passes ? fits.filter(({ lasts }) => lasts !== "stays") : [];
      const kind = toChance(seed, "kind", stays ? toDataset(request) : `${key} ${own.times}`);
      const fault = among[Math.floor(kind * among.length)];
      if (fault === undefined) return undefined;
      counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
      return { fault, chance: toChance(seed, "how", key) };
    },
  };
}

/** What is asked for: a signed URL without its signature, which is another in each run. */
function toKey({ origin, method, url, range }: LoggedRequest): string {
  return `${origin} ${method} ${url.replace(/[?&]sig=[^&]*/, "")} ${range ?? ""}`;
}

function toDataset({ url }: LoggedRequest): string {
  return /^\/(?:api\/datasets|datasets|cdn)\/([^/]+\/[^/?]+)/.exec(url)?.[1] ?? url;
}

/** From 0 to 1, the same for the same seed and words. */
function toChance(seed: number, ...words: (string | number)[]): number {
  const digest = createHash("sha256")
    .update(JSON.stringify([seed, ...words]))
    .digest();
  return digest.readUInt32LE(0) / 2 ** 32;
}
