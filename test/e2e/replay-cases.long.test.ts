import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Manifest } from "../../src/schema/manifest.ts";
import { startHubServer } from "../support/hub-server.ts";
import { toParquet, utf8 } from "../support/parquet-writer.ts";
import { type Ended, planstream, readManifest, toFingerprint } from "../support/planstream.ts";
import { copyProject } from "../support/project-copy.ts";
import { toLoader, toPlan } from "../support/replay-project.ts";
import { toLines, writeDatasetFiles } from "../support/small-project.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";

// Quarantines that are not just rows which fail: slices, files cut off, limits, repeats, loaders that were stopped.

const folder = createTemporaryFolder();
const hub = join(folder, "hub");
const project = join(folder, "project");
const [made, replayed, fresh] = ["made", "replayed", "fresh"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];

const PAD = "x".repeat(1_500);
const ask = (count: number, toAsk: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => ({ ask: toAsk(i) }));

/** Loaders that refuse what begins with "!", and later don't. */
const toPair = (name: string, files: string, more = "", refuse = `throw new Error("refused")`): [string, string] => {
  const make = (guard: string) =>
    toLoader(name, files, "ask: z.string()", `${guard} return ${toPlan("row.ask")};`, more);
  return [make(`if (row.ask.startsWith("!")) ${refuse};`), make("")];
};

const LOADERS: Readonly<Record<string, readonly [before: string, after: string]>> = {
  pages: toPair("pages", "rows.parquet"),
  stopped: toPair("stopped", "rows.jsonl"),
  small: toPair("small", "rows.jsonl"),
  torn: toPair("torn", "rows.json"),
  repeats: toPair("repeats", "rows.jsonl"),
  room: toPair("room", "rows.jsonl", "samplesMax: 8,"),
  full: toPair("full", "rows.jsonl", "samplesMax: 3,"),
  blank: toPair("blank", "rows.jsonl", "", "process.exit(4)"),
  talks: toPair("talks", "rows.jsonl", `conversationKey: () => "one talk",`),
};
const NAMES = Object.keys(LOADERS);

const tier1 = (output: string, ...more: string[]) =>
  planstream(
    ["tier1", "--hub", hub, "--output", output, "--loader", NAMES.map((name) => `quartz/${name}`).join(), ...more],
    { project },
  );
const replay = (output: string, ...more: string[]) =>
  planstream(["quarantine", "replay", output, "--hub", hub, ...more], { project });
const verify = (output: string) => planstream(["verify", output, "--source", "--hub", hub], { project });

const readLines = (output: string, inside: string, name: string): string[] =>
  readdirSync(join(output, inside))
    .filter((file) => file.replace(/[-.].*jsonl$/, "") === "quartz" && file.startsWith(`quartz-${name}`))
    .sort()
    .flatMap((file) =>
      readFileSync(join(output, inside, file), "utf8")
        .split("\n")
        .slice(0, -1),
    );
const readAsks = (output: string, name: string): unknown[] =>
  readLines(output, "parts", name).map((line) => JSON.parse(line).metadata.request);

// A column that nobody reads, so large that the file is not read whole: its hash can't tell of the damage first.
const pageRows = ask(300, (i) => `page ${i}`).map((row, i) => ({ ...row, wide: randomText(i) }));
const toPages = () =>
  toParquet({ ask: utf8(), wide: utf8() }, pageRows, { codec: "SNAPPY", dictionary: false, rowGroupRows: 100 });

/** 2,000 characters that can't be packed. */
function randomText(seed: number): string {
  const words = Array.from({ length: 32 }, (_, i) => createHash("sha256").update(`${seed} ${i}`).digest("hex"));
  return words.join("").slice(0, 2_000);
}

let pagesBlob: string;

