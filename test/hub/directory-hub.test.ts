import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openFile } from "../../src/formats/open-file.ts";
import { openHub } from "../../src/hub/open-hub.ts";
import { startHubServer } from "../support/hub-server.ts";
import {
  COMMIT,
  CONTENT,
  DATASET,
  failureOf,
  gitOid,
  makeBytes,
  makeCache,
  sha256,
  toFolder,
  writeFile,
} from "./hub-fixture.ts";

const OTHER_COMMIT = "fedcba9876543210fedcba9876543210fedcba98";

function makeHub() {
  const directory = makeCache();
  const folder = toFolder(directory, DATASET);
  return { directory, folder, snapshot: join(folder, "snapshots", COMMIT), hub: openHub(directory) };
}

describe("a directory in the cache layout as a hub", () => {
  it("resolves what refs says, a commit that is there, and main by its lone snapshot", async () => {
    const { hub, folder } = makeHub();
    writeFile(join(folder, "refs", "refs/convert/parquet"), `${COMMIT}\n`);
    expect(await hub.resolve(DATASET)).toBe(COMMIT);
    expect(await hub.resolve(DATASET, COMMIT)).toBe(COMMIT);
    expect(await hub.resolve(DATASET, "refs/convert/parquet")).toBe(COMMIT);
    rmSync(join(folder, "refs"), { recursive: true });
    expect(await openHub(dirname(folder)).resolve(DATASET)).toBe(COMMIT);
  });

  it("says where it looked and what to run when a dataset is not there", async () => {
    const { hub, directory } = makeHub();
    const error = await failureOf(hub.resolve("plan-stream/no_such"));
    expect(error).toMatchObject({ name: "SourceError", failure: "missing" });
    const name = "datasets--plan-stream--no_such";
    expect(error.message).toBe(
      `plan-stream/no_such is not in this directory: looked for ${join(directory, name)} and ${join(directory, "hub", name)}. ` +
        "Get it with hf download --repo-type dataset plan-stream/no_such",
    );
    writeFile(join(toFolder(directory, "plan-stream/no_such"), "refs", "main"), COMMIT);
    await expect(hub.resolve("plan-stream/no_such")).rejects.toThrow(`no snapshot of commit ${COMMIT}`);
  });

  it("does not guess: two snapshots without refs, an unknown branch, an absent commit, a broken ref", async () => {
    const { hub, folder } = makeHub();
    const unknown = await failureOf(hub.resolve(DATASET, "spring"));
    expect(unknown).toMatchObject({ failure: "missing" });
    expect(unknown.message).toContain(`has no revision spring in ${folder}, which has the snapshots ${COMMIT}`);
    await expect(hub.resolve(DATASET, OTHER_COMMIT)).rejects.toMatchObject({ failure: "missing" });
    await expect(hub.list(DATASET, OTHER_COMMIT)).rejects.toMatchObject({ failure: "missing" });
    writeFile(join(folder, "refs", "broken"), "not a commit");
    await expect(hub.resolve(DATASET, "broken")).rejects.toMatchObject({ failure: "malformed" });
    rmSync(join(folder, "refs/main"));
    mkdirSync(join(folder, "snapshots", OTHER_COMMIT));
    await expect(hub.resolve(DATASET)).rejects.toThrow(`which has the snapshots ${COMMIT}, ${OTHER_COMMIT}`);
  });

  it("lists no dataset whose download was broken off, until it is whole", async () => {
    const { hub, folder } = makeHub();
    const begun = join(folder, "blobs", `${sha256(Buffer.from("a shard"))}.incomplete`);
    writeFile(begun, "a sh");
    const error = await failureOf(hub.list(DATASET, COMMIT));
    expect(error).toMatchObject({ name: "SourceError", failure: "unreachable" });
    expect(error.message).toBe(
      `${DATASET} is not here in full: its download was broken off, or is under way, as ${realpathSync(begun)} shows. ` +
        `Get it whole with hf download --repo-type dataset ${DATASET} --revision ${COMMIT}; if it is, remove what was left.`,
    );
    rmSync(begun);
    expect(await hub.list(DATASET, COMMIT)).toHaveLength(Object.keys(CONTENT).length);
  });

  it("names blobs by their hash and hashes plain files", async () => {
    const { hub } = makeHub();
    const files = await hub.list(DATASET, COMMIT);
    expect(files.map(({ path }) => path)).toEqual(Object.keys(CONTENT).sort());
    for (const { path, size, ...identity } of files) {
      const bytes = CONTENT[path] as Buffer;
      expect(size).toBe(bytes.length);
      expect(identity).toEqual(path === "README.md" ? { etag: gitOid(bytes) } : { sha256: sha256(bytes) });
    }
  });

  it("accepts HF_HOME, which has the cache in hub/", async () => {
    const { hub, directory, folder } = makeHub();
    const files = await hub.list(DATASET, COMMIT);
    mkdirSync(join(directory, "hub"));
    renameSync(folder, toFolder(join(directory, "hub"), DATASET));
    expect(await openHub(directory).list(DATASET, COMMIT)).toEqual(files);
  });

  it("never leaves the dataset's folder, and looks at kept files only", async () => {
    const { hub, directory, snapshot } = makeHub();
    writeFileSync(join(directory, "secret"), "secret");
    symlinkSync("../../../secret", join(snapshot, "escape"));
    symlinkSync("../../blobs/absent", join(snapshot, "dangling"));
    expect(await hub.list(DATASET, COMMIT, (path) => path === "README.md")).toHaveLength(1);
    const escaped = await failureOf(hub.list(DATASET, COMMIT, (path) => path === "escape"));
    expect(escaped).toMatchObject({ name: "SourceError", failure: "malformed" });
    expect(escaped.message).toContain("expected a file inside");
    const dangling = await failureOf(hub.list(DATASET, COMMIT, (path) => path === "dangling"));
    expect(dangling).toMatchObject({ name: "SourceError", failure: "missing" });
    expect(dangling.message).toContain("hf download --repo-type dataset plan-stream/two_rivers --revision");
    const file = { path: "escape", size: 6, etag: COMMIT };
    await expect(hub.open(DATASET, COMMIT, file).read(0, 6)).rejects.toMatchObject({ failure: "malformed" });
    expect(() => hub.open(DATASET, COMMIT, { ...file, path: "../../../secret" })).toThrow(/is no path/);
  });

  it("fails for one dataset alone where the file system refuses: links in a circle, a file in a folder's place", async () => {
    const { hub, snapshot } = makeHub();
    const file = (path: string) => ({ path, size: 5, sha256: sha256(Buffer.from("")) });
    symlinkSync("circle.jsonl", join(snapshot, "circle.jsonl"));
    const words = /^plan-stream\/two_rivers can't be read from its directory: ELOOP: .*circle\.jsonl'/;
    for (const refused of [
      () => hub.list(DATASET, COMMIT),
      () => hub.open(DATASET, COMMIT, file("circle.jsonl")).read(0, 5),
    ]) {
      const error = await failureOf(refused());
      expect(error).toMatchObject({ name: "SourceError", failure: "unreachable" });
      expect(error.message).toMatch(words);
    }
    expect(await hub.list(DATASET, COMMIT, (path) => path !== "circle.jsonl")).toHaveLength(
      Object.keys(CONTENT).length,
    );
    rmSync(snapshot, { recursive: true });
    writeFileSync(snapshot, "no folder");
    await expect(openHub(dirname(dirname(dirname(snapshot)))).list(DATASET, COMMIT)).rejects.toMatchObject({
      failure: "unreachable",
      message: expect.stringContaining("ENOTDIR"),
    });
  });

  it("waits for no pipe and reads no device or folder in a ref's place", async () => {
    const { hub, folder } = makeHub();
    execFileSync("mkfifo", [join(folder, "refs", "pipe")]);
    symlinkSync("/dev/zero", join(folder, "refs", "device"));
    mkdirSync(join(folder, "refs", "folder"));
    for (const revision of ["pipe", "device", "folder"]) {
      const error = await failureOf(hub.resolve(DATASET, revision));
      expect(error).toMatchObject({ name: "SourceError", failure: "malformed" });
      expect(error.message).toBe(`${join(folder, "refs", revision)} is no file: expected one with a commit.`);
    }
  });

  it("does not enter a symlinked folder", async () => {
    const { hub, snapshot } = makeHub();
    symlinkSync("..", join(snapshot, "data", "up"));
    const files = await hub.list(DATASET, COMMIT, (path) => !path.endsWith("/up"));
    expect(files).toHaveLength(6);
    await expect(hub.list(DATASET, COMMIT)).rejects.toThrow("expected a file inside");
  });

  it("reads exact ranges into buffers of their own, and notices a file that changed", async () => {
    const { hub, snapshot } = makeHub();
    const path = "data/plain.jsonl";
    const [file] = await hub.list(DATASET, COMMIT, (listed) => listed === path);
    const source = hub.open(DATASET, COMMIT, file as NonNullable<typeof file>);
    const bytes = await source.read(100, 350);
    expect(Buffer.from(bytes)).toEqual((CONTENT[path] as Buffer).subarray(100, 350));
    expect(bytes.buffer.byteLength).toBe(250);
    await expect(source.read(0, 5001)).rejects.toThrow(RangeError);
    truncateSync(join(snapshot, path), 4_999);
    const again = hub.open(DATASET, COMMIT, file as NonNullable<typeof file>);
    const changed = await failureOf(again.read(0, 10));
    expect(changed).toMatchObject({ name: "SourceError", failure: "malformed" });
    expect(changed.message).toContain("has 4999 bytes; it had 5000 when it was listed");
  });
});

