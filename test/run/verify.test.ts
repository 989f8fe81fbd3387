import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DefinitionError } from "../../src/contract/index.ts";
import { verifyFolder } from "../../src/run/verify/verify-folder.ts";
import { openJournal } from "../../src/sink/journal.ts";
import { copyOf, editLines, makeRun, type RunFixture } from "./verify-fixture.ts";

let made: RunFixture;
beforeAll(async () => {
  made = await makeRun();
});
afterAll(() => made?.remove());

const XLAM = "parts/quartz-xlam-00000.jsonl";
const GSM8K = "parts/jasper-gsm8k-00000.jsonl";
const JOURNAL = ".run/journal.jsonl";

/** Verifies a copy of the run folder after `change`. */
async function verifyChanged(change: (folder: string) => void | Promise<void>) {
  const folder = copyOf(made.folder);
  await change(folder);
  return verifyFolder({ directory: folder });
}

describe("an untouched folder", () => {
  it("is verified, with the numbers it has", async () => {
    const lines = made.manifest.parts.flatMap(({ path }) =>
      readFileSync(join(made.folder, path), "utf8").trimEnd().split("\n"),
    );
    const nodes = lines.reduce((sum, line) => sum + JSON.parse(line).execution_plan.nodes.length, 0);
    expect(lines.length).toBeGreaterThan(100);
    expect(made.manifest.totals.quarantined).toBeGreaterThan(0);
    expect(await verifyFolder({ directory: made.folder })).toEqual({
      ok: true,
      tier: "tier1",
      samples: lines.length,
      nodes,
      mutations: 0,
      parts: 3,
      findings: [],
      findingsCount: 0,
      unchecked: [],
      notes: [],
    });
  });

  it("may be a copy without .run, which is noted, and is checked against its manifest", async () => {
    const [copy, changed] = await Promise.all([
      verifyChanged((folder) => rmSync(join(folder, ".run"), { recursive: true })),
      verifyChanged((folder) => {
        rmSync(join(folder, ".run"), { recursive: true });
        appendFileSync(join(folder, XLAM), " ");
      }),
    ]);
    expect(copy).toMatchObject({ ok: true, parts: 3, findings: [] });
    expect(copy.notes).toEqual([expect.stringContaining(".run is not there, as in a copy")]);
    expect(changed.findings.map(({ file }) => file)).toContain(XLAM);
    const lost = await verifyChanged((folder) => rmSync(join(folder, JOURNAL)));
    expect(lost.findings).toEqual([{ file: JOURNAL, what: "it is gone" }]);
  });

  it("may hold other files, which are noted", async () => {
    const report = await verifyChanged((folder) => {
      writeFileSync(join(folder, "notes.txt"), "mine");
    });
    expect(report.ok).toBe(true);
    expect(report.notes).toEqual(["notes.txt is not planstream's and was not checked"]);
  });

  it("stays verified while a later run is under way", async () => {
    const report = await verifyChanged(async (folder) => {
      const journal = await openJournal(join(folder, JOURNAL));
      await journal.append([{ event: "retry", loader: "quartz/xlam" }]);
      await journal.close();
    });
    expect(report.ok).toBe(true);
    expect(report.notes).toEqual([expect.stringContaining("a later run has begun")]);
  });
});

describe("one flipped bit", () => {
  const files = [
    ["manifest.json"],
    ["README.md"],
    ["report.html"],
    ["run.json"],
    [JOURNAL],
    [XLAM],
    [GSM8K],
    ["parts/quartz-mobile-actions-00000.jsonl"],
    ["quarantine/quartz-xlam.jsonl"],
  ];

  it.each(files)("in %s is found, wherever it is, and the file is named", async (file) => {
    const folder = copyOf(made.folder);
    const path = join(folder, file);
    const whole = readFileSync(path);
    const place = fc.record({ at: fc.nat(whole.length - 1), bit: fc.nat(7) });
    const ends = [0, whole.length - 1].flatMap((at) =>
      [0, 3, 7].map((bit): [{ at: number; bit: number }] => [{ at, bit }]),
    );
    const flipped = fc.asyncProperty(place, async ({ at, bit }) => {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] as number) ^ (1 << bit);
      writeFileSync(path, bytes);
      const { ok, findings } = await verifyFolder({ directory: folder });
      expect(ok).toBe(false);
      expect(findings.map((finding) => finding.file)).toContain(file);
      // A changed manifest may hold another hash of the card or the report, and a changed part other sums.
      const others = findings.filter((finding) => finding.file !== file).map((finding) => finding.file);
      expect([[], ["README.md"], ["report.html"], others.map(() => "parts")]).toContainEqual(others);
    });
    await fc.assert(flipped, { seed: 20251, numRuns: 25, examples: ends });
    writeFileSync(path, whole);
    expect((await verifyFolder({ directory: folder })).ok).toBe(true);
  });
});

