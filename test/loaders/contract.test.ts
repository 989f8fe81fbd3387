import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, matchesGlob } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type Draft,
  type Drop,
  isDrop,
  isJsonObject,
  type Loader,
  narrow,
  type RowPlace,
  toColumns,
} from "../../src/contract/index.ts";
import { parseLoader } from "../../src/run/parse-plugin.ts";
import { listGlobs } from "../../src/run/pin-source.ts";
import { asWritten } from "../support/as-written.ts";
import { toDecodedRow } from "../support/decode-row.ts";
import { readDataset } from "../support/read-dataset.ts";
import { makeRow, RawText, type Synthetic, type SyntheticCase, type SyntheticRow } from "../support/synthetic.ts";
import { writeDataset } from "../support/write-dataset.ts";

// One test for every loader there is: dropping a file into loaders/ adds its tests, if rows for it can be made.

const SNAKE_CASE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const ROWS = 500;
const FILE_ROWS = 60;

const root = new URL("../../", import.meta.url);
const names = readdirSync(new URL("loaders", root), { recursive: true, encoding: "utf8" })
  .filter((path) => /^[^_/][^/]*\/[^_/][^/]*\.ts$/.test(path))
  .map((path) => path.slice(0, -3))
  .sort();

it("finds loaders", () => expect(names).toContain("jasper/gsm8k"));

