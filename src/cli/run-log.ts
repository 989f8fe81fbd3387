import { join } from "node:path";
import pino from "pino";
import type { Reporter } from "../run/reporter.ts";

/** The log of a run folder: what happened and when, as JSON Lines in `.run/log.jsonl`. */
export type RunLog = {
  /** Logs what a reporter is told, and tells it. */
  alsoTo(reporter: Reporter): Reporter;
  /** A request that the hub made. */
  request(request: { method: string; url: string; status: number }): void;
  close(): void;
};

/** The file is opened with the first line: by then the run folder is known to be ours. */
export function createRunLog(output: string): RunLog {
  let destination: ReturnType<typeof pino.destination> | undefined;
  let opened: pino.Logger | undefined;
  const log = (): pino.Logger => {
    destination ??= openLog(join(output, ".run", "log.jsonl"));
    opened ??= pino({ base: { pid: process.pid } }, destination);
    return opened;
  };
  return {
    alsoTo: (reporter) => ({
      started(id, state, fraction) {
        log().info({ loader: id, revision: state.pin?.revision, next: state.next }, "loader started");
        reporter.started(id, state, fraction);
      },
      progressed: reporter.progressed,
      ended(id, state) {
        const { status, reason } = state.ended ?? {};
        log()[status === "ok" ? "info" : "warn"]({ loader: id, status, reason, tally: state.tally }, "loader ended");
        reporter.ended(id, state);
      },
      note(message) {
        log().info(message);
        reporter.note(message);
      },
    }),
    request({ method, url, status }) {
      // Good answers are many and say nothing; what a person looks for is what went wrong.
      if (status >= 400 || status === 0) log().warn({ method, url, status }, "request failed");
    },
    close: () => destination?.end(),
  };
}

/** A log that can't be written is no reason to stop: where the disk is full, the outputs say so. */
function openLog(dest: string): ReturnType<typeof pino.destination> {
  const destination = pino.destination({ dest, sync: true });
  destination.on("error", () => undefined);
  return destination;
}
