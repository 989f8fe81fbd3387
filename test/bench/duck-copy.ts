import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

// node test/bench/duck-copy.ts JOBS.json FOLDER THREADS
// The yardstick: DuckDB copies the columns that the loaders read to JSON Lines, with one SHA-256 a row and no transform.

/** One input file. */
export type CopyJob = {
  readonly path: string;
  /** The columns to copy; those that the file lacks are left out. */
  readonly columns: readonly string[];
  /** The member of a JSON file's one object that holds the rows. */
  readonly field?: string;
};

if (import.meta.main) {
  const [jobs, folder, threads] = process.argv.slice(2);
  if (!jobs || !folder || !threads) throw new TypeError("usage: duck-copy.ts JOBS.json FOLDER THREADS");
  await copy(JSON.parse(readFileSync(jobs, "utf8")) as CopyJob[], folder, threads);
}

async function copy(jobs: readonly CopyJob[], folder: string, threads: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const database = await DuckDBInstance.create(":memory:", { threads });
  const connection = await database.connect();
  for (const [i, job] of jobs.entries()) {
    await connection.run(toCopyStatement(job, join(folder, `${String(i).padStart(3, "0")}.jsonl`)));
  }
  connection.closeSync();
  database.closeSync();
}

/** The statement that copies one file. */
export function toCopyStatement({ path, columns, field }: CopyJob, target: string): string {
  const file = path.endsWith(".parquet") ? `read_parquet(${quote(path)})` : `read_json(${quote(path)})`;
  const rows =
    field === undefined ? file : `(SELECT unnest(rows) FROM (SELECT unnest("${field}") AS rows FROM ${file}))`;
  const wanted = `COLUMNS(name -> list_contains([${columns.map(quote).join(", ")}], name))`;
  const select = `SELECT *, sha256(to_json(row)::VARCHAR) AS row_sha256 FROM (SELECT ${wanted} FROM ${rows}) row`;
  return `COPY (${select}) TO ${quote(target)} (FORMAT json)`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
