import { toPrintable } from "../contract/printable.ts";
import type { LoaderState } from "../run/run-state.ts";
import { sumCounts } from "../schema/tally.ts";
import { formatCount, formatSeconds } from "./format.ts";

/** A loader's counts, and how fast they have grown since this process began with it. */
export type Pace = {
  update(state: LoaderState, fraction: number): void;
  /** "jasper/gsm8k  45 %  7,473 rows  1,204 rows/s  ETA 12 s  7,400 samples  60 dropped  13 quarantined" */
  toLine(): string;
  /** The same at the loader's end, with its status and, if it failed, why. */
  toEndLine(): string;
};

/** `state` and `fraction` are what an earlier start has left: no work of this one. */
export function createPace(id: string, initial: LoaderState, fractionBefore: number): Pace {
  const since = performance.now();
  const rowsBefore = initial.tally.rows_read;
  let state = initial;
  let fraction = fractionBefore;

  const seconds = () => (performance.now() - since) / 1000;
  const counts = () => {
    const { rows_read, samples, dropped, quarantined } = state.tally;
    return [
      `${formatCount(rows_read)} rows`,
      `${formatCount(samples)} samples`,
      `${formatCount(sumCounts(dropped))} dropped`,
      `${formatCount(sumCounts(quarantined))} quarantined`,
    ];
  };
  const rate = () =>
    `${formatCount(Math.round((state.tally.rows_read - rowsBefore) / Math.max(0.001, seconds())))} rows/s`;
  const eta = () => {
    const done = fraction - fractionBefore;
    return done > 0 ? `ETA ${formatSeconds((seconds() * (1 - fraction)) / done)}` : "";
  };

  return {
    update(next, nextFraction) {
      state = next;
      fraction = nextFraction;
    },
    toLine: () => join([id.padEnd(24), `${Math.floor(fraction * 100)} %`, ...counts(), rate(), eta()]),
    toEndLine() {
      const status = state.ended?.status ?? "ok";
      return join([
        `${status === "ok" ? "✓" : "✗"} ${id.padEnd(22)}`,
        ...counts(),
        formatSeconds(seconds()),
        state.ended?.reason ?? "",
      ]);
    },
  };
}

function join(cells: readonly string[]): string {
  // A loader's reason can quote its rows.
  return toPrintable(cells.filter((cell) => cell !== "").join("  "));
}