function writeHub(): void {
  mkdirSync(hub);
  const corrupt = toPages();
  corrupt.fill(0xff, 40, 200); // a page of the first row group
  const jsonLines: Readonly<Record<string, readonly { ask: string }[]>> = {
    stopped: ask(4_000, (i) => `${i % 10 === 0 ? "!" : ""}stop ${i} ${PAD}`),
    small: ask(40, (i) => `${i < 10 ? "!" : ""}small ${i}`),
    repeats: [...ask(4, (i) => `repeat ${i}`), ...ask(2, () => "!again"), ...ask(60, (i) => `more ${i}`)],
    room: ask(10, (i) => `${i % 3 === 0 ? "!" : ""}room ${i}`),
    full: ask(10, (i) => `${i === 1 ? "!" : ""}full ${i}`),
    talks: ask(60, (i) => `${i === 30 ? "!" : ""}talk ${i}`),
  };
  // As a cache has it: the blob is named by its true content, whatever has become of it.
  const blob = createHash("sha256").update(toPages()).digest("hex");
  const { pages, snapshot } = {
    pages: join(hub, "datasets--replay--pages"),
    snapshot: "snapshots/cccccccccccccccccccccccccccccccccccccccc",
  };
  writeDatasetFiles(hub, "replay/pages", { "README.md": "" });
  mkdirSync(join(pages, "blobs"));
  pagesBlob = join(pages, "blobs", blob);
  writeFileSync(pagesBlob, corrupt);
  symlinkSync(`../../blobs/${blob}`, join(pages, snapshot, "rows.parquet"));
  for (const [name, rows] of Object.entries(jsonLines))
    writeDatasetFiles(hub, `replay/${name}`, { "rows.jsonl": toLines(rows) });
  // A blank line takes an index and is no row. The one row that ends its thread lies in the second of three slices.
  const blank = ask(3_600, (i) => `${i === 2_000 ? "!" : ""}blank ${i} ${PAD}`).map(
    (row, i) => `${i % 9 === 0 ? "\n" : ""}${JSON.stringify(row)}\n`,
  );
  writeDatasetFiles(hub, "replay/blank", { "rows.jsonl": blank.join("") });
  const [first, ...others] = ask(50, (i) => `${i === 1 ? "!" : ""}torn ${i}`).map((row) => JSON.stringify(row));
  const large = JSON.stringify({ ask: "large ".repeat(3_000_000) });
  writeDatasetFiles(hub, "replay/torn", {
    "rows.json": `[${[first, large, ...others].join(",\n")},\n{"ask":"the file ends he`,
  });
}

let was: Manifest;
let now: Manifest;
let ended: Ended;

beforeAll(async () => {
  writeHub();
  const files = NAMES.map((name) => [`loaders/quartz/${name}.ts`, LOADERS[name]?.[0] as string]);
  copyProject(project, Object.fromEntries(files), []);
  expect(await tier1(made)).toMatchObject({ code: 5 });
  was = readManifest(made);
  cpSync(made, replayed, { recursive: true });
  for (const name of NAMES)
    writeFileSync(join(project, "loaders", "quartz", `${name}.ts`), LOADERS[name]?.[1] as string);
  writeFileSync(pagesBlob, toPages());
  ended = await replay(replayed);
  expect(ended).toMatchObject({ code: 0 });
  now = readManifest(replayed);
  expect(await tier1(fresh)).toMatchObject({ code: 0 });
});

const statusOf = ({ loaders }: Manifest, name: string) => loaders[`quartz/${name}`];

test("a damaged row group is read again when its file is whole", () => {
  expect(statusOf(was, "pages")).toMatchObject({
    status: "failed",
    quarantined: { corrupt_row_group: 100 },
    samples: 200,
  });
  expect(statusOf(now, "pages")).toMatchObject({ status: "ok", quarantined: {}, samples: 300 });
  const [ofFresh, ofReplay] = [fresh, replayed].map((output) => readLines(output, "parts", "pages"));
  expect(ofReplay?.slice(200)).toEqual(ofFresh?.slice(0, 100));
});