describe("a blob that is not what its name says", () => {
  /** One bit of a file flipped, and the words that a reading of it to its end fails with. */
  async function readDamaged(path: string, at: number): Promise<{ error: Error; place: string; sizes: number[] }> {
    const { hub, snapshot } = makeHub();
    const place = join(snapshot, path);
    const bytes = readFileSync(place);
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(place, bytes);
    const [file] = await hub.list(DATASET, COMMIT, (listed) => listed === path);
    const source = hub.open(DATASET, COMMIT, file as NonNullable<typeof file>);
    const sizes: number[] = [];
    const readAll = async () => {
      for (let start = 0; start < source.size; start += 100_000)
        sizes.push((await source.read(start, Math.min(start + 100_000, source.size))).length);
    };
    return { error: await failureOf(readAll()), place: realpathSync(place), sizes };
  }
  const ADVICE = `It is damaged: get it anew with hf download --repo-type dataset ${DATASET} --revision ${COMMIT} --force-download.`;

  it("small, named by git's hash: none of its bytes is given out", async () => {
    const { error, place, sizes } = await readDamaged("README.md", 3);
    expect(sizes).toEqual([]);
    expect(error).toMatchObject({ name: "SourceError", failure: "malformed" });
    const [came, right] = [gitOid(readFileSync(place)), gitOid(CONTENT["README.md"] as Buffer)];
    expect(error.message).toBe(
      `${DATASET} README.md: ${place} holds a file with the hash ${came}; the dataset's listing says ${right}. ${ADVICE}`,
    );
  });

  it("without a byte, as a machine leaves it that lost power: not taken for an empty file", async () => {
    const { hub, snapshot } = makeHub();
    const path = "data/train-00000-of-00001.parquet";
    truncateSync(join(snapshot, path), 0);
    for (const file of await hub.list(DATASET, COMMIT, (listed) => [path, "data/empty.jsonl"].includes(listed))) {
      const opening = openFile(hub.open(DATASET, COMMIT, file), { columns: true });
      if (file.path !== path) {
        expect(await opening).toMatchObject({ rows: 0, slices: 0 });
        continue;
      }
      const error = await failureOf(opening);
      expect(error).toMatchObject({ name: "SourceError", failure: "malformed" });
      const right = sha256(CONTENT[path] as Buffer);
      expect(error.message).toBe(
        `${DATASET} ${path}: it has no bytes; the dataset's listing says that its hash is ${right}. ${ADVICE}`,
      );
    }
  });

  it("large, named by its SHA-256: seen when its last byte has come", async () => {
    const path = "data/train-00000-of-00001.parquet";
    const { error, place, sizes } = await readDamaged(path, 150_000);
    expect(sizes).toEqual([100_000, 100_000, 100_000]);
    expect(error).toMatchObject({ name: "SourceError", failure: "malformed" });
    const [came, right] = [sha256(readFileSync(place)), sha256(CONTENT[path] as Buffer)];
    expect(error.message).toBe(
      `${DATASET} ${path}: its 300001 bytes, read to the end, have the hash ${came}; the dataset's listing says ${right}. ` +
        `${ADVICE} Samples made of it before this was seen are among the loader's: make them anew with --fresh.`,
    );
  });
});

