import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // `make test` stays under five minutes on two cores; `make test-long` runs these.
    exclude: process.env.LONG ? configDefaults.exclude : [...configDefaults.exclude, "test/**/*.long.test.ts"],
    testTimeout: 0,
    hookTimeout: 0,
    pool: "forks",
  },
});
