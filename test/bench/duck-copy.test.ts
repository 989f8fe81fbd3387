import { hash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { toParquet, utf8 } from "../support/parquet-writer.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";
import type { CopyJob } from "./duck-copy.ts";
import { measure } from "./measure.ts";

const folder = createTemporaryFolder();

it("copies the named columns of each file with the row's SHA-256", async () => {
  const place = join(folder, "it's");
  mkdirSync(place);
  const path = (name: string) => join(place, name);
  writeFileSync(path("rows.parquet"), toParquet({ a: utf8(), b: utf8() }, [{ a: "x", b: "y" }]));
  writeFileSync(path("array.json"), '[{"a": "tide", "c": [1]}, {"a": "lamp"}]');
  writeFileSync(path("field.json"), '{"head": 1, "rows": [{"a": "mill", "b": null}]}');
  const jobs: CopyJob[] = [
    { path: path("rows.parquet"), columns: ["b", "z"] },
    { path: path("array.json"), columns: ["a"] },
    { path: path("field.json"), columns: ["a"], field: "rows" },
  ];
  writeFileSync(path("jobs.json"), JSON.stringify(jobs));
  const script = join(import.meta.dirname, "duck-copy.ts");
  await measure({ args: [script, path("jobs.json"), path("copy"), "2"] });
  const copies = readdirSync(path("copy")).sort();
  expect(copies.map((name) => readFileSync(join(path("copy"), name), "utf8"))).toEqual([
    withHash('{"b":"y"'),
    withHash('{"a":"tide"') + withHash('{"a":"lamp"'),
    withHash('{"a":"mill"'),
  ]);
});

function withHash(row: string): string {
  return `${row},"row_sha256":"${hash("sha256", `${row}}`, "hex")}"}\n`;
}