test("--quarantine-max judges a small loader at its end, and again after a replay", () => {
  expect(statusOf(was, "small")).toMatchObject({ status: "failed", rows_read: 40, quarantined: { draft_failed: 10 } });
  expect(statusOf(was, "small")?.reason).toMatch(
    /10 of 40 rows \(25 %\) went to quarantine, most \(10\) for draft_failed; at most 5 % may\. First: Error: refused.*look at quarantine\/quartz-small\.jsonl/,
  );
  expect(statusOf(now, "small")).toMatchObject({ status: "ok", rows_read: 40, samples: 40, quarantined: {} });
  expect(statusOf(now, "small")).not.toHaveProperty("reason");
});

test("--quarantine-max stops a loader from the thousandth row on, and a replay says that the rest is missing", async () => {
  const stopped = statusOf(was, "stopped");
  expect(stopped?.status).toBe("failed");
  expect(stopped?.rows_read).toBeGreaterThanOrEqual(1_000);
  expect(stopped?.rows_read).toBeLessThan(4_000);
  const after = statusOf(now, "stopped");
  expect(after).toMatchObject({
    status: "failed",
    rows_read: stopped?.rows_read,
    samples: stopped?.rows_read,
    quarantined: {},
  });
  expect(after?.reason).toMatch(
    /it was stopped after \d+ rows, .* holds 0 of them now; the rows after those were not read/,
  );
  expect(ended.stdout).toContain(after?.reason as string);
  const updated = join(folder, "updated");
  cpSync(replayed, updated, { recursive: true });
  expect(await tier1(updated, "--update")).toMatchObject({ code: 0 });
  expect(toFingerprint(updated)).toEqual(toFingerprint(fresh));
});

test("rows that could not be cut out of their file fail again as in a fresh run", () => {
  expect(statusOf(was, "torn")?.quarantined).toEqual({ draft_failed: 1, row_too_large: 1, truncated_file: 1 });
  expect(statusOf(now, "torn")?.quarantined).toEqual({ row_too_large: 1, truncated_file: 1 });
  expect(readLines(replayed, "quarantine", "torn")).toEqual(readLines(fresh, "quarantine", "torn"));
});

test("a repeat of what is there, or of another replayed row, is dropped", () => {
  expect(statusOf(now, "repeats")).toMatchObject({ samples: 65, dropped: { duplicate: 1 }, quarantined: {} });
  expect(now.duplicates).toEqual({ "quartz/repeats": { "quartz/repeats": 1 } });
  expect(readAsks(replayed, "repeats").slice(-1)).toEqual(["!again"]);
});

test("a loader makes no more samples than it may", () => {
  expect(statusOf(was, "room")).toMatchObject({ samples: 6, quarantined: { draft_failed: 4 } });
  expect(statusOf(now, "room")).toMatchObject({ samples: 8, dropped: { over_target: 2 }, quarantined: {} });
  expect(readAsks(replayed, "room").slice(6)).toEqual(["!room 0", "!room 3"]);
  expect(statusOf(now, "full")).toEqual(statusOf(was, "full"));
  expect(ended.stderr).toContain("[quartz/full] has as many samples as it may have");
});

test("a row that ended its thread is found again, blank lines and all", () => {
  expect(statusOf(was, "blank")).toMatchObject({ rows_read: 3_600, samples: 3_599, quarantined: { worker_died: 1 } });
  expect(statusOf(now, "blank")).toMatchObject({ status: "ok", rows_read: 3_600, samples: 3_600, quarantined: {} });
  const lines = readLines(replayed, "parts", "blank");
  expect(lines.at(-1)).toContain("!blank 2000 ");
  expect(lines.toSorted()).toEqual(readLines(fresh, "parts", "blank").toSorted());
});

