import { mkdirSync, renameSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import type { Synthetic } from "../support/synthetic.ts";
import { type WrittenDataset, writeDataset } from "../support/write-dataset.ts";
import { MIX, toScaled } from "./bench-mix.ts";
import { toBenchSynthetic } from "./bench-rows.ts";

// node test/bench/write-bench-dataset.ts <id of the mix> DIR --scale S --seed N
// Writes one dataset of the mix into DIR, as a process of its own: so two are made at a time, and the memory that the
// parquet writer never gives back goes with it.

/** Rows of a parquet file, all of which the writer holds at a time. */
const SHARD_ROWS_MAX = 12_500;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scale: { type: "string", default: "1" }, seed: { type: "string", default: "1" } },
});
const [id, directory] = positionals;
const dataset = MIX.find((one) => one.id === id);
if (!dataset || directory === undefined) throw new TypeError(`expected an id of the mix and a folder, not ${id}`);

const { default: synthetic }: { default: Synthetic } = await import(`../synthetic/${id}.ts`);
const written = writeDataset(directory, toBenchSynthetic(dataset, synthetic), {
  rows: toScaled(dataset, Number(values.scale)).rows,
  seed: Number(values.seed),
  clean: true,
  shardRowsMax: SHARD_ROWS_MAX,
});
toBlobs(written);

/** As `hf download` leaves a dataset: the content named by its hash, and a link where its path is. */
function toBlobs({ snapshot, files }: WrittenDataset): void {
  const blobs = join(snapshot, "..", "..", "blobs");
  mkdirSync(blobs);
  for (const { path, sha256 } of files) {
    const place = join(snapshot, path);
    renameSync(place, join(blobs, sha256));
    symlinkSync(relative(dirname(place), join(blobs, sha256)), place);
  }
}
