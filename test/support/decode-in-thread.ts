import { parentPort, workerData } from "node:worker_threads";
import { decodeParquet, decodeParquetSlowly } from "../../src/formats/parquet-rows.ts";
import type { ParquetPayload } from "../../src/formats/row-file.ts";

type Work = { readonly payload: ParquetPayload; readonly careful?: boolean };

// A thread that decodes the payload it was given, as the pool's threads do.
const { payload, careful } = workerData as Work;
const rows = await (careful ? decodeParquetSlowly(payload, true) : decodeParquet(payload, true));
parentPort?.postMessage(rows.length);