it("reads a range that takes several system calls", async () => {
  const { hub, snapshot } = makeHub();
  const bytes = makeBytes(2 ** 24 + 5_000, 9);
  writeFileSync(join(snapshot, "large.bin"), bytes);
  const [file] = await hub.list(DATASET, COMMIT, (path) => path === "large.bin");
  const read = await hub.open(DATASET, COMMIT, file as NonNullable<typeof file>).read(3, bytes.length);
  expect(bytes.subarray(3).equals(read)).toBe(true);
});

const SHARED = join(import.meta.dirname, "../../../shared/hub");

it.skipIf(!existsSync(SHARED))("rows of the real datasets read the same from ../shared/hub and over HTTP", async () => {
  const server = await startHubServer(SHARED, { pageSize: 3 });
  onTestFinished(() => server.close());
  const [far, near] = [openHub(server.url), openHub(SHARED)];
  onTestFinished(() => far.close());
  for (const dataset of [
    "openai/gsm8k",
    "EleutherAI/hendrycks_math",
    "gorilla-llm/Berkeley-Function-Calling-Leaderboard",
  ]) {
    const commit = await near.resolve(dataset);
    expect(await far.resolve(dataset)).toBe(commit);
    const files = await near.list(dataset, commit);
    expect(await far.list(dataset, commit)).toEqual(files);
    for (const file of files) {
      const [a, b] = [far.open(dataset, commit, file), near.open(dataset, commit, file)];
      expect(sha256(await a.read(0, file.size))).toBe(sha256(await b.read(0, file.size)));
    }
  }
});
