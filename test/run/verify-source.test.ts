import { hash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openDirectoryHub } from "../../src/hub/directory-hub.ts";
import { toManifestText } from "../../src/run/manifest.ts";
import { verifyFolder } from "../../src/run/verify/verify-folder.ts";
import type { JournalEvent } from "../../src/schema/journal.ts";
import type { Manifest } from "../../src/schema/manifest.ts";
import { toProvenanceHash } from "../../src/schema/provenance.ts";
import type { Sample } from "../../src/schema/sample.ts";
import { openJournal, readJournal } from "../../src/sink/journal.ts";
import { copyOf, editLines, makeRun, ROOT, type RunFixture } from "./verify-fixture.ts";

let made: RunFixture;
beforeAll(async () => {
  made = await makeRun();
});
afterAll(() => made?.remove());

const MOBILE = "parts/quartz-mobile-actions-00000.jsonl";
const XLAM = "parts/quartz-xlam-00000.jsonl";

function verifyAgainst({ hub = made.hub, folder = made.folder, root = ROOT } = {}) {
  return verifyFolder({ directory: folder, source: { root, hub: openDirectoryHub(hub), workers: 1 } });
}

/** A copy of the hub, and the place of mobile-actions' rows in it. */
function copyHub(): { hub: string; rows: string } {
  const hub = copyOf(made.hub);
  const { snapshot, files } = made.mobileActions;
  const rows = files.find((file) => file.rows > 0);
  return { hub, rows: join(hub, snapshot.slice(made.hub.length), rows?.path ?? "") };
}

