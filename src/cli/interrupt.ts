import { EXIT } from "./exit-codes.ts";

/** Milliseconds that a run may take to stop where it can go on. Cut here, it goes on all the same, as after a kill. */
const STOP_MS_MAX = 4_000;

/** SIGHUP: the terminal is closed or the connection to it lost. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * The first signal asks the run to stop where it can go on later; the second, or four seconds, end the process at once.
 * `say` tells the user so. It listens as long as the process lives: a signal that comes when all is done must not take the
 * exit code from it.
 */
export function createInterrupt(say: (message: string) => void): AbortSignal {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    say("stopping: what is done is being written; once more ends at once");
    setTimeout(() => process.exit(EXIT.interrupted), STOP_MS_MAX);
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return controller.signal;
}