describe("what is said of a change", () => {
  it("names part, line, sample and both hashes for a changed argument", async () => {
    const report = await verifyChanged((folder) => {
      editLines(join(folder, XLAM), (lines) => lines.map((line, i) => (i === 4 ? changeFirstTool(line) : line)));
    });
    const sample = JSON.parse(readFileSync(join(made.folder, XLAM), "utf8").split("\n")[4] as string);
    const [node] = sample.execution_plan.nodes;
    const [first] = report.findings;
    expect(first).toMatchObject({ file: XLAM, line: 5, id: sample.original_id });
    expect(first?.what).toMatch(
      new RegExp(
        `^nodes\\[0\\]\\.provenance_hash is ${node.provenance_hash}, but its source, tool and arguments give [0-9a-f]{64}$`,
      ),
    );
  });

  it("narrows a change that no hash of a sample covers down to the slice it is in", async () => {
    const [first, second] = marksOf("jasper/gsm8k");
    const report = await verifyChanged((folder) => {
      editLines(join(folder, GSM8K), (lines) =>
        lines.map((line, i) => (i === first.lines + 1 ? line.replace('"request":"', '"request":"X') : line)),
      );
    });
    expect(report.findings).toHaveLength(2);
    expect(report.findings[1]?.what).toContain(
      `the first change is in lines ${first.lines + 1} to ${second.lines}, bytes ${first.bytes} to ${second.bytes}`,
    );
  });

  it("names the counts that a valid but different tier changes", async () => {
    const report = await verifyChanged((folder) => {
      editLines(join(folder, XLAM), ([line = "", ...rest]) => [
        line.replace(/"provenance_tier":\d/, (text) =>
          text.endsWith("1") ? '"provenance_tier":2' : '"provenance_tier":1',
        ),
        ...rest,
      ]);
    });
    expect(report.findings.map(({ file }) => file)).toEqual([XLAM, ...Array(4).fill("parts")]);
    expect(report.findings[1]?.what).toMatch(/^distributions of the parts\.provenance_tier\.\d is \d+, expected \d+$/);
  });

  it("blames a changed manifest, and not the parts that it misstates", async () => {
    const report = await verifyChanged((folder) =>
      editManifest(folder, (text) => text.replace(/"samples": \d+/, '"samples": 1')),
    );
    expect(new Set(report.findings.map(({ file }) => file))).toEqual(new Set(["manifest.json"]));
    expect(report.findings.map(({ what }) => what)).toContain(
      `totals.samples is 1; the loaders add up to ${made.manifest.totals.samples}`,
    );
  });

  it("finds white space added to the manifest", async () => {
    const report = await verifyChanged((folder) => editManifest(folder, (text) => `${text}\n`));
    const { length } = readFileSync(join(made.folder, "manifest.json"));
    expect(report.findings[0]?.what).toBe(`it was changed: byte ${length} differs: found 0x0a, expected the end`);
  });

  it("counts all findings and names some of every file", async () => {
    const folder = copyOf(made.folder);
    for (const file of [XLAM, GSM8K]) editLines(join(folder, file), (lines) => lines.map(changeFirstTool));
    const report = await verifyFolder({ directory: folder, findingsMax: 6 });
    const perFile = made.manifest.parts.filter(({ path }) => path === XLAM || path === GSM8K);
    expect(report.findingsCount).toBeGreaterThan(perFile.reduce((sum, { samples }) => sum + samples, 0));
    expect(report.findings.map(({ file }) => file)).toEqual([GSM8K, GSM8K, XLAM, XLAM, "parts", "parts"]);
  });
});

