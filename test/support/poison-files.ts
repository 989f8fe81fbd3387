import { globSync } from "node:fs";
import { join } from "node:path";
import { toDecodedRow } from "./decode-row.ts";
import { toParquet } from "./parquet-writer.ts";
import { PROJECT } from "./planstream.ts";
import { poisonElement, poisonLine } from "./poison.ts";
import { poisonTypedRow } from "./poison-parquet.ts";
import { createRandom, makeRow, type Random, type Synthetic, type SyntheticRow } from "./synthetic.ts";

/** How a file is written. A loader of parquet gets JSON Lines too: there a row may have any shape. */
export type PoisonFormat = "parquet" | "json-lines" | "json-array" | "json-field";

/** A file of sound and poisoned rows in turn. */
export type PoisonFile = {
  readonly format: PoisonFormat;
  readonly bytes: Buffer;
  readonly rows: number;
};

export type PoisonFileOptions = {
  readonly config: string;
  readonly split: string;
  readonly rows: number;
  readonly seed: number;
  readonly format: PoisonFormat;
  /** Sound rows in place of the poisoned ones; the others are the same. */
  readonly healthy?: boolean;
  /** Bytes of the largest row of a text file; no giant rows unless said. */
  readonly giantBytes?: number | undefined;
};

/** Of four rows the first is sound, so that it has poison on either side. */
export function isSound(index: number): boolean {
  return index % 4 === 0;
}

/** Sound rows are far apart in their dataset, so that none goes on the conversation of another. */
const STRIDE = 1000;

/** The names of all loaders, `<track>/<name>`, sorted. */
export function listLoaderNames(): string[] {
  const paths = globSync("*/*.ts", { cwd: join(PROJECT, "test/synthetic") });
  return paths.map((path) => path.slice(0, -".ts".length)).sort();
}

export async function importSynthetic(name: string): Promise<Synthetic> {
  const module: { default: Synthetic } = await import(new URL(`../synthetic/${name}.ts`, import.meta.url).href);
  return module.default;
}

export function makePoisonFile(synthetic: Synthetic, options: PoisonFileOptions): PoisonFile {
  const { rows, format } = options;
  const bytes = format === "parquet" ? makeParquet(synthetic, options) : makeText(synthetic, options);
  return { format, bytes, rows };
}

function makeParquet(synthetic: Synthetic, options: PoisonFileOptions): Buffer {
  const { format } = synthetic;
  if (format.kind !== "parquet") throw new TypeError(`${synthetic.dataset} is no dataset of parquet files`);
  const rows = Array.from({ length: options.rows }, (_, index) => {
    if (options.healthy || isSound(index)) return makeSound(synthetic, options, index);
    return poisonTypedRow(makeBase(synthetic, options, index), format.columns, randomAt(options, index));
  });
  return Buffer.from(toParquet(format.columns, rows, { ...format, rowGroupRows: 500 }));
}

function makeText(synthetic: Synthetic, options: PoisonFileOptions): Buffer {
  const { format } = synthetic;
  const isLines = options.format === "json-lines";
  const make = isLines ? poisonLine : poisonElement;
  const pieces = Array.from({ length: options.rows }, (_, index) => {
    if (options.healthy || isSound(index)) {
      return Buffer.from(JSON.stringify(toDecodedRow(format, makeSound(synthetic, options, index))));
    }
    const giant = options.giantBytes === undefined ? undefined : GIANTS[index]?.(options.giantBytes);
    return giant ?? make(toDecodedRow(format, makeBase(synthetic, options, index)), randomAt(options, index));
  });
  const [before, between, after] = toFrame(options.format, synthetic);
  const parts: Buffer[] = [];
  for (const [index, piece] of pieces.entries()) parts.push(Buffer.from(index === 0 ? before : between), piece);
  return Buffer.concat([...parts, Buffer.from(after)]);
}

/** Rows of a size that no limit admits, by their places in the file. */
const GIANTS: Readonly<Record<number, (bytes: number) => Buffer>> = {
  1: (bytes) => Buffer.from(`{"id":"${"a".repeat(bytes)}"}`),
  2: () => Buffer.from("[".repeat(100_000) + "]".repeat(100_000)),
  3: () => Buffer.from(`[${"[],".repeat(1_000_000)}0]`),
  5: () => Buffer.from(`"${'\\"[{'.repeat(200_000)}"`),
  6: () => Buffer.from(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`),
  7: () => Buffer.from(`[${"1".repeat(5_000_000)}]`),
};

function toFrame(format: PoisonFormat, synthetic: Synthetic): readonly [string, string, string] {
  if (format === "json-lines") return ["", "\n", "\n"];
  if (format === "json-array") return ["[", ",\n", "]\n"];
  if (synthetic.format.kind !== "json-field") throw new TypeError(`${synthetic.dataset} has no field of rows`);
  const { field } = synthetic.format;
  return [`{"__proto__":{"${field}":[1]},"before":[{"${field}":[]}],${JSON.stringify(field)}:[`, ",", `],"after":1}`];
}

function makeSound(synthetic: Synthetic, { config, split }: PoisonFileOptions, index: number): SyntheticRow {
  return makeRow(synthetic, { config, split, index: index * STRIDE }, { clean: true }) as SyntheticRow;
}

/** The sound row that a poisoned one is made of: none of those that stand in the file. */
function makeBase(synthetic: Synthetic, { config, split, seed }: PoisonFileOptions, index: number): SyntheticRow {
  const place = { config, split, index: (index + 0.5) * STRIDE };
  return makeRow(synthetic, place, { seed: seed + 1, clean: true }) as SyntheticRow;
}

function randomAt({ seed, config, split, format }: PoisonFileOptions, index: number): Random {
  let hash = Math.imul(seed, 0x9e3779b1) ^ Math.imul(index, 0x85ebca6b);
  for (const char of `${config} ${split} ${format}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return createRandom(hash | 0);
}
