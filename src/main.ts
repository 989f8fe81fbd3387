#!/usr/bin/env -S node --max-semi-space-size=4
import { keepCompiledCode } from "./cli/compile-cache.ts";

keepCompiledCode();
const { outliveReaders } = await import("./cli/lost-reader.ts");
const { createProgram } = await import("./cli/program.ts");
const { reportError } = await import("./cli/report-error.ts");

outliveReaders();
try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = reportError(error);
}
// That stdout can't be written is told in the next turn.
await new Promise((done) => setImmediate(done));
// Everything is closed by now; a socket that a library has kept must not hold the process.
process.exit();