function readSamples(folder: string, path: string): Sample[] {
  const lines = readFileSync(join(folder, path), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}

describe("verify --source", () => {
  it("passes where the source is what it was", async () => {
    const report = await verifyAgainst();
    expect(report).toMatchObject({ ok: true, findingsCount: 0, unchecked: [], notes: [] });
    expect(report.samples).toBe(made.manifest.totals.samples);
  });

  it("names the sample whose row was changed, with both hashes, and the file", async () => {
    const { hub, rows } = copyHub();
    const { original_id, metadata } = readSamples(made.folder, MOBILE)[7] as Sample;
    const { row, row_sha256, file } = metadata.source;
    editLines(rows, (lines) => lines.map((line, i) => (i === row ? line.replace(/"content": ?"/, "$&!") : line)));
    const { ok, findings, unchecked } = await verifyAgainst({ hub });
    expect(ok).toBe(false);
    expect(unchecked).toEqual([]);
    const ofRows = findings.filter((finding) => finding.file === MOBILE);
    expect(ofRows).toEqual([
      {
        file: MOBILE,
        line: 8,
        id: original_id,
        what: expect.stringContaining(`row_sha256 is ${row_sha256}; row ${row} of ${file} in the source gives `),
      },
    ]);
    const ofFile = findings.filter((finding) => finding.file === "manifest.json").map(({ what }) => what);
    expect(ofFile).toEqual([
      expect.stringMatching(/ bytes in the source; the manifest says /),
      expect.stringMatching(/ has the sha256 /),
    ]);
  });

  it("finds samples whose rows are gone from the source, or can't be decoded any more", async () => {
    const { hub, rows } = copyHub();
    const samples = readSamples(made.folder, MOBILE);
    const [broken, last] = [samples[2] as Sample, samples.at(-1) as Sample];
    const lastRow = last.metadata.source.row;
    editLines(rows, (lines) =>
      lines.slice(0, lastRow).map((line, i) => (i === broken.metadata.source.row ? "{" : line)),
    );
    const { findings } = await verifyAgainst({ hub });
    const { file } = last.metadata.source;
    expect(findings.filter((finding) => finding.file === MOBILE)).toEqual([
      {
        file: MOBILE,
        line: 3,
        id: broken.original_id,
        what: `its row ${broken.metadata.source.row} of ${file} can't be decoded in the source`,
      },
      {
        file: MOBILE,
        line: samples.length,
        id: last.original_id,
        what: `its row ${lastRow} of ${file} is not in the source, which ends before it`,
      },
    ]);
  });

  it("finds every sample of a file that is gone, and checks the others", async () => {
    const { hub, rows } = copyHub();
    rmSync(rows);
    const { findingsCount, findings, unchecked } = await verifyAgainst({ hub });
    expect(unchecked).toEqual([]);
    expect(findingsCount).toBe(readSamples(made.folder, MOBILE).length + 1);
    expect(findings[0]?.what).toMatch(/is not in the source$/);
  });

  it("says which source can't be reached, and checks the others", async () => {
    const { hub, rows } = copyHub();
    rmSync(join(hub, "datasets--openai--gsm8k"), { recursive: true });
    editLines(rows, (lines) => lines.map((line, i) => (i === 0 ? line.replace(/"content": ?"/, "$&!") : line)));
    const { ok, unchecked, findings } = await verifyAgainst({ hub });
    expect(ok).toBe(false);
    expect(unchecked).toEqual([{ loader: "jasper/gsm8k", reason: expect.stringContaining("openai/gsm8k") }]);
    expect(findings.some(({ file }) => file === MOBILE)).toBe(true);
  });

  it("finds a forgery that the folder alone can't show: every hash in it recomputed", async () => {
    const folder = copyOf(made.folder);
    const forged = await forgeRow(folder, 3);
    expect((await verifyFolder({ directory: folder })).ok).toBe(true);
    const { findings } = await verifyAgainst({ folder });
    expect(findings).toEqual([
      {
        file: XLAM,
        line: 4,
        id: forged.original_id,
        what: expect.stringContaining(`row_sha256 is ${forged.metadata.source.row_sha256};`),
      },
    ]);
  });
});

describe("loaders that are not what they were", () => {
  it("notes changed code that reads the same columns", async () => {
    const root = copyRoot();
    editLoader(root, (text) => `${text}\n// changed\n`);
    const { ok, notes } = await verifyAgainst({ root });
    expect(ok).toBe(true);
    expect(notes).toEqual([expect.stringContaining("the code of quartz/xlam has changed since")]);
  });

  it("compares by the columns of then where a loader reads others now", async () => {
    const root = copyRoot();
    editLoader(root, (text) => text.replace("row: z.object({", "row: z.object({ more: z.string().optional(),"));
    const { ok, notes, unchecked } = await verifyAgainst({ root });
    expect([ok, unchecked]).toEqual([true, []]);
    expect(notes).toEqual([expect.stringMatching(/quartz\/xlam has changed since\. It reads other columns now/)]);
  });

  it("can't check a loader whose columns can't be told from their paths, or that is gone", async () => {
    const root = copyRoot();
    editLoader(root, (text) => text.replace("row: z.object({", 'row: z.object({ "more.of": z.string().optional(),'));
    rmSync(join(root, "loaders/jasper/gsm8k.ts"));
    const { ok, unchecked, findings } = await verifyAgainst({ root });
    expect(ok).toBe(false);
    expect(findings).toEqual([]);
    expect(unchecked).toEqual([
      { loader: "jasper/gsm8k", reason: expect.stringContaining("no such loader") },
      { loader: "quartz/xlam", reason: expect.stringMatching(/reads other columns now \(.*more.*\) than then/) },
    ]);
  });
});

/** A project whose loaders a test may change: copies of the plug-ins, and links to what they import. */
function copyRoot(): string {
  const root = mkdtempSync(join(tmpdir(), "planstream-root-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const folder of ["loaders", "tracks", "transforms"])
    cpSync(join(ROOT, folder), join(root, folder), { recursive: true });
  for (const folder of ["src", "node_modules"]) symlinkSync(join(ROOT, folder), join(root, folder));
  mkdirSync(join(root, "data"));
  writeFileSync(join(root, "package.json"), '{"type":"module","imports":{"#contract":"./src/contract/index.ts"}}');
  return root;
}

function editLoader(root: string, edit: (text: string) => string): void {
  const path = join(root, "loaders/quartz/xlam.ts");
  const text = readFileSync(path, "utf8");
  const edited = edit(text);
  expect(edited).not.toBe(text);
  writeFileSync(path, edited);
}

/** Gives a sample of xlam another row hash and makes the whole folder agree with it. */
async function forgeRow(folder: string, index: number): Promise<Sample> {
  const samples = readSamples(folder, XLAM);
  const forged = samples[index] as Sample;
  const { source } = forged.metadata;
  source.row_sha256 = hash("sha256", "another row", "hex");
  for (const [place, node] of forged.execution_plan.nodes.entries()) {
    const { tool_name } = node;
    node.provenance_hash = toProvenanceHash(source, { index: place, tool_name, arguments: node.arguments });
  }
  const part = samples.map((sample) => `${JSON.stringify(sample)}\n`).join("");
  writeFileSync(join(folder, XLAM), part);
  const sha256 = hash("sha256", part, "hex");
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  for (const stated of manifest.parts) if (stated.path === XLAM) stated.sha256 = sha256;
  const manifestText = toManifestText(manifest);
  writeFileSync(join(folder, "manifest.json"), manifestText);
  await rewriteJournal(folder, (event) => {
    if (event.event === "finished") return { ...event, manifest_sha256: hash("sha256", manifestText, "hex") };
    const isPart = event.event === "slice" && event.part?.path === XLAM;
    return isPart ? { ...event, part: { ...event.part, sha256 } as typeof event.part } : event;
  });
  return forged;
}

async function rewriteJournal(folder: string, change: (event: JournalEvent) => JournalEvent): Promise<void> {
  const path = join(folder, ".run/journal.jsonl");
  const { events } = await readJournal(path);
  rmSync(path);
  const journal = await openJournal(path);
  await journal.append(events.map(change));
  await journal.close();
}
