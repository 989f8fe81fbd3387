import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Ended, type RunOptions, startPlanstream } from "../support/planstream.ts";

/** A run that takes longer is taken for hung. An undisturbed one takes a second or two. */
const HUNG_MS = 300_000;
/** A run that was told to stop, or has said its last word, must be gone by then. */
export const EXIT_MS = 5_000;

export type Launched = {
  kill(signal: NodeJS.Signals): void;
  readonly child: ReturnType<typeof startPlanstream>["child"];
  readonly ended: Promise<LaunchEnd>;
};

export type LaunchEnd = Ended & {
  readonly hung: boolean;
  /** What it left behind that it should not have: processes, temporary files. Empty after kill -9, which can't clean up. */
  readonly leftovers: readonly string[];
};

/**
 * Starts the command as a user does, with a folder for temporary files of its own, and watches how it ends: whether it
 * hangs, and what it leaves behind.
 */
export function launch(args: readonly string[], options: RunOptions & { readonly temporary: string }): Launched {
  const { temporary, env, ...rest } = options;
  const started = startPlanstream(args, { ...rest, env: { TMPDIR: temporary, ...env } });
  let hung = false;
  let killed = false;
  const timer = setTimeout(() => {
    hung = true;
    started.kill("SIGKILL");
  }, HUNG_MS);
  const ended = started.ended.then(async (end): Promise<LaunchEnd> => {
    clearTimeout(timer);
    const leftovers = killed || hung || end.code === null ? [] : await findLeftovers(started.child.pid, temporary);
    return { ...end, hung, leftovers };
  });
  return {
    child: started.child,
    kill(signal) {
      if (signal === "SIGKILL") killed = true;
      started.kill(signal);
    },
    ended,
  };
}

async function findLeftovers(group: number | undefined, temporary: string): Promise<string[]> {
  const files = readdirSync(temporary).map((name) => `temporary file ${name}`);
  const until = performance.now() + EXIT_MS;
  while (group !== undefined && isAlive(group)) {
    if (performance.now() > until) return [...files, `process group ${group}`];
    await sleep(20);
  }
  return files;
}

function isAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}
