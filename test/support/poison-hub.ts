import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { importSynthetic, listLoaderNames, makePoisonFile, type PoisonFormat } from "./poison-files.ts";
import type { Synthetic } from "./synthetic.ts";

export type PoisonHubOptions = {
  /** Rows that the loaders read, all together. */
  readonly rows: number;
  readonly seed: number;
  /** The hub without its poison: sound rows in the same places. */
  readonly healthy?: boolean;
  /** Puts giant rows into each text file, the largest of so many bytes. */
  readonly giantBytes?: number | undefined;
  readonly loaders?: readonly string[];
};

/** A file of the hub, and how many rows it holds. */
export type HubFile = { readonly path: string; readonly format: PoisonFormat; readonly rows: number };

/** The files that each loader reads, in the directory that is the hub. */
export type PoisonHub = { readonly directory: string; readonly loaders: ReadonlyMap<string, readonly HubFile[]> };

const COMMIT = "c".repeat(40);

/** One loader of each text format, and one whose files are parquet: giants cost time and disk. */
const GIANT_LOADERS: ReadonlySet<string> = new Set([
  "quartz/mobile-actions",
  "quartz/xlam",
  "jasper/agentharm",
  "jasper/toolbench",
]);

/** Writes a dataset of sound and poisoned rows for each loader, in the Hugging Face cache layout. */
export async function writePoisonHub(directory: string, options: PoisonHubOptions): Promise<PoisonHub> {
  const names = options.loaders ?? listLoaderNames();
  const rows = Math.ceil(options.rows / names.length);
  const written = new Map<string, readonly HubFile[]>();
  const loaders = new Map<string, readonly HubFile[]>();
  for (const name of names) {
    const synthetic = await importSynthetic(name);
    const giantBytes = GIANT_LOADERS.has(name) ? options.giantBytes : undefined;
    const files =
      written.get(synthetic.dataset) ?? writeDataset(directory, synthetic, { ...options, rows, giantBytes });
    written.set(synthetic.dataset, files);
    loaders.set(name, files);
  }
  return { directory, loaders };
}

function writeDataset(directory: string, synthetic: Synthetic, options: PoisonHubOptions): HubFile[] {
  const folder = join(directory, `datasets--${synthetic.dataset.replace("/", "--")}`);
  rmSync(folder, { recursive: true, force: true });
  write(join(folder, "refs", "main"), COMMIT);
  const put = (path: string, bytes: string | Uint8Array) => write(join(folder, "snapshots", COMMIT, path), bytes);
  for (const [path, text] of Object.entries(synthetic.otherFiles ?? {})) put(path, text);
  const places = listPlaces(synthetic, options.seed);
  return places.map(({ path, config, split, format }, index) => {
    const rows =
      Math.floor((options.rows * (index + 1)) / places.length) - Math.floor((options.rows * index) / places.length);
    const { healthy = false, seed, giantBytes } = options;
    const file = makePoisonFile(synthetic, { config, split, rows, seed, format, healthy, giantBytes });
    put(path, file.bytes);
    return { path, format, rows };
  });
}

type Place = { readonly path: string; readonly config: string; readonly split: string; readonly format: PoisonFormat };

/** Where a dataset's rows go. A dataset of parquet has files of JSON Lines too: content decides, not the name. */
function listPlaces({ files, format }: Synthetic, seed: number): Place[] {
  if (format.kind !== "parquet")
    return files.map(({ path, config, split }) => ({ path, config, split, format: format.kind }));
  return files.flatMap(({ path, config, split }, index): Place[] => {
    if (!path.includes("{shard}")) {
      return [{ path, config, split, format: (index + seed) % 2 === 0 ? "parquet" : "json-lines" }];
    }
    const shard = (number: number) => path.replace("{shard}", `0000${number}`).replace("{shards}", "00002");
    return [
      { path: shard(0), config, split, format: "parquet" },
      { path: shard(1), config, split, format: "json-lines" },
    ];
  });
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