describe("lines and files", () => {
  const cases: [string, (folder: string) => void, string, RegExp][] = [
    ["a part is deleted", (folder) => rmSync(join(folder, XLAM)), XLAM, /^it is gone$/],
    [
      "a part is added",
      (folder) => writeFileSync(join(folder, "parts", "quartz-xlam-00001.jsonl"), ""),
      "parts/quartz-xlam-00001.jsonl",
      /^it is not among the outputs of the run$/,
    ],
    [
      "a quarantine file is deleted",
      (folder) => rmSync(join(folder, "quarantine/quartz-xlam.jsonl")),
      "quarantine/quartz-xlam.jsonl",
      /^it is gone$/,
    ],
    [
      "a line is written twice",
      (folder) =>
        editLines(join(folder, XLAM), (lines) => [...lines.slice(0, 3), lines[2] as string, ...lines.slice(3)]),
      XLAM,
      /^its row has given this sample, or a later one, before$/,
    ],
    [
      "two lines change places",
      (folder) => editLines(join(folder, XLAM), ([a = "", b = "", ...rest]) => [b, a, ...rest]),
      XLAM,
      /^row 0 stands after row 1 of the same file$/,
    ],
    [
      "lines of two source files change places",
      (folder) =>
        editLines(join(folder, GSM8K), (lines) => [lines.at(-1) as string, ...lines.slice(1, -1), lines[0] as string]),
      GSM8K,
      /^it stands after samples of a later file of its source$/,
    ],
    [
      "the last line is cut",
      (folder) => editLines(join(folder, XLAM), (lines) => lines.slice(0, -1)),
      XLAM,
      /^it has \d+ line ends, expected \d+$/,
    ],
    ["the last line end is cut", (folder) => cutBytes(join(folder, XLAM), 1), XLAM, /^it has \d+ bytes, expected \d+$/],
    [
      "a line is empty",
      (folder) => appendFileSync(join(folder, XLAM), "\n"),
      XLAM,
      /^not one JSON value \(character 0: found the end, expected a value\)$/,
    ],
    ["the card is deleted", (folder) => rmSync(join(folder, "README.md")), "README.md", /^it is gone$/],
    ["run.json is deleted", (folder) => rmSync(join(folder, "run.json")), "run.json", /^it is gone$/],
    [
      "the manifest is deleted",
      (folder) => rmSync(join(folder, "manifest.json")),
      "manifest.json",
      /^it is gone, but the run had finished$/,
    ],
    ["the journal is deleted", (folder) => rmSync(join(folder, JOURNAL)), JOURNAL, /^it is gone$/],
    [
      "the journal's last line is cut",
      (folder) => editLines(join(folder, JOURNAL), (lines) => lines.slice(0, -1)),
      JOURNAL,
      /its end is missing/,
    ],
    ["the journal's last byte is cut", (folder) => cutBytes(join(folder, JOURNAL), 1), JOURNAL, /are not a whole line/],
    [
      "a line of the journal is cut",
      (folder) => editLines(join(folder, JOURNAL), (lines) => lines.toSpliced(3, 1)),
      JOURNAL,
      /^its check does not match$/,
    ],
  ];

  it.each(cases)("%s: found", async (_, change, file, what) => {
    const { ok, findings } = await verifyChanged(change);
    expect(ok).toBe(false);
    expect(findings).toContainEqual(expect.objectContaining({ file, what: expect.stringMatching(what) }));
  });

  it("a tool is renamed to __proto__: counted as the name it is", async () => {
    const { findings } = await verifyChanged((folder) => {
      editLines(join(folder, XLAM), ([line = "", ...rest]) => [
        line.replace(/"tool_name":"[^"]*"/, '"tool_name":"__proto__"'),
        ...rest,
      ]);
    });
    expect(findings.map(({ what }) => what)).toContain(
      "distributions of the parts.tools.__proto__ is 1, expected missing",
    );
  });

  it("a line is nested deeper than the stack: found", async () => {
    const deep = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
    const { findings } = await verifyChanged((folder) => {
      for (const file of [XLAM, "quarantine/quartz-xlam.jsonl"]) {
        editLines(join(folder, file), ([line = "", ...rest]) => [
          line
            .replace('"arguments":{', `"arguments":{"deep":${deep},`)
            .replace(/"raw":{.*}}$/, `"raw":{"json":${deep}}}`),
          ...rest,
        ]);
      }
    });
    const deepOnes = findings.filter(({ what }) => what.startsWith("can't be checked: "));
    expect(deepOnes.map(({ file, line }) => `${file} ${line}`)).toEqual([
      `${XLAM} 1`,
      "quarantine/quartz-xlam.jsonl 1",
    ]);
  });
});

describe("a folder without a finished run", () => {
  it("is refused", async () => {
    const elsewhere = copyOf(join(made.folder, "parts"));
    await expect(verifyFolder({ directory: elsewhere })).rejects.toThrow(DefinitionError);
    await expect(verifyFolder({ directory: elsewhere })).rejects.toThrow("is not a run folder");
    await expect(verifyFolder({ directory: join(elsewhere, "nowhere") })).rejects.toThrow("is not a run folder");
    const stopped = copyOf(made.folder);
    rmSync(join(stopped, "manifest.json"));
    editLines(join(stopped, JOURNAL), (lines) => lines.slice(0, -1));
    await expect(verifyFolder({ directory: stopped })).rejects.toThrow(DefinitionError);
    await expect(verifyFolder({ directory: stopped })).rejects.toThrow("hasn't finished");
  });
});

function changeFirstTool(line: string): string {
  return line.replace(/"tool_name":"[^"]*"/, '"tool_name":"other_tool"');
}

function editManifest(folder: string, edit: (text: string) => string): void {
  const path = join(folder, "manifest.json");
  writeFileSync(path, edit(readFileSync(path, "utf8")));
}

function cutBytes(path: string, bytes: number): void {
  truncateSync(path, readFileSync(path).length - bytes);
}

/** What the journal says a loader's part amounted to after its first and second slice. */
function marksOf(loader: string): [{ lines: number; bytes: number }, { lines: number; bytes: number }] {
  const events = readFileSync(join(made.folder, JOURNAL), "utf8").trimEnd().split("\n");
  const marks = events.map((line) => JSON.parse(line)).filter((event) => event.loader === loader && event.part);
  expect(marks.length).toBeGreaterThan(1);
  return [marks[0].part, marks[1].part];
}
