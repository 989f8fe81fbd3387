import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // `make test` stays under five minutes on two cores; `make test-long` runs these.
    exclude: process.env.LONG ? configDefaults.exclude : [...configDefaults.exclude, "test/**/*.long.test.ts"],
    testTimeout: 0,
    hookTimeout: 0,
    pool: "forks",
    // No test counts on a module being new: a process for each file would load them all again, half a minute in all.
    isolate: false,
    // Much of the time is spent waiting for commands that run: one file per processor, not one less.
    maxWorkers: availableParallelism(),
  },
});
