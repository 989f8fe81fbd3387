import { toPrintableLines } from "../contract/printable.ts";
import type { Reporter } from "../run/reporter.ts";
import type { LoaderState } from "../run/run-state.ts";
import { createPace, type Pace } from "./pace.ts";

/** Progress on stderr, until closed. */
export type Progress = Reporter & {
  /** Shows one more line, said anew each time it is drawn: what a run has spent. */
  watch(toLine: (() => string) | undefined): void;
  close(): void;
};

/** Milliseconds between two redraws of a terminal, and between two plain lines of one loader. */
const REDRAW_MS = 100;
const PLAIN_LINE_MS = 10_000;

/** A live line per running loader on a terminal; plain lines now and then otherwise (a log file, cron). */
export async function createProgress(stream: NodeJS.WriteStream): Promise<Progress> {
  return stream.isTTY ? createLiveLines(stream) : createPlainLines(stream);
}

async function createLiveLines(stream: NodeJS.WriteStream): Promise<Progress> {
  // Loaded where it is needed: it takes a tenth of what a start takes.
  const { createLogUpdate } = await import("log-update");
  const draw = createLogUpdate(stream);
  const running = new Map<string, Pace>();
  let drawnAt = 0;
  let toExtra: (() => string) | undefined;
  const above = (text: string) => {
    draw.clear();
    stream.write(`${text}\n`);
    drawnAt = 0;
  };
  return {
    started: (id, state, fraction) => void running.set(id, createPace(id, state, fraction)),
    progressed(id, state, fraction) {
      paceOf(running, id, state).update(state, fraction);
      if (performance.now() - drawnAt < REDRAW_MS) return;
      drawnAt = performance.now();
      const extra = toExtra ? [toExtra()] : [];
      draw([...[...running.values()].map((pace) => pace.toLine()), ...extra].join("\n"));
    },
    ended(id, state) {
      const pace = paceOf(running, id, state);
      pace.update(state, 1);
      running.delete(id);
      above(pace.toEndLine());
    },
    note: (message) => above(toPrintableLines(message)),
    watch(toLine) {
      toExtra = toLine;
    },
    close: () => draw.clear(),
  };
}

function createPlainLines(stream: NodeJS.WriteStream): Progress {
  const running = new Map<string, Pace>();
  const saidAt = new Map<string, number>();
  let toExtra: (() => string) | undefined;
  return {
    started(id, state, fraction) {
      running.set(id, createPace(id, state, fraction));
      saidAt.set(id, performance.now());
    },
    progressed(id, state, fraction) {
      const now = performance.now();
      const pace = paceOf(running, id, state);
      pace.update(state, fraction);
      if (now - (saidAt.get(id) ?? 0) < PLAIN_LINE_MS) return;
      stream.write(`${pace.toLine()}\n${toExtra ? `${toExtra()}\n` : ""}`);
      saidAt.set(id, now);
    },
    ended(id, state) {
      const pace = paceOf(running, id, state);
      pace.update(state, 1);
      running.delete(id);
      stream.write(`${pace.toEndLine()}\n`);
    },
    note: (message) => stream.write(`${toPrintableLines(message)}\n`),
    watch(toLine) {
      toExtra = toLine;
    },
    close: () => undefined,
  };
}

/** A loader that failed before it began was never started. */
function paceOf(running: Map<string, Pace>, id: string, state: LoaderState): Pace {
  const known = running.get(id) ?? createPace(id, state, 0);
  running.set(id, known);
  return known;
}
