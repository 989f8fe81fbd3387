import { readFileSync } from "node:fs";
import { initSync } from "parquet-wasm/esm";
import { PARQUET_READER_BYTES_MAX } from "./limits.ts";
import { withMemoryMax } from "./wasm-memory.ts";

// The package's build for Node leaves no choice of the memory; this one takes the module's bytes.
const module = readFileSync(new URL(import.meta.resolve("parquet-wasm/esm/parquet_wasm_bg.wasm")));
initSync({ module: withMemoryMax(module, PARQUET_READER_BYTES_MAX) });

/** parquet-wasm with a memory that has a limit: a file that needs more ends the thread by a trap. */
export * from "parquet-wasm/esm";