test("a replayed row of a conversation stands for itself", () => {
  expect(statusOf(was, "talks")).toMatchObject({ samples: 1, dropped: { repeated_prefix: 58 } });
  expect(readAsks(replayed, "talks")).toEqual(["talk 59", "!talk 30"]);
});

test("all of it is verified, against the source too", async () => {
  expect(now.totals.rows_read + now.totals.added).toBe(
    now.totals.samples + now.totals.dropped + now.totals.quarantined,
  );
  const verified = await verify(replayed);
  expect(verified.stdout).toContain("all hashes match, and so do the rows in the source");
  expect(verified.code).toBe(0);
});

test("a file that is not the one that was read is refused", async () => {
  const output = join(folder, "other-file");
  cpSync(replayed, output, { recursive: true });
  const [before, path] = [
    toFingerprint(output),
    "datasets--replay--torn/snapshots/cccccccccccccccccccccccccccccccccccccccc/rows.json",
  ];
  const text = readFileSync(join(hub, path));
  writeFileSync(join(hub, path), text.fill("y", 3, 4));
  const refused = await replay(output, "--loader", "quartz/torn");
  expect(refused.code).toBe(5);
  expect(refused.stdout).toMatch(
    /\[quartz\/torn\] left as it was, .*rows\.json of replay\/torn at cccccccccccc has the sha256 .*not the file that was read/,
  );
  expect(toFingerprint(output)).toEqual(before);
});

test("a loader that went on after a replay has two files, which are counted and replayed together", async () => {
  const files = ["a", "b"].map((name) => [
    `${name}.jsonl`,
    toLines(ask(50, (i) => `${i % 25 === 3 ? "!" : ""}${name} ${i}`)),
  ]);
  writeDatasetFiles(hub, "replay/later", Object.fromEntries(files));
  const file = join(project, "loaders", "quartz", "later.ts");
  const [before, mended] = toPair("later", "*.jsonl");
  const halfMended = before.replace('startsWith("!")', 'startsWith("!b")');
  let isGone = true;
  const server = await startHubServer(hub, {
    intercept: ({ url }) =>
      isGone && url.includes("b.jsonl") && url.includes("/resolve/")
        ? { status: 404, headers: { "x-error-code": "EntryNotFound" } }
        : undefined,
  });
  try {
    const output = join(folder, "later");
    const args = ["--hub", server.url];
    const start = () => planstream(["tier1", ...args, "--output", output, "--loader", "quartz/later"], { project });
    const replayLater = () => planstream(["quarantine", "replay", output, ...args], { project });
    writeFileSync(file, before);
    expect(await start()).toMatchObject({ code: 5 });
    expect(readManifest(output).loaders["quartz/later"]).toMatchObject({
      status: "failed",
      rows_read: 50,
      samples: 48,
    });
    writeFileSync(file, halfMended);
    expect(await replayLater()).toMatchObject({ code: 0 });
    expect(readManifest(output).loaders["quartz/later"]).toMatchObject({
      status: "failed",
      rows_read: 50,
      samples: 50,
    });
    // With other code than it is pinned to, it would begin anew.
    writeFileSync(file, before);
    isGone = false;
    expect(await start()).toMatchObject({ code: 0 });
    expect(readManifest(output).loaders["quartz/later"]).toMatchObject({ status: "ok", rows_read: 100, samples: 98 });
    expect(await planstream(["verify", output, "--source", ...args], { project })).toMatchObject({ code: 0 });
    writeFileSync(file, mended);
    expect(await replayLater()).toMatchObject({ code: 0 });
    expect(readAsks(output, "later").slice(-2)).toEqual(["!b 3", "!b 28"]);
    expect(readManifest(output).loaders["quartz/later"]?.replayed?.map(({ samples_before }) => samples_before)).toEqual(
      [48, 98],
    );
    expect(await planstream(["verify", output, "--source", ...args], { project })).toMatchObject({ code: 0 });
  } finally {
    await server.close();
  }
});