describe.each(names)("loaders/%s.ts", async (name) => {
  const loader = await importDefault<Loader>(`loaders/${name}.ts`);
  const rowsPath = `test/synthetic/${name}.ts`;
  if (!existsSync(new URL(rowsPath, root))) {
    it("has synthetic rows", () => {
      throw new Error(
        `loaders/${name}.ts has no synthetic rows. Make ${rowsPath}: its default export is a Synthetic ` +
          "(test/support/synthetic.ts) that makes rows of the dataset's true schema and says which rows give which drafts.",
      );
    });
    return;
  }
  const synthetic = await importDefault<Synthetic>(rowsPath);

  it("declares what a loader declares", () => {
    expect(parseLoader(loader, `loaders/${name}.ts`)).toBe(loader);
  });

  it("has synthetic rows of its dataset, in files that it reads", () => {
    expect(synthetic.dataset).toBe(loader.dataset);
    if (synthetic.format.kind === "json-field") expect(synthetic.format.field).toBe(loader.field);
    for (const { path, config, split } of synthetic.files) {
      expect(loader.configs ?? ["default"]).toContain(config);
      expect(loader.splits ?? ["train"]).toContain(split);
      expect(readsOf(loader, path, config, split), `${path} matches ${loader.files}`).toBe(true);
    }
    const others = Object.keys(synthetic.otherFiles ?? {});
    expect(
      others.filter((path) => synthetic.files.some((file) => readsOf(loader, path, file.config, file.split))),
    ).toEqual([]);
  });

  it("gets from the dataset's files the rows that went into them", async () => {
    const directory = mkdtempSync(join(tmpdir(), "planstream-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const { snapshot, files } = writeDataset(directory, synthetic, { rows: FILE_ROWS, clean: true });
    const paths = files.filter((file) => file.rows > 0).map((file) => file.path);
    const columns = toColumns(loader.row);
    expect(await readDataset(loader, snapshot, paths)).toEqual(
      files.flatMap(({ rows, config, split }, file) => {
        const before = files.slice(0, file).reduce((sum, other) => sum + other.rows, 0);
        return Array.from({ length: rows }, (_, i) => {
          const row = makeRow(synthetic, { config: config!, split: split!, index: before + i }, { clean: true });
          return narrow(toDecodedRow(synthetic.format, row as SyntheticRow), columns);
        });
      }),
    );
  });

  it.each(synthetic.cases.map((one) => [one.name, one] as const))("gives what it must: %s", (_, one) => {
    expectCase(loader, one, toPlace(synthetic, one.at));
  });

  it(`makes a draft of each of ${ROWS} sound rows, the same each time, and leaves the row alone`, () => {
    for (let index = 0; index < ROWS; index++) {
      const { row, at } = decode(synthetic, index, true);
      const parsed = deepFreeze(loader.row.parse(row));
      const drafts = toDrafts(loader, parsed, at);
      expect(drafts, `row ${index}: ${JSON.stringify(row).slice(0, 400)}`).not.toEqual([]);
      drafts.forEach(expectDraft);
      expect(toDrafts(loader, structuredClone(parsed), at)).toEqual(drafts);
    }
  });

  it(`makes drafts of 90 % of ${ROWS} rows with odd ones among them, and gives reasons for the drops`, () => {
    let kept = 0;
    for (let index = 0; index < ROWS; index++) {
      const { row, at } = decode(synthetic, index, false);
      const parsed = loader.row.safeParse(row);
      if (parsed.success && outcomeOf(() => toDrafts(loader, deepFreeze(parsed.data), at).length) !== "nothing") kept++;
    }
    expect(kept).toBeGreaterThanOrEqual(0.9 * ROWS);
  });
});

async function importDefault<Value>(path: string): Promise<Value> {
  const module: { default?: Value } = await import(new URL(path, root).href);
  if (module.default === undefined) throw new Error(`${path} has no default export.`);
  return module.default;
}

function readsOf(loader: Loader, path: string, config: string, split: string): boolean {
  const globs = listGlobs(loader, config).map((glob) =>
    glob.replaceAll("{config}", config).replaceAll("{split}", split),
  );
  const shard = path.replace("{shard}", "00000").replace("{shards}", "00001");
  return globs.some((glob) => matchesGlob(shard, glob));
}

function toPlace({ files }: Synthetic, at: Partial<RowPlace> = {}): RowPlace {
  const [{ path, config, split }] = files as [Synthetic["files"][number]];
  return { config, split, file: path.replace("{shard}", "00000").replace("{shards}", "00001"), row: 0, ...at };
}

function decode(synthetic: Synthetic, index: number, clean: boolean): { row: unknown; at: RowPlace } {
  const { config, split, path } = synthetic.files[index % synthetic.files.length]!;
  const row = makeRow(synthetic, { config, split, index }, { clean });
  const at = toPlace(synthetic, { config, split, file: path, row: index });
  return { row: row instanceof RawText ? undefined : toDecodedRow(synthetic.format, row), at };
}

function expectCase(loader: Loader, one: SyntheticCase, at: RowPlace): void {
  const parsed = loader.row.safeParse(one.row);
  if ("invalid" in one) {
    expect(parsed.success, "the row schema accepts the row").toBe(false);
    expect(parsed.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n")).toMatch(
      one.invalid,
    );
    return;
  }
  if (!parsed.success) throw parsed.error;
  const make = () =>
    [loader.toDraft(deepFreeze(parsed.data), at)].flat().map((made) => asWritten(made as Draft | Drop));
  if ("throws" in one) expect(make).toThrow(one.throws);
  else if ("drop" in one) expect(make()).toSatisfy((all) => all.every(isDrop) && all[0].reason === one.drop);
  else expect(make()).toEqual("drafts" in one ? one.drafts : [one.draft]);
}

/** The drafts of a row; drops must have a proper reason. */
function toDrafts(loader: Loader, row: Record<string, unknown>, at: RowPlace): Draft[] {
  const outcomes = ([loader.toDraft(row, at)].flat() as (Draft | Drop)[]).map(asWritten);
  return outcomes.filter((outcome): outcome is Draft => {
    if (isDrop(outcome)) expect(outcome.reason).toMatch(SNAKE_CASE);
    return !isDrop(outcome);
  });
}

function expectDraft(draft: Draft): void {
  expect(draft.nodes.length).toBeGreaterThan(0);
  for (const { tool, arguments: values, result } of draft.nodes) {
    expect(tool).not.toBe("");
    expect(isJsonObject(values)).toBe(true);
    expectJson(values);
    if (result !== undefined) expectJson(result);
  }
  if (draft.extra) expectJson(draft.extra);
  for (const edge of typeof draft.edges === "object" ? draft.edges : []) {
    expect(edge.every((node) => Number.isInteger(node) && node >= 0 && node < draft.nodes.length)).toBe(true);
  }
}

function expectJson(value: unknown): void {
  expect(JSON.parse(JSON.stringify(value))).toStrictEqual(value);
}

/** "nothing" for no draft or a throw, else "something". */
function outcomeOf(count: () => number): "something" | "nothing" {
  try {
    return count() > 0 ? "something" : "nothing";
  } catch (error) {
    if (error instanceof Error && error.name !== "AssertionError") return "nothing";
    throw error;
  }
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
