import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createFindings } from "../../src/run/verify/findings.ts";
import { checkPart, createPartsSum, createSampleCheck } from "../../src/run/verify/part.ts";
import { checkSample, toSampleFacts } from "../../src/run/verify/sample.ts";
import { toProvenanceHash } from "../../src/schema/provenance.ts";
import type { Sample, Source } from "../../src/schema/sample.ts";

const REVISION = "0123456789abcdef0123456789abcdef01234567";
const [SHA_A, SHA_B] = ["a".repeat(64), "b".repeat(64)];

/** Two files of one split, and one of another. */
const FACTS = toSampleFacts(
  {
    loader: "quartz/tools",
    dataset: "owner/tools",
    revision: REVISION,
    code_sha256: SHA_A,
    files: [
      { path: "a.jsonl", config: "default", split: "train", size: 1, rows: 9 },
      { path: "b.jsonl", config: "default", split: "train", size: 1, rows: 9 },
      { path: "a.jsonl", config: "default", split: "extra", size: 1, rows: 9 },
    ],
  },
  new Set(["function_calling"]),
);

function makeSample(
  original_id: string,
  place: Pick<Source, "split" | "file" | "row">,
  change: Partial<Sample> = {},
): Sample {
  const source: Source = { dataset: "owner/tools", revision: REVISION, config: "default", ...place, row_sha256: SHA_B };
  const nodes = ["search", "book"].map((tool_name, index): Sample["execution_plan"]["nodes"][number] => ({
    node_id: `${original_id}:n${index}`,
    tool_name,
    arguments: { limit: index + 1 },
    provenance_tier: 1,
    provenance_hash: toProvenanceHash(source, { index, tool_name, arguments: { limit: index + 1 } }),
    scope_volume: 1,
    scope_sensitivity: 1,
  }));
  const sample: Sample = {
    execution_plan: { nodes, edges: [] },
    label: "benign",
    original_id,
    category: "function_calling",
    metadata: { track: "quartz", loader: "tools", edges: "none", source: { ...orderSource(source) } },
  };
  return { ...sample, ...change };
}

/** Members in the order in which a sample has them. */
function orderSource({ dataset, revision, config, split, file, row, row_sha256 }: Source): Source {
  return { dataset, revision, config, split, file, row, row_sha256 };
}

function problemsOf(sample: Sample): readonly string[] {
  return checkSample(Buffer.from(JSON.stringify(sample)), FACTS).problems;
}

it("knows the ids of rows by the number of files in their split", () => {
  const keyOf = (sample: Sample) => checkSample(Buffer.from(JSON.stringify(sample)), FACTS).key;
  expect(keyOf(makeSample("tools:default/train:0/7", { split: "train", file: "a.jsonl", row: 7 }))).toEqual({
    file: 0,
    row: 7,
    draft: undefined,
  });
  expect(keyOf(makeSample("tools:default/train:1/7#2", { split: "train", file: "b.jsonl", row: 7 }))).toEqual({
    file: 1,
    row: 7,
    draft: 2,
  });
  expect(keyOf(makeSample("tools:default/extra:7", { split: "extra", file: "a.jsonl", row: 7 }))).toEqual({
    file: 2,
    row: 7,
    draft: undefined,
  });
});

it.each([
  "tools:default/train:0/8",
  "tools:default/train:1/7",
  "tools:default/train:0/7#",
  "tools:default/train:0/7#01",
  "tools:default/train:0/70",
])("refuses the id %s for row 7 of the first file", (id) => {
  expect(problemsOf(makeSample(id, { split: "train", file: "a.jsonl", row: 7 }))).toEqual([
    `original_id is "${id}"; its source makes it "tools:default/train:0/7"`,
  ]);
});

it("names what a sample and its loader disagree in", () => {
  const place = { split: "train", file: "a.jsonl", row: 7 };
  const id = "tools:default/train:0/7";
  const { metadata, execution_plan } = makeSample(id, place);
  const edge: [string, string] = [`${id}:n0`, `${id}:n1`];
  expect(problemsOf(makeSample(id, place))).toEqual([]);
  expect(problemsOf(makeSample(id, place, { category: "chat" }))).toEqual([
    'category is "chat"; the loader\'s is "function_calling"',
  ]);
  expect(problemsOf(makeSample(id, place, { metadata: { ...metadata, track: "opal" } }))).toEqual([
    'metadata.track and metadata.loader say "opal/tools"; the part is of "quartz/tools"',
  ]);
  expect(problemsOf(makeSample(id, place, { execution_plan: { ...execution_plan, edges: [edge] } }))).toEqual([
    'metadata.edges is "none", but the plan has 1 edges',
  ]);
  const doubled = {
    execution_plan: { ...execution_plan, edges: [edge, edge] },
    metadata: { ...metadata, edges: "data" as const },
  };
  expect(problemsOf(makeSample(id, place, doubled))).toEqual(["an edge stands twice in the plan"]);
});

it("finds a line that says the same in another way", () => {
  const sample = makeSample("tools:default/extra:7", { split: "extra", file: "a.jsonl", row: 7 });
  const text = JSON.stringify(sample);
  const check = (line: string) => checkSample(Buffer.from(line), FACTS).problems;
  expect(check(text)).toEqual([]);
  expect(check(text.replace(":", ": "))).toEqual([
    'not the text that planstream writes: byte 18 differs: found 0x20, expected "{"',
  ]);
  expect(check(text.replace("function_calling", "function\\u005fcalling"))).toHaveLength(1);
  expect(check(text.replace('"label":"benign",', "").replace("{", '{"label":"benign",'))).toHaveLength(1);
});

it("lets the drafts of a row rise, and nothing come twice", async () => {
  const directory = mkdtempSync(join(tmpdir(), "planstream-part-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, "parts"));
  const path = "parts/quartz-tools-00000.jsonl";
  const ids = ["7#0", "7#2", "7#1", "8", "8#0", "9"];
  const lines = ids.map((id) =>
    JSON.stringify(
      makeSample(`tools:default/extra:${id}`, { split: "extra", file: "a.jsonl", row: Number(id.split("#")[0]) }),
    ),
  );
  const text = lines.map((line) => `${line}\n`).join("");
  writeFileSync(join(directory, path), text);
  const findings = createFindings();
  const sum = createPartsSum();
  await checkPart(
    directory,
    { path, samples: 6, bytes: text.length, sha256: SHA_A },
    createSampleCheck(FACTS, sum.order),
    [],
    sum,
    findings,
  );
  const misplaced = findings.list(20).filter(({ line }) => line !== undefined);
  expect(misplaced.map(({ line, what }) => [line, what])).toEqual([
    [3, "its row has given this sample, or a later one, before"],
    [5, "its row has given this sample, or a later one, before"],
  ]);
  expect(sum).toMatchObject({
    nodes: 12,
    tally: { samples: 6 },
    distributions: { tools: { search: 6, book: 6 } },
    isWhole: true,
  });
});
